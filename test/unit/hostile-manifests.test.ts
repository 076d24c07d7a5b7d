// Manifests that are valid YAML and made to be slow: told of shortly, in bounded time.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalogOf } from '../support/manifest-catalog.ts';

const shop = 'kind: project\nname: shop\nimage: x\n';
const list = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => item(index)).join(', ');
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

const cases: Record<string, string> = {
  'sixty thousand ports of the wrong type': `${shop}ports: [${list(60_000, () => '[]')}]\n`,
  'thirty thousand numbers as texts': `${shop}environment:\n${lines(30_000, (i) => `  N${i}: 1.10`)}`,
  'thirty thousand unknown keys': `${shop}${lines(30_000, (i) => `k${i}: 1`)}`,
  'forty thousand dependencies': `${shop}depends_on: [${list(40_000, (i) => `d${i}`)}]\n`,
  'forty thousand mounts at one place': `${shop}volumes: [${list(40_000, () => 'v:/x')}]\n`,
  'ten thousand stages': `${shop}stages:\n${lines(10_000, (i) => `  s${i}: {}`)}`,
  'a hundred thousand variables': `${shop}environment: { A: "${'${X}'.repeat(100_000)}" }\n`,
  'a hundred thousand defaults in each other': `${shop}environment: { A: "${'${X:-'.repeat(100_000)}" }\n`,
  'a domain of half a million': `${shop}domains: ["${'a.'.repeat(250_000)}!"]\n`,
  'an image of half a million': `kind: project\nname: shop\nimage: a.b${'a'.repeat(500_000)}!/x\n`,
  'a duration of half a million': `${shop}drain: "${'1'.repeat(500_000)}"\n`,
  'a port of half a million': `${shop}ports: ["${'1'.repeat(500_000)}"]\n`,
  'a path of half a million': `${shop}env_file: "${'../'.repeat(160_000)}"\n`,
  'a broken line of half a million': `a: "x" ${'[x],'.repeat(60_000)}`,
};

describe('slow manifests', () => {
  for (const [what, text] of Object.entries(cases)) {
    it(what, () => {
      const begin = performance.now();
      const { problems } = catalogOf(text);
      const tookMs = performance.now() - begin;
      assert.ok(problems.length > 0 && problems.length <= 101, `${problems.length} problems`);
      // What is meant is seconds against minutes; a busy machine is slow too.
      assert.ok(tookMs < 15_000, `${tookMs} ms`);
      for (const { message } of problems) assert.ok(message.length <= 200, message);
    });
  }

  it('say that there are more problems than are told', () => {
    const { problems } = catalogOf(cases['thirty thousand unknown keys'] ?? '');
    assert.equal(problems.at(-1)?.reason, 'TooManyProblems');
  });
});
