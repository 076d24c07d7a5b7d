// What holds for an edit of any file: it is the edit and nothing else, or it is refused; it never throws.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readDocuments } from '../../src/core/documents.ts';
import {
  addManifest,
  changeManifest,
  deleteInManifest,
  type EditResult,
  removeManifest,
  setInManifest,
} from '../../src/core/edit/edit-manifests.ts';

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

const key = fc.constantFrom(
  'tag',
  'domains',
  'a b',
  'x',
  'on',
  '1',
  'stages',
  'prod',
  'port',
  'deep',
  '#k',
  'ä',
);
const word = fc.constantFrom(
  'main',
  '1.10',
  'yes',
  '',
  ' x',
  'x ',
  '#no',
  'a: b',
  '- a',
  '"q"',
  "it's",
  '*a',
  '&a',
  '|',
  '\u{1f6a2}',
  '${secret:x}',
  'a\nb\n',
  'a\n\n  b',
  '\tx',
  '{',
  '[x',
  '@',
  '%',
  '---',
  '...',
  'null',
  '0x1f',
  'é\u2028',
);
const scalar: fc.Arbitrary<Plain> = fc.oneof(
  word,
  fc.string({ maxLength: 12 }),
  fc.integer({ min: -5, max: 9999 }),
  fc.boolean(),
  fc.constant(null),
);
const value: fc.Arbitrary<Plain> = fc
  .letrec<{ any: Plain }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      scalar,
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(key, tie('any'), { maxKeys: 4 }) as fc.Arbitrary<{ [key: string]: Plain }>,
    ),
  }))
  .any.map((one) => JSON.parse(JSON.stringify(one)) as Plain);
const body = (fc.dictionary(key, value, { maxKeys: 5 }) as fc.Arbitrary<{ [key: string]: Plain }>).map(
  (one) => ({ ...one }),
);

interface Written {
  texts: string[];
  values: ({ kind: string; name: string } & Record<string, Plain>)[];
}

