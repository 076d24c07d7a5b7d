// What we write anew for Compose means to it what people wrote: the same answer, value by value.
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { composeText } from '../../src/core/compose-emit.ts';
import { readComposeFile } from '../../src/core/compose-reading.ts';
import { realCompose } from '../support/compose-real.ts';
import { makePlace } from '../support/real/place.ts';

const fixtures = new URL('../fixtures/compose/', import.meta.url);

describe('a Compose file written anew', () => {
  for (const name of ['photos', 'house', 'override']) {
    it(`means the same: ${name}.yaml`, async () => {
      await using place = await makePlace('same');
      const text = await readFile(new URL(`${name}.yaml`, fixtures), 'utf8');
      const file = readComposeFile('compose.yaml', text);
      assert.deepEqual(file.problems, []);
      const again = composeText(file.documents, new Map());
      assert.notEqual(again, text);
      const runner = realCompose().compose({ runDirectory: place.at('run'), place });
      await mkdir(place.at('app'));
      await copyFile(new URL('photos.env', fixtures), place.at('app/photos.env'));
      const resolve = async (content: string) => {
        await writeFile(place.at('app/compose.yaml'), content);
        return runner.config(
          {
            project: 'same',
            files: [place.at('app/compose.yaml')],
            projectDirectory: place.at('app'),
            variables: { DB_PASSWORD: 's3cret' },
            profiles: ['*'],
          },
          new AbortController().signal,
        );
      };
      const before = (await resolve(text)) as { services: object };
      assert.ok(Object.keys(before.services).length >= 2);
      assert.deepEqual(await resolve(again), before);
    });
  }
});
