// What a person sees in the diff after a change was made for them: the change, and nothing else.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addManifest,
  changeManifest,
  deleteInManifest,
  type EditResult,
  holdsNothing,
  removeManifest,
  setInManifest,
} from '../../src/core/edit/edit-manifests.ts';

const SHOP = { kind: 'project', name: 'shop' };

function textOf(result: EditResult): string {
  assert.ok(result.ok, result.ok ? '' : result.refusal.message);
  return result.text;
}

function reasonOf(result: EditResult): string {
  return result.ok ? `not refused:\n${result.text}` : result.refusal.reason;
}

/** Lines that came and went. */
function diff(before: string, after: string): string[] {
  const [was, is] = [before.split('\n'), after.split('\n')];
  return [
    ...was.filter((line) => !is.includes(line)).map((line) => `-${line}`),
    ...is.filter((line) => !was.includes(line)).map((line) => `+${line}`),
  ];
}

const TEXT = `# yaml-language-server: $schema=../manifest.schema.json
kind: project   # the one that earns money
name: shop
image: 'ghcr.io/acme/shop'

stages:
  prod: { tag: "2.1.3", replicas: 2 }   # since May
  staging:
    tag:     main # follows
    domains:
    - a.example.com # the old one
    - b.example.com
empty:
text: |  # kept
  one
  two

--- # the second
kind: proxy
name: nas
forward: http://192.0.2.10:5000
`;

describe('a change of one value', () => {
  const set = (path: (string | number)[], value: unknown) =>
    diff(TEXT, textOf(setInManifest(TEXT, SHOP, { path, value })));

  for (const [what, path, value, expected] of [
    [
      'keeps double quotes, and the comment behind',
      ['stages', 'prod', 'tag'],
      '2.1.4',
      [
        '-  prod: { tag: "2.1.3", replicas: 2 }   # since May',
        '+  prod: { tag: "2.1.4", replicas: 2 }   # since May',
      ],
    ],
    ['keeps single quotes', ['image'], "it's", ["-image: 'ghcr.io/acme/shop'", "+image: 'it''s'"]],
    [
      'keeps the blanks that line values up',
      ['stages', 'staging', 'tag'],
      'v2',
      ['-    tag:     main # follows', '+    tag:     v2 # follows'],
    ],
    [
      'quotes what would be read as something else',
      ['stages', 'staging', 'tag'],
      '1.10',
      ['-    tag:     main # follows', '+    tag:     "1.10" # follows'],
    ],
    [
      'writes into braces what is missing there',
      ['stages', 'prod', 'strategy'],
      'recreate',
      [
        '-  prod: { tag: "2.1.3", replicas: 2 }   # since May',
        '+  prod: { tag: "2.1.3", replicas: 2, strategy: recreate }   # since May',
      ],
    ],
    [
      'fills a key without a value',
      ['empty'],
      { a: [1] },
      ['-empty:', '+empty:', '+  a: [1]'].filter((line) => !line.endsWith('empty:')),
    ],
    ['makes the maps on the way', ['stages', 'next', 'tag'], 'x', ['+  next: { tag: x }']],
    [
      'adds to a list in its own form',
      ['stages', 'staging', 'domains'],
      ['a.example.com', 'b.example.com', 'c.example.com'],
      ['+    - c.example.com'],
    ],
    [
      'takes an item out of a list with its comment',
      ['stages', 'staging', 'domains'],
      ['b.example.com', 'c.example.com'],
      ['-    - a.example.com # the old one', '+    - c.example.com'],
    ],
  ] as const) {
    it(what, () => assert.deepEqual(set([...path], value), expected));
  }

  it('writes nothing where the value is there already', () => {
    assert.equal(textOf(setInManifest(TEXT, SHOP, { path: ['stages', 'prod', 'replicas'], value: 2 })), TEXT);
  });

  it('keeps Windows line ends', () => {
    const windows = TEXT.replaceAll('\n', '\r\n');
    const changed = textOf(
      setInManifest(windows, SHOP, {
        path: ['stages', 'next'],
        value: { tag: 'x', domains: ['a', 'b'], deep: { er: { x: 1 } } },
      }),
    );
    assert.doesNotMatch(changed, /[^\r]\n/);
    assert.match(changed, /\r\n {2}next:\r\n/);
  });

  it('keeps JSON JSON', () => {
    const json = `${JSON.stringify({ kind: 'project', name: 'shop', stages: { prod: { tag: '1' } } }, null, 2)}\n`;
    const changed = textOf(
      setInManifest(json, SHOP, { path: ['stages', 'prod', 'domains'], value: ['a.example.com'] }),
    );
    assert.deepEqual(JSON.parse(changed).stages.prod, { tag: '1', domains: ['a.example.com'] });
    assert.deepEqual(diff(json, changed), [
      '-      "tag": "1"',
      '+      "tag": "1",',
      '+      "domains": ["a.example.com"]',
    ]);
    const short = '{"kind":"project","name":"shop","a":{}}';
    const longer = textOf(setInManifest(short, SHOP, { path: ['a', 'b'], value: 'c' }));
    assert.deepEqual(JSON.parse(longer), { kind: 'project', name: 'shop', a: { b: 'c' } });
    assert.equal(reasonOf(addManifest(short, { kind: 'proxy', name: 'x' })), 'JsonHoldsOne');
  });

  it('removes a key with its lines, and says {} where nothing is left', () => {
    assert.deepEqual(diff(TEXT, textOf(deleteInManifest(TEXT, SHOP, ['stages', 'staging', 'tag']))), [
      '-    tag:     main # follows',
    ]);
    const one = 'kind: project\nname: shop\nstages:\n  prod:\n    tag: x\n';
    assert.equal(
      textOf(deleteInManifest(one, SHOP, ['stages', 'prod', 'tag'])),
      'kind: project\nname: shop\nstages:\n  prod: {}\n',
    );
    assert.equal(textOf(deleteInManifest(one, SHOP, ['nothing'])), one);
    const items = 'kind: project\nname: shop\nl:\n  - a: 1\n    b: 2\n';
    assert.match(textOf(deleteInManifest(items, SHOP, ['l', 0, 'a'])), /l:\n {2}- b: 2\n$/);
  });
});