/** Files in many hands: other indents, quotes, brackets, comments and blank lines, with and without a last line end. */
const file: fc.Arbitrary<Written> = fc
  .array(
    fc.record({
      body,
      flow: fc.boolean(),
      indent: fc.constantFrom(2, 4),
      indentSeq: fc.boolean(),
      quote: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'),
      above: fc.constantFrom('', '# above\n', '\n'),
      below: fc.constantFrom('', '# below\n', '\n\n', '...\n'),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((documents) => {
    const values = documents.map(({ body }, index) => ({ kind: 'project', name: `w${index}`, ...body }));
    const texts = documents.map(({ flow, indent, indentSeq, quote, above, below }, index) => {
      const written = stringify(values[index], {
        indent,
        indentSeq,
        lineWidth: 0,
        ...(flow ? { collectionStyle: 'flow' } : {}),
        defaultStringType: quote as 'PLAIN',
        defaultKeyType: 'PLAIN',
      });
      return `${index === 0 ? '' : '---\n'}${above}${written}${below}`;
    });
    return { texts, values };
  });

const target = fc.nat(3);
const somewhere = fc.array(fc.oneof(key, fc.nat(2)), { minLength: 1, maxLength: 3 });

function textOf(result: EditResult): string {
  assert.ok(result.ok, result.ok ? '' : result.refusal.message);
  return result.text;
}

function valuesOf(text: string): unknown[] {
  const { documents, faults } = readDocuments(text);
  assert.deepEqual(faults, []);
  return documents.map((document) => document.read().value);
}

function sameButOne(after: string, { texts, index }: { texts: readonly string[]; index: number }): void {
  const before = texts.slice(0, index).join('');
  const behind = texts.slice(index + 1).join('');
  assert.ok(after.startsWith(before), 'what stands before it changed');
  assert.ok(after.endsWith(behind), 'what stands behind it changed');
}

describe('an edit', () => {
  it('of an ordinary file is made, says what was meant when it is read, and leaves all other documents byte for byte', () => {
    fc.assert(
      fc.property(file, target, body, ({ texts, values }, at, wished) => {
        const index = at % texts.length;
        const id = values[index] ?? { kind: '', name: '' };
        const wanted = { kind: id.kind, name: id.name, ...wished };
        const after = textOf(changeManifest(texts.join(''), id, wanted));
        sameButOne(after, { texts, index });
        assert.deepEqual(
          valuesOf(after),
          values.map((one, at) => (at === index ? wanted : one)),
        );
        assert.equal(textOf(changeManifest(after, id, wanted)), after, 'twice is nothing');
      }),
      { numRuns: 200 },
    );
  });

  it('of any file with Windows line ends leaves no other ones', () => {
    fc.assert(
      fc.property(file, target, body, ({ texts, values }, at, wished) => {
        const index = at % texts.length;
        const id = values[index] ?? { kind: '', name: '' };
        const windows = texts.map((text) => text.replaceAll('\n', '\r\n'));
        const result = changeManifest(windows.join(''), id, { kind: id.kind, name: id.name, ...wished });
        if (!result.ok) return;
        sameButOne(result.text, { texts: windows, index });
        assert.doesNotMatch(result.text, /[^\r]\n/);
      }),
      { numRuns: 100 },
    );
  });

  it('of a key that was not there goes away without a trace', () => {
    fc.assert(
      fc.property(file, target, value, ({ texts, values }, at, added) => {
        const text = texts.join('');
        const id = values[at % texts.length] ?? { kind: '', name: '' };
        const there = textOf(setInManifest(text, id, { path: ['added'], value: added }));
        assert.equal(textOf(deleteInManifest(there, id, ['added'])), text);
      }),
      { numRuns: 120 },
    );
  });

  it('of a whole manifest too', () => {
    fc.assert(
      fc.property(file, body, ({ texts }, wished) => {
        const text = texts.join('');
        const id = { kind: 'proxy', name: 'added' };
        const there = textOf(addManifest(text, { ...id, ...wished }));
        assert.ok(there.startsWith(text));
        assert.equal(textOf(removeManifest(there, id)), text);
      }),
      { numRuns: 100 },
    );
  });

  it('that takes a manifest out leaves the others as they are', () => {
    fc.assert(
      fc.property(file, target, ({ texts, values }, at) => {
        const index = at % texts.length;
        const id = values[index] ?? { kind: '', name: '' };
        const after = textOf(removeManifest(texts.join(''), id));
        sameButOne(after, { texts: index === 0 ? ['', ...texts.slice(1)] : texts, index });
        assert.deepEqual(valuesOf(after), values.toSpliced(index, 1));
      }),
      { numRuns: 100 },
    );
  });

  it('of a text that nobody thought of is made rightly or refused, and never throws', () => {
    const pieces = [
      'kind: p\n',
      'name: n\n',
      '---\n',
      '...\n',
      'a: ',
      'a:\n',
      '  ',
      '- ',
      '? ',
      ': ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '&a ',
      '*a',
      '<<: *a\n',
      '"',
      "'",
      '|\n',
      '>-\n',
      '# c\n',
      '\n',
      '\r\n',
      '\t',
      'x',
      '1',
      '!t ',
      '!!str ',
      '%YAML 1.2\n',
      '\uFEFF',
      'b: {a: 1}\n',
      'l:\n- a\n- b\n',
      'l: [a, b] # c\n',
      'm: &a\n  b: 1\n',
      'o: *a\n',
    ];
    let made = 0;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { maxLength: 14 }),
        somewhere,
        value,
        (parts, where, wished) => {
          const text = `kind: p\nname: n\n${parts.join('')}`;
          const id = { kind: 'p', name: 'n' };
          const result = setInManifest(text, id, { path: where, value: wished });
          if (result.ok) {
            made += 1;
            const [was, is] = [valuesOf(text), valuesOf(result.text)];
            assert.deepEqual(is.slice(1), was.slice(1));
            const found = where.reduce<unknown>(
              (inner, step) => (inner as Record<string, unknown>)?.[step],
              is[0],
            );
            assert.deepEqual(found, wished);
          }
          for (const other of [
            deleteInManifest(text, id, where),
            removeManifest(text, id),
            addManifest(text, { kind: 'p', name: 'x' }),
          ])
            if (other.ok) valuesOf(other.text);
        },
      ),
      { numRuns: 800 },
    );
    assert.ok(made > 40, `${made} were made: the texts are too wild to say anything`);
  });

  it('of every manifest of the examples, value by value, changes one line', () => {
    const examples = path.join(import.meta.dirname, '../../examples');
    let tried = 0;
    for (const name of globSync('**/*.{yaml,yml}', { cwd: examples })) {
      const text = readFileSync(path.join(examples, name), 'utf8');
      for (const document of readDocuments(text).documents) {
        const plain = document.read().value as Record<string, unknown>;
        if (typeof plain?.kind !== 'string' || typeof plain.name !== 'string') continue;
        const id = { kind: plain.kind, name: plain.name };
        for (const where of leavesOf(plain)) {
          if (where[0] === 'kind' || where[0] === 'name') continue;
          const result = setInManifest(text, id, { path: where, value: 'changed' });
          if (!result.ok) {
            assert.match(
              result.refusal.reason,
              /^(Alias|Anchor|Comment)Touched$/,
              `${name} ${where.join('.')}`,
            );
            continue;
          }
          tried += 1;
          const [was, is] = [text.split('\n'), result.text.split('\n')];
          assert.equal(is.filter((line) => !was.includes(line)).length, 1, `${name} ${where.join('.')}`);
          assert.deepEqual(commentsOf(result.text), commentsOf(text));
        }
      }
    }
    assert.ok(tried > 30, String(tried));
  });
});

function leavesOf(one: unknown, at: (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(one)) return one.flatMap((item, index) => leavesOf(item, [...at, index]));
  if (typeof one === 'object' && one !== null)
    return Object.entries(one).flatMap(([name, item]) => leavesOf(item, [...at, name]));
  return typeof one === 'string' && one.includes('\n') ? [] : [at];
}

function commentsOf(text: string): string[] {
  return text.split('\n').flatMap((line) => /(?:^|\s)#.*$/.exec(line)?.[0].trim() ?? []);
}
