// The catalog over several sources and many passes: what is kept, what is read again, what is held.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Catalog, catalog, createCatalogCache } from '../../src/core/catalog.ts';
import { readers } from '../../src/kinds/readers.ts';
import type { KindReader } from '../../src/model/kind.ts';
import type { SourceSnapshot } from '../../src/model/source.ts';
import { catalogOf, settings, snapshot, sourceFile } from '../support/manifest-catalog.ts';

const project = (name: string, more = '') => `kind: project\nname: ${name}\nimage: acme/${name}\n${more}`;

/** A catalog over many passes that counts how often a manifest is read. */
function rig() {
  const cache = createCatalogCache();
  const reads: string[] = [];
  const counted = readers.map(
    (reader): KindReader => ({
      ...reader,
      read(document, given) {
        reads.push(document.name);
        return reader.read(document, given);
      },
    }),
  );
  const pass = (
    snapshots: SourceSnapshot[],
    variables: Record<string, Record<string, string>> = {},
  ): Catalog => catalog({ snapshots, variables, readers: counted, settings, cache });
  return { pass, reads };
}

describe('passes over the same files', () => {
  const many = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [
      `w${i}.yaml`,
      project(`w${i}`, 'stages: { prod: { replicas: 2 } }\n'),
    ]),
  );

  it('read nothing again and give the very same catalog', () => {
    const { pass, reads } = rig();
    const first = pass([snapshot(many)]);
    assert.equal(first.units.length, 1000);
    assert.equal(reads.length, 1000);
    // Other objects with equal stamps, as after a new listing.
    assert.equal(pass([snapshot(many)]), first);
    assert.equal(reads.length, 1000);
  });

  it('read one file again when one changed, and keep all other wishes', () => {
    const { pass, reads } = rig();
    const first = pass([snapshot(many)]);
    const second = pass([snapshot({ ...many, 'w7.yaml': project('w7', 'replicas: 3\n') })]);
    assert.deepEqual(reads.slice(1000), ['w7']);
    const changed = second.units.filter((unit) => !first.units.includes(unit));
    assert.deepEqual(
      changed.map(({ unit }) => unit),
      ['w7'],
    );
  });

  it('forget a file that is gone', () => {
    const { pass } = rig();
    const both = { 'a.yaml': project('a'), 'b.yaml': project('b') };
    assert.equal(pass([snapshot(both)]).units.length, 2);
    assert.deepEqual(
      pass([snapshot({ 'a.yaml': project('a') })]).units.map(({ unit }) => unit),
      ['a'],
    );
    // As many files as before, but another one.
    assert.deepEqual(
      pass([snapshot({ 'c.yaml': project('c') })]).units.map(({ unit }) => unit),
      ['c'],
    );
    assert.deepEqual(pass([]).units, []);
  });

  it('read again when variables change, and only that source', () => {
    const { pass, reads } = rig();
    const snapshots = [
      snapshot({ 'a.yaml': project('a') }),
      snapshot({ 'b.yaml': project('b') }, { source: 'other' }),
    ];
    const first = pass(snapshots, { home: { X: '1' } });
    assert.equal(pass(snapshots, { home: { X: '1' } }), first);
    pass(snapshots, { home: { X: '2' } });
    assert.deepEqual(reads, ['a', 'b', 'a']);
  });

  it('give a new commit to old wishes without reading them again', () => {
    const { pass, reads } = rig();
    const files = { 'a.yaml': project('a'), 's.yaml': 'kind: stack\nname: s\n' };
    const at = (revision: string) => [
      snapshot(files, { type: 'git', revision, root: `/checkouts/${revision}` }),
    ];
    const first = pass(at('one'));
    const second = pass(at('two'));
    assert.deepEqual(reads, ['a', 's']);
    assert.deepEqual(
      first.units.map(({ revision }) => revision),
      ['one', 'one'],
    );
    assert.deepEqual(
      second.units.map((unit) => [unit.revision, unit.kind === 'stack' ? unit.root : '']),
      [
        ['two', ''],
        ['two', '/checkouts/two'],
      ],
    );
  });
});

