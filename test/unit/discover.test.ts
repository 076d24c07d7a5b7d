// Folders that are stacks by themselves: which, what they are called, and what a manifest of the same name changes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Catalog, catalog, createCatalogCache } from '../../src/core/catalog.ts';
import { discoverStacks } from '../../src/core/discover.ts';
import { heldUnits, withoutHeld } from '../../src/core/hold.ts';
import { readers } from '../../src/kinds/readers.ts';
import type { DesiredStack } from '../../src/model/desired.ts';
import { type Files, settings, snapshot } from '../support/manifest-catalog.ts';

const WEB = 'services: { web: { image: nginx } }\n';

function house(files: Files, type: 'directory' | 'git' = 'directory'): Catalog {
  return pass(createCatalogCache(), files, type);
}

function pass(
  cache: ReturnType<typeof createCatalogCache>,
  files: Files,
  type: 'directory' | 'git' = 'directory',
): Catalog {
  return catalog({
    snapshots: [snapshot(files, { type })],
    variables: {},
    discover: new Set(['home']),
    readers,
    settings,
    cache,
  });
}

const stacks = ({ units }: Catalog): DesiredStack[] => units.filter((unit) => unit.kind === 'stack');

describe('which folders are stacks', () => {
  const found = (...paths: string[]) =>
    discoverStacks(paths.map((path) => ({ path }))).stacks.map(({ name, project, compose }) => [
      name,
      project,
      ...compose,
    ]);

  it('those directly below with a Compose file, the first by the order of Compose', () => {
    assert.deepEqual(
      found(
        'compose.yaml',
        'a/docker-compose.yaml',
        'a/docker-compose.yml',
        'b/docker-compose.yml',
        'b/compose.yml',
        'c/compose.yml',
        'c/compose.yaml',
        'd/data/compose.yaml',
        'e/stack.yaml',
      ),
      [
        ['a', 'a', 'a/docker-compose.yml'],
        ['b', 'b', 'b/compose.yml'],
        ['c', 'c', 'c/compose.yaml'],
      ],
    );
  });

  it('also those whose only Compose file has another name; of several none, and that is told', () => {
    assert.deepEqual(
      found('a/docker-compose.prod.yml', 'b/b.compose.yaml', 'b/compose.override.yml', 'c/stack.yaml'),
      [
        ['a', 'a', 'a/docker-compose.prod.yml'],
        ['b', 'b', 'b/b.compose.yaml', 'b/compose.override.yml'],
      ],
    );
    assert.deepEqual(found('a/compose.override.yml'), []);
    const { problems, units } = house({
      'a/compose.dev.yml': WEB,
      'a/compose.prod.yml': WEB,
      'b/compose.yml': WEB,
    });
    assert.deepEqual(
      units.map(({ unit }) => unit),
      ['b'],
    );
    assert.deepEqual(
      problems.map(({ reason, severity, file, message }) => [reason, severity, file, message]),
      [
        [
          'SeveralComposeFiles',
          'warning',
          'a/compose.dev.yml',
          'It is not clear which of compose.dev.yml, compose.prod.yml makes this folder a stack.',
        ],
      ],
    );
  });

  it('with the override file that Compose merges', () => {
    assert.deepEqual(
      found('a/docker-compose.yml', 'a/compose.override.yaml', 'a/docker-compose.override.yml'),
      [['a', 'a', 'a/docker-compose.yml', 'a/compose.override.yaml']],
    );
  });

  it('named as Compose names them, and as workloads can be', () => {
    assert.deepEqual(found('My_App.1/compose.yaml', '_-x-/compose.yaml', '123/compose.yaml'), [
      ['my-app1', 'my_app1', 'My_App.1/compose.yaml'],
      ['x', 'x-', '_-x-/compose.yaml'],
      ['123', '123', '123/compose.yaml'],
    ]);
  });

  it('one that nothing can be called after is told, and costs nobody else anything', () => {
    const made = house({ '日本/compose.yaml': WEB, 'a/compose.yaml': WEB });
    assert.deepEqual(
      made.units.map(({ unit }) => unit),
      ['a'],
    );
    assert.deepEqual(
      made.problems.map(({ reason, file }) => [reason, file]),
      [['FolderWithoutName', '日本/compose.yaml']],
    );
    assert.deepEqual(made.broken, []);
  });

  it('none where the source does not say so', () => {
    const made = catalog({
      snapshots: [snapshot({ 'a/compose.yaml': WEB })],
      variables: {},
      readers,
      settings,
      cache: createCatalogCache(),
    });
    assert.deepEqual(made.units, []);
  });
});

