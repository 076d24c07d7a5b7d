// Documents: what is read, where it stands, and what is refused before it costs anything.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { readDocuments } from '../../src/core/documents.ts';

const values = (text: string) => readDocuments(text).documents.map((document) => document.read().value);

function only(text: string) {
  const { documents, faults } = readDocuments(text);
  assert.deepEqual(faults, []);
  const [document] = documents;
  assert.ok(document);
  return document;
}

describe('documents', () => {
  it('are any number in one file, JSON among them', () => {
    assert.deepEqual(values('a: 1\n---\n{ "b": [2, true] }\n---\n- c\n'), [
      { a: 1 },
      { b: [2, true] },
      ['c'],
    ]);
    assert.deepEqual(values('{\n\t"kind": "project",\n\t"name": "x"\n}\n'), [{ kind: 'project', name: 'x' }]);
    assert.deepEqual(values(''), []);
    assert.deepEqual(values('# nothing but a comment\n'), []);
  });

  it('are YAML 1.2, whatever they say they are', () => {
    const expected = { a: 'yes', b: 'no', c: 'on', d: '22:22', e: 8, f: '2026-01-01', g: null, h: true };
    const text = 'a: yes\nb: no\nc: on\nd: 22:22\ne: 0o10\nf: 2026-01-01\ng: ~\nh: true\n';
    assert.deepEqual(values(text), [expected]);
    assert.deepEqual(values(`%YAML 1.1\n---\n${text}`), [expected]);
  });

  it('take each plain word as the core schema takes it', () => {
    const meanings =
      'null Null NULL ~ true True TRUE false False FALSE 0o17 0x1F .inf -.Inf +.INF .nan .NaN .NAN 12 +1';
    const rest =
      '-1 1.5 .5 1. -1e3 1E+3 0 00 0b1 1_000 nul nulls trues False: xnull o17 x1F inf nan yes no on off _1 (1';
    const letters = Array.from({ length: 0x7e - 0x20 }, (_, index) => String.fromCharCode(0x21 + index));
    const words = [
      ...meanings.split(' '),
      ...rest.split(' '),
      ...letters,
      ...letters.map((letter) => `${letter}1`),
    ];
    let taken = 0;
    for (const word of words) {
      const text = `a: ${word}\n`;
      const { documents, faults } = readDocuments(text);
      const read = documents[0]?.read();
      // Marks of YAML's own are no words.
      if (faults.length > 0 || read === undefined || read.faults.length > 0) continue;
      assert.deepEqual(read.value, parse(text, { schema: 'core' }), word);
      taken += 1;
    }
    assert.ok(taken > 150, `only ${taken} of ${words.length} were words`);
  });

  it('put anchors and merges in; what is written beside a merge wins', () => {
    const text = 'base: &base { a: 1, b: 2 }\nuse: { <<: *base, b: 3 }\nboth: { <<: [{ c: 4 }, *base] }\n';
    assert.deepEqual(values(text), [
      { base: { a: 1, b: 2 }, use: { b: 3, a: 1 }, both: { c: 4, a: 1, b: 2 } },
    ]);
    assert.deepEqual(values('"<<": { a: 1 }\n'), [{ '<<': { a: 1 } }]);
  });

  it('know where everything was written', () => {
    const document = only(
      '\uFEFFname: shop\nstages:\n  prod: &prod { replicas: 2 }\n  next: *prod\nlist: [a, "b"]\n',
    );
    const cases: [(string | number)[], 'key' | 'value', number, number][] = [
      [['name'], 'key', 1, 1],
      [['name'], 'value', 1, 7],
      [['stages', 'prod', 'replicas'], 'key', 3, 17],
      [['stages', 'prod', 'replicas'], 'value', 3, 27],
      [['stages', 'next', 'replicas'], 'value', 3, 27],
      [['list', 1], 'value', 5, 11],
      [['stages', 'gone', 'deep'], 'value', 3, 3],
      [['stages', 'gone', 'deep'], 'key', 3, 3],
      [[], 'value', 1, 1],
    ];
    for (const [path, part, line, column] of cases) {
      assert.deepEqual(document.positionOf(path, part), { line, column }, path.join('.'));
    }
  });

  it('count columns in characters, also behind wide ones', () => {
    const document = only('x: { "ключ": 🚢🚢, b: 1 }\n');
    assert.deepEqual(document.positionOf(['x', 'b'], 'key'), { line: 1, column: 18 });
  });

  it('find a place through a merge', () => {
    const document = only('base: &base\n  a: 1\nuse:\n  <<: *base\n');
    assert.deepEqual(document.positionOf(['use', 'a'], 'value'), { line: 2, column: 6 });
  });

  it('give single values as they were written', () => {
    const document = only('a: 1.10\nb: "x"\nc: [1]\n');
    assert.equal(document.sourceOf(['a']), '1.10');
    assert.equal(document.sourceOf(['b']), '"x"');
    assert.equal(document.sourceOf(['c']), null);
    assert.equal(document.sourceOf(['d']), null);
  });

  it('leave out what is faulty, and tell all of it', () => {
    const { value, faults } = only('a: 1\na: 2\nb: !x y\nc: *gone\n__proto__: { d: 1 }\n').read();
    assert.deepEqual(value, { a: 1 });
    assert.deepEqual(
      faults.map(({ reason, line }) => [reason, line]),
      [
        ['DuplicateKey', 2],
        ['UnknownTag', 3],
        ['UnknownAlias', 4],
        ['KeyIsNoText', 5],
      ],
    );
    assert.equal(({} as Record<string, unknown>).d, undefined);
  });

  it('tell a fault inside an anchor once, however often it is used', () => {
    const { faults } = only('a: &a { x: !no 1 }\nb: *a\nc: *a\n').read();
    assert.equal(faults.length, 1);
  });

  it('keep reading the other documents of a file with a broken one', () => {
    const { documents, faults } = readDocuments('kind: project\nname: one\n---\nkind: "x\n');
    assert.equal(faults.length, 1);
    assert.equal(documents[0]?.top('name'), 'one');
  });
});