describe('between sources', () => {
  it('the first in tinyforge.yaml keeps a name', () => {
    const { pass } = rig();
    const { units, problems, broken } = pass([
      snapshot({ 'z.yaml': project('shop', 'replicas: 1\n') }),
      snapshot({ 'a.yaml': project('shop', 'replicas: 2\n') }, { source: 'other' }),
    ]);
    assert.deepEqual(
      units.map((unit) => [unit.unit, unit.source]),
      [['shop', 'home']],
    );
    assert.match(problems[0]?.message ?? '', /project at z\.yaml:2 of home/);
    // Its id is in the wish, so nothing of that id may be held by the other file.
    assert.deepEqual(broken, []);
  });

  it('a double of another kind is held, for it may run', () => {
    const { broken } = catalogOf({ 'a.yaml': project('shop'), 'b.yaml': 'kind: stack\nname: shop\n' });
    assert.deepEqual(
      broken.map(({ file, workloadIds, unknown }) => [file, workloadIds, unknown]),
      [['b.yaml', ['stack.shop'], false]],
    );
  });

  it('a broken owner keeps its name, and nobody takes it over', () => {
    const { units, broken } = catalogOf({
      'a.yaml': project('shop', 'colour: red\n'),
      'b.yaml': project('shop'),
    });
    assert.deepEqual(units, []);
    assert.deepEqual(
      broken.map(({ workloadIds }) => workloadIds),
      [['project.shop']],
    );
  });
});

describe('what cannot be read', () => {
  it('holds the file where not even names can be read', () => {
    const { broken, units } = catalogOf({
      'a.yaml': 'kind: project\nname: one\n---\nkind: project\nname: [two\n',
      'b.yaml': project('fine'),
    });
    assert.deepEqual(
      units.map(({ unit }) => unit),
      ['fine'],
    );
    assert.equal(broken.length, 1);
    assert.deepEqual(broken[0], {
      source: 'home',
      file: 'a.yaml',
      workloadIds: ['project.one'],
      unknown: true,
      why: 'a.yaml:6:1: A `[` is opened before this place and not closed with `]`.',
    });
  });

  it('holds one document where the others of its file are fine', () => {
    const { broken, units } = catalogOf(`${project('bad', 'colour: red\n')}---\n${project('good')}`);
    assert.deepEqual(
      units.map(({ unit }) => unit),
      ['good'],
    );
    assert.deepEqual(
      broken.map(({ workloadIds, unknown }) => [workloadIds, unknown]),
      [[['project.bad'], false]],
    );
  });

  it('of a document without a clear name holds all that the file held', () => {
    for (const text of [
      'kind: project\nimage: x\n',
      'kind: project\nname: "${X}"\n',
      'kin: project\nname: shop\n',
      'kind: projct\nname: shop\n',
    ]) {
      const { broken } = catalogOf(text);
      assert.equal(broken.length, 1, text);
      assert.equal(broken[0]?.unknown, true, text);
    }
  });

  it('and is no manifest is a warning, and matters only where the file held one before', () => {
    const { problems, broken, unreadable } = catalogOf({ 'values.yaml': 'a: "open\n' });
    assert.deepEqual(
      problems.map(({ severity }) => severity),
      ['warning'],
    );
    assert.deepEqual(broken, []);
    assert.deepEqual(
      unreadable.map(({ file, unknown }) => [file, unknown]),
      [['values.yaml', true]],
    );
  });

  it('is refused by the source: told, and held', () => {
    const { problems, broken } = catalogOf({
      'a.yaml': Buffer.from([0xff, 0xfe, 0x00]),
      'b.yaml': project('fine'),
    });
    assert.deepEqual(
      problems.map(({ reason, file }) => [reason, file]),
      [['NotUtf8', 'a.yaml']],
    );
    assert.deepEqual(
      broken.map(({ file, unknown }) => [file, unknown]),
      [['a.yaml', true]],
    );
  });

  it('may hold a dependency, so who depends on it is not blamed', () => {
    const { units } = catalogOf({
      'a.yaml': 'kind: project\nname: "data\n',
      'b.yaml': project('shop', 'depends_on: [database]\n'),
    });
    assert.deepEqual(
      units.map(({ unit, dependsOn }) => [unit, dependsOn]),
      [['shop', ['database']]],
    );
    const named = catalogOf({
      'a.yaml': project('database', 'colour: red\n'),
      'b.yaml': project('shop', 'depends_on: [database/x]\n'),
    });
    assert.deepEqual(
      named.units.map(({ unit }) => unit),
      ['shop'],
    );
  });
});