describe('what cannot be done safely', () => {
  const text = `kind: project
name: shop
base: &base { tag: x }
other: *base
merged:
  <<: *base
list:
  # about a
  - a
`;
  for (const [path, value, reason] of [
    [['base'], 1, 'AnchorTouched'],
    [['base', 'tag'], 'y', 'AnchorTouched'],
    [['other', 'tag'], 'y', 'AliasTouched'],
    [['name', 'below'], 'y', 'NotAMap'],
    [['list'], 'text', 'CommentTouched'],
  ] as const) {
    it(`is refused with a sentence: ${path.join('.')} → ${reason}`, () => {
      const result = setInManifest(text, SHOP, { path: [...path], value });
      assert.equal(reasonOf(result), reason);
      assert.ok(!result.ok && /^[`A-Z].*\.$/s.test(result.refusal.message), JSON.stringify(result));
    });
  }

  it('an alias itself is replaced, and a merged key is set beside the merge', () => {
    assert.match(textOf(setInManifest(text, SHOP, { path: ['other'], value: 1 })), /^other: 1$/m);
    assert.match(
      textOf(setInManifest(text, SHOP, { path: ['merged', 'tag'], value: 'y' })),
      /<<: \*base\n {2}tag: "?y"?\n/,
    );
  });

  it('a broken file, a manifest that is gone, one that is there twice', () => {
    assert.equal(reasonOf(setInManifest('a: [', SHOP, { path: ['x'], value: 1 })), 'FileBroken');
    assert.equal(
      reasonOf(setInManifest('kind: project\nname: shop\na: !odd x\n', SHOP, { path: ['x'], value: 1 })),
      'FileBroken',
    );
    assert.equal(reasonOf(removeManifest('kind: project\nname: other\n', SHOP)), 'ManifestMissing');
    assert.equal(
      reasonOf(removeManifest('kind: project\nname: shop\n---\nname: shop\nkind: project\n', SHOP)),
      'ManifestTwice',
    );
    assert.equal(reasonOf(addManifest(TEXT, { kind: 'proxy', name: 'nas' })), 'ManifestExists');
  });
});

describe('a whole manifest', () => {
  const nas = {
    kind: 'proxy',
    name: 'attic',
    domains: ['attic.example.com'],
    forward: 'http://192.0.2.11',
    note: 'a;\nb;\n',
  };

  it('is added behind the others, and taken out without a trace', () => {
    const added = textOf(addManifest(TEXT, nas));
    assert.equal(
      added,
      `${TEXT}---\nkind: proxy\nname: attic\ndomains: [attic.example.com]\nforward: http://192.0.2.11\nnote: |\n  a;\n  b;\n`,
    );
    assert.equal(textOf(removeManifest(added, nas)), TEXT);
    assert.equal(textOf(addManifest(null, { kind: 'proxy', name: 'x' })), 'kind: proxy\nname: x\n');
  });

  it('that stands first leaves what is for the whole file', () => {
    const rest = textOf(removeManifest(TEXT, SHOP));
    assert.equal(
      rest,
      '# yaml-language-server: $schema=../manifest.schema.json\n--- # the second\nkind: proxy\nname: nas\nforward: http://192.0.2.10:5000\n',
    );
    assert.ok(!holdsNothing(rest));
    assert.ok(holdsNothing(textOf(removeManifest(rest, { kind: 'proxy', name: 'nas' }))));
  });

  it('is brought to a new value by the fewest lines', () => {
    const before = textOf(addManifest(TEXT, nas));
    const after = textOf(
      changeManifest(before, nas, {
        ...nas,
        forward: 'http://192.0.2.12',
        domains: ['attic.example.com', 'loft.example.com'],
      }),
    );
    assert.deepEqual(diff(before, after), [
      '-domains: [attic.example.com]',
      '-forward: http://192.0.2.11',
      '+domains: [attic.example.com, loft.example.com]',
      '+forward: http://192.0.2.12',
    ]);
  });
});