describe('hostile texts', () => {
  const million = 1024 * 1024;
  const bombOf = (levels: number) =>
    Array.from({ length: levels }, (_, level) => {
      const below = level === 0 ? 'x' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array(10).fill(below).join(', ')}]`;
    }).join('\n');

  const cases: Record<string, [text: string, reason: string]> = {
    'an alias bomb': [bombOf(40), 'AliasBomb'],
    'an alias in itself': ['a: &a [*a]\n', 'AliasInItself'],
    'aliases nested too deep': [
      Array.from({ length: 70 }, (_, i) => `a${i}: &a${i} ${i === 0 ? '[x]' : `[*a${i - 1}]`}`).join('\n'),
      'TooDeep',
    ],
    'a million open brackets': ['['.repeat(million), 'TooDeep'],
    'half a million list items in each other': ['- '.repeat(million / 2), 'TooDeep'],
    'lines each indented more': [
      Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
      'TooDeep',
    ],
    'a million quotes': ['"'.repeat(million), 'FileTooLarge'],
    'a million anchors': ['&a '.repeat(million / 3), 'FileTooLarge'],
    'a quarter million documents': ['---\n'.repeat(million / 4), 'FileTooLarge'],
    'a million empty lines': ['\n'.repeat(million), 'FileTooLarge'],
    'more than a mebibyte': ['a'.repeat(million + 1), 'FileTooLarge'],
    'a NUL byte': ['a: "b\0"', 'NotText'],
    'an escape sequence of a terminal': ['a: \u001b[31m', 'NotText'],
  };

  for (const [what, [text, reason]] of Object.entries(cases)) {
    it(`${what}: refused, and soon`, () => {
      const begin = performance.now();
      const { documents, faults } = readDocuments(text);
      const all = [...faults, ...documents.flatMap((document) => document.read().faults)];
      const tookMs = performance.now() - begin;
      assert.equal(all[0]?.reason, reason);
      // Unbounded, these take seconds to hours; the bound only tells the one from the other on a busy machine.
      assert.ok(tookMs < 5_000, `${tookMs} ms`);
    });
  }

  it('a bomb that nobody reads costs nothing', () => {
    const document = only(`kind: project\nname: x\n${bombOf(40)}\n`);
    assert.equal(document.top('kind'), 'project');
    assert.deepEqual(document.positionOf(['a3', 1, 2], 'value'), { line: 5, column: 20 });
  });
});