describe('documents that are not ours', () => {
  const foreign: Record<string, string> = {
    Kubernetes: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { x: !tag 1 }\n',
    'a Crossplane project': 'apiVersion: example.com/v1\nkind: project\nname: shop\n',
    Compose: 'name: shop\nservices: { web: { image: x, volumes: !reset [] } }\n',
    'a list': '- kind: project\n  name: shop\n',
    'a scalar': 'kind\n',
    'no name': 'kind: Rectangle\nsize: 2\n',
    'another kind': 'kind: widget\nname: shop\n',
    'a map as kind': 'kind: { a: b }\nid: 1\n',
  };
  for (const [what, text] of Object.entries(foreign)) {
    it(`${what}: passed over in silence`, () => {
      const { units, problems, broken, unreadable } = catalogOf({
        'x.yaml': text,
        'y.yaml': project('fine'),
      });
      assert.deepEqual(
        units.map(({ unit }) => unit),
        ['fine'],
      );
      assert.deepEqual([problems, broken, unreadable], [[], [], []]);
    });
  }

  it('of a later version are told, and stop nothing', () => {
    for (const kind of ['job', 'registry', 'notification', 'app']) {
      const { problems, broken, unreadable } = catalogOf(`kind: ${kind}\nname: x\nanything: 1\n`);
      assert.deepEqual(
        problems.map(({ reason }) => reason),
        ['LaterVersion'],
        kind,
      );
      assert.deepEqual(broken, []);
      assert.deepEqual(unreadable[0]?.workloadIds, ['project.x', 'site.x', 'stack.x', 'proxy.x']);
    }
    assert.deepEqual(
      catalogOf('kind: settings\ndomain: example.com\n').problems.map(({ reason }) => reason),
      ['LaterVersion'],
    );
  });
});

describe('what is claimed', () => {
  it('can differ by address, protocol and engine', () => {
    const { problems } = catalogOf(
      [
        'ports: ["127.0.0.1:80:80"]',
        'ports: ["127.0.0.2:80:80"]',
        'ports: ["127.0.0.1:80:80/udp"]',
        'ports: ["127.0.0.1:80:80"]\nhost: attic',
      ]
        .map((more, index) => project(`p${index}`, `${more}\n`))
        .join('---\n'),
    );
    assert.deepEqual(problems, []);
  });

  it('on every address clashes with one', () => {
    const { problems } = catalogOf(
      `${project('a', 'ports: ["80:80"]\n')}---\n${project('b', 'ports: ["127.0.0.1:80:80"]\n')}`,
    );
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ['ClaimedTwice'],
    );
  });

  it('in rings is held as a whole, and the rest goes on', () => {
    const ring = ['b', 'c', 'a']
      .map((next, index) => project('abc'[index] ?? '', `depends_on: [${next}]\n`))
      .join('---\n');
    const { units, problems, broken } = catalogOf(`${ring}---\n${project('d', 'depends_on: [a]\n')}`);
    assert.deepEqual(
      units.map(({ unit }) => unit),
      ['d'],
    );
    assert.equal(problems.length, 1);
    assert.deepEqual(
      broken.flatMap(({ workloadIds }) => workloadIds),
      ['project.a', 'project.b', 'project.c'],
    );
  });

  it('by a ladder with two ways at each rung is walked once', () => {
    const rung = (i: number) => (i === 0 ? '' : `depends_on: [l${i - 1}, r${i - 1}]\n`);
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `${i}.yaml`,
        `${project(`l${i}`, rung(i))}---\n${project(`r${i}`, rung(i))}`,
      ]),
    );
    // A walk of every way would end in some centuries.
    assert.deepEqual(catalogOf(files).problems, []);
  });

  it('by a chain of three thousand is no ring, and no end of the stack', () => {
    const files = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [
        `${i}.yaml`,
        project(`n${i}`, i === 0 ? '' : `depends_on: [n${i - 1}]\n`),
      ]),
    );
    assert.deepEqual(catalogOf(files).problems, []);
  });
});

describe('referenced paths', () => {
  it('are what a watcher must look at beside the manifests', () => {
    const { referenced } = catalogOf({
      'apps/shop.yaml': project('shop', 'env_file: [./shop.env, ../common.env]\n'),
      'immich/stack.yaml':
        'kind: stack\nname: immich\ncompose: [compose.yaml, ../extra.yaml]\nenv_file: x.env\n',
      'docs/site.yaml': 'kind: site\nname: docs\ncontent: { path: ./public }\n',
    });
    assert.deepEqual(referenced, {
      home: [
        'apps/shop.env',
        'common.env',
        'docs/public',
        'extra.yaml',
        'immich/.env',
        'immich/compose.yaml',
        'immich/x.env',
      ],
    });
  });
});

describe('a file', () => {
  it('may be JSON, and hold other things beside manifests', () => {
    const files = {
      'a.json': '{"kind":"project","name":"a","image":"x"}',
      'b.yaml': `# nothing\n---\nservices: {}\n---\n${project('b')}---\n`,
    };
    assert.deepEqual(
      catalogOf(files).units.map(({ unit }) => unit),
      ['a', 'b'],
    );
    assert.equal(sourceFile('a', 'x').stamp, sourceFile('b', 'x').stamp);
  });
});
