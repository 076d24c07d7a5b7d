// Holds the fake source and the real ones against the same promises.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createDirectorySource } from '../../src/adapters/directory/directory-source.ts';
import { createFakePlace, createFakeSource } from '../support/fake-source.ts';
import { startGitSource } from '../support/git-source-rig.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { createRepository } from '../support/real/git.ts';
import { makePlace } from '../support/real/place.ts';
import { type SourceUnderTest, sourceSuite } from './source-suite.ts';

for (const type of ['git', 'directory'] as const) {
  sourceSuite(`fake ${type}`, async (): Promise<SourceUnderTest> => {
    const place = createFakePlace();
    const start = () => createFakeSource({ type, place });
    const source = start();
    return {
      source,
      change: async (files) => source.change(files),
      goAway: async () => source.goAway(),
      comeBack: async () => source.comeBack(),
      restart: start,
      [Symbol.asyncDispose]: async () => undefined,
    };
  });
}

sourceSuite('directory', async (): Promise<SourceUnderTest> => {
  const place = await makePlace('source');
  await mkdir(place.at('root'));
  const start = () =>
    createDirectorySource({
      config: {
        type: 'directory',
        name: 'home',
        directory: place.at('root'),
        writeBack: 'commit',
        variables: {},
      },
      clock: createSystemClock(),
      log: createMemoryLog(),
    });
  return {
    source: start(),
    async change(files) {
      for (const [path, content] of Object.entries(files)) {
        const file = place.at('root', path);
        await mkdir(dirname(file), { recursive: true });
        if (content === null) await rm(file);
        else await writeFile(file, content);
      }
    },
    goAway: () => rename(place.at('root'), place.at('away')),
    comeBack: () => rename(place.at('away'), place.at('root')),
    restart: start,
    [Symbol.asyncDispose]: place.remove,
  };
});

sourceSuite('git', async (): Promise<SourceUnderTest> => {
  const place = await makePlace('source');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const start = () => startGitSource(place, { url: repository.url }).source;
  return {
    source: start(),
    async change(files) {
      await repository.commit({ files });
    },
    goAway: () => rename(repository.directory, place.at('away.git')),
    comeBack: () => rename(place.at('away.git'), repository.directory),
    restart: start,
    [Symbol.asyncDispose]: place.remove,
  };
});
