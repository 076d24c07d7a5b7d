// Tests that kill the process at each step know a step by its line in the log: a step that they do not know is not killed at.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ACTION } from '../support/real/tinyforge.ts';

const source = readFileSync(new URL('../../src/core/describe-action.ts', import.meta.url), 'utf8');
const body = source.slice(source.indexOf('switch (action.type)'), source.indexOf('\n}\n'));
/** What describes an action, with what is put into it left as it is: a verb comes first. */
const texts = [...body.matchAll(/^ +(?:return|[?:]) [`'](.*)[`'];?$/gm)].map(([, text = '']) =>
  text.replace('${withoutQuery(', 'https://${('),
);

describe('a step of a deploy', () => {
  it('is described in a sentence for each action that there is', () => {
    assert.ok(texts.length >= (body.match(/case '/g) ?? []).length, `${texts.length}`);
  });
  for (const text of texts)
    it(`is known by "${text}"`, () => {
      assert.match(`2026-11-28T20:00:00.000Z info  shop/prod prepare: ${text}`, ACTION);
    });
  it('is not known by its progress', () => {
    for (const text of ['building: npm run build', 'fetching the archive: 3 MB', 'still pulling'])
      assert.doesNotMatch(`2026-11-28T20:00:00.000Z info  shop/prod prepare: ${text}`, ACTION);
  });
});
