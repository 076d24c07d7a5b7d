// No two folders that builds keep are ever in one volume; those that most people keep are called as they always were.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cacheVolume, cacheVolumes } from '../../src/core/build-cache.ts';

const letters = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', '-', '_', '.', '/'),
  minLength: 1,
  maxLength: 5,
});
const path = fc.oneof(
  letters,
  fc.constantFrom(
    'cache',
    '.cache',
    'cache-a',
    'cache/a',
    'a-cache-b',
    'a/cache/b',
    'node_modules',
    'node-modules',
    'ü',
    'ö',
  ),
  fc.string({ minLength: 1, maxLength: 300 }),
);
const site = fc.constantFrom('a', 'a-cache', 'a-cache-a', 'a-cache-cache', 'b', 'a-cache-a_b', 'a_b');
const folder = fc.record({ site, path });

describe('the volume of a folder that builds keep', () => {
  for (const [one, other] of [
    ['a/b', 'a-b'],
    ['a.b', 'a_b'],
    ['cache', '.cache'],
    ['node_modules', 'node-modules'],
    ['_', '-'],
    ['ü', 'ö'],
  ] as const)
    it(`is another one for ${one} than for ${other}`, () =>
      assert.notEqual(cacheVolume('docs', one), cacheVolume('docs', other)));

  it('is another one for each folder of each site', () => {
    fc.assert(
      fc.property(folder, folder, (one, other) => {
        const isSame = one.site === other.site && one.path === other.path;
        assert.equal(cacheVolume(one.site, one.path) === cacheVolume(other.site, other.path), isSame);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is there once for a folder that is written twice', () => {
    assert.deepEqual(cacheVolumes('docs', ['vendor', 'b', 'vendor']), [
      { volume: 'docs-cache-vendor', path: 'vendor' },
      { volume: 'docs-cache-b', path: 'b' },
    ]);
  });

  it('is called so that an engine takes it', () => {
    fc.assert(
      fc.property(folder, (one) => {
        assert.match(cacheVolume(one.site, one.path), /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,200}$/);
      }),
    );
  });

  it('is called by its words where people keep what most do', () => {
    for (const [kept, words] of [
      ['node_modules', 'node-modules'],
      ['.npm', 'npm'],
      ['.cache', 'cache'],
      ['.next/cache', 'next-cache'],
      ['.yarn/cache', 'yarn-cache'],
      ['vendor/bundle', 'vendor-bundle'],
      ['resources/_gen', 'resources-gen'],
      ['vendor', 'vendor'],
      ['a-b', 'a-b'],
    ] as const)
      assert.equal(cacheVolume('docs', kept), `docs-cache-${words}`);
  });
});