describe('a folder by itself', () => {
  it('is a stack that takes over what was started in its source', () => {
    const [unit] = stacks(house({ 'My_App/compose.yaml': WEB }));
    assert.deepEqual(
      [unit?.unit, unit?.project, unit?.compose, unit?.adopt, unit?.inPlace, unit?.discovered],
      [
        'my-app',
        'my_app',
        ['My_App/compose.yaml'],
        true,
        true,
        { adoptBelow: '/srv/forge', named: 'files', listed: 'folder' },
      ],
    );
    assert.deepEqual(unit?.place, { source: 'home', file: 'My_App/compose.yaml', line: 1, column: 1 });
  });

  it('of a git source takes nothing over', () => {
    const [unit] = stacks(house({ 'a/compose.yaml': WEB }, 'git'));
    assert.deepEqual([unit?.adopt, unit?.inPlace], [false, false]);
  });

  it('two that are called the same are told: the first is kept', () => {
    const made = house({ 'app/compose.yaml': WEB, 'App/compose.yaml': WEB });
    assert.deepEqual(
      made.problems.map(({ reason }) => reason),
      ['DuplicateName'],
    );
    assert.equal(made.units.length, 1);
  });

  it('gives the very same wish in each pass, and a new one when its files are others', () => {
    const cache = createCatalogCache();
    const first = pass(cache, { 'a/compose.yaml': WEB, 'b/compose.yaml': WEB });
    assert.equal(pass(cache, { 'a/compose.yaml': WEB, 'b/compose.yaml': WEB }), first);
    const more = pass(cache, { 'a/compose.yaml': WEB, 'a/compose.override.yml': WEB });
    assert.deepEqual(
      stacks(more).map(({ compose }) => compose),
      [['a/compose.yaml', 'a/compose.override.yml']],
    );
  });
});

describe('a manifest of the same name', () => {
  it('refines it, wherever in the source it lies', () => {
    for (const file of ['a/stack.yaml', 'stacks.yaml', 'other/a.yaml']) {
      const made = house({ 'a/compose.yaml': WEB, [file]: 'kind: stack\nname: a\nprofiles: [ml]\n' });
      const [unit, ...more] = stacks(made);
      assert.deepEqual([more, made.problems], [[], []]);
      assert.deepEqual(
        [unit?.compose, unit?.profiles, unit?.adopt, unit?.place.file],
        [['a/compose.yaml'], ['ml'], true, file],
      );
    }
  });

  it('says more than its folder does', () => {
    const text = 'kind: stack\nname: a\nproject: b\ncompose: [x.yaml]\nadopt: false\n';
    const [unit] = stacks(house({ 'a/compose.yaml': WEB, 'a/stack.yaml': text }));
    assert.deepEqual(
      [unit?.compose, unit?.project, unit?.adopt, unit?.discovered],
      [['a/x.yaml'], 'b', false, { adoptBelow: null, named: 'manifest', listed: 'manifest' }],
    );
  });

  it('holds it while it is broken', () => {
    const made = house({ 'a/compose.yaml': WEB, 'a/stack.yaml': 'kind: stack\nname: a\nprofile: [ml]\n' });
    assert.deepEqual(made.units, []);
    assert.deepEqual(
      made.broken.map(({ workloadIds }) => workloadIds),
      [['stack.a']],
    );
  });

  it('that cannot be read any more does not turn it into another stack', () => {
    const before = stacks(house({ 'a/compose.yaml': WEB, 'z.yaml': 'kind: stack\nname: a\nproject: b\n' }));
    const [desired] = before;
    assert.ok(desired);
    const applied = { desired, source: 'home', file: 'z.yaml', specHash: 'h', digest: '', release: '1' };
    const now = house({ 'a/compose.yaml': WEB, 'z.yaml': 'kind: stack\nname: "a\nproject: b\n' });
    const read = withoutHeld(now.units, now.broken, [applied]);
    assert.deepEqual(
      [...read, ...heldUnits(read, now.broken, [applied])].map((unit) => [
        unit.unit,
        unit.held !== null,
        unit.kind === 'stack' && unit.project,
      ]),
      [['a', true, 'b']],
    );
  });

  it('of another kind is a clash, told', () => {
    const made = house({ 'a/compose.yaml': WEB, 'a.yaml': 'kind: project\nname: a\nimage: x\n' });
    assert.deepEqual(
      made.problems.map(({ reason }) => reason),
      ['DuplicateName'],
    );
    assert.deepEqual(
      made.units.map(({ kind }) => kind),
      ['project'],
    );
  });
});
