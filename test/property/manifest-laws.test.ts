// What holds for any text at all: reading never throws, places lie in the file, dollars survive, order means nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { codeFrame, frameText } from '../../src/core/code-frame.ts';
import { cells } from '../../src/core/code-frame-cells.ts';
import { readConfig } from '../../src/core/config.ts';
import { readDocuments } from '../../src/core/documents.ts';
import { parseEnvFile } from '../../src/core/env-file.ts';
import { interpolate } from '../../src/core/interpolate.ts';
import { groups } from '../support/broken-manifests/cases.ts';
import { catalogOf } from '../support/manifest-catalog.ts';
import { filesOf } from '../support/manifest-problems.ts';

const nothing = () => undefined;

/** Texts that look like YAML more often than chance would have it. */
const pieces = [
  'kind: project',
  'name: shop',
  'image: x',
  '\n',
  '\n\n',
  ' ',
  '  ',
  '- ',
  ': ',
  '? ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '&a ',
  '*a',
  '!t ',
  '<<: ',
  '"',
  "'",
  '|\n',
  '>\n',
  '#',
  '---\n',
  '...\n',
  '\t',
  '$',
  '${',
  '${secret:',
  '}',
  '%',
  '@',
  '`',
  '\r\n',
  '\u{1f6a2}',
  'null',
  '1.10',
  'stages:',
  'environment:',
  'ports:',
  'volumes:',
  '\\',
  '~',
  '__proto__: ',
  'constructor: ',
  '\uFEFF',
  '\u2028',
];
const yamlish = fc
  .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 40 })
  .map((parts) => parts.join(''));
const bytes = fc.uint8Array({ maxLength: 200 });

/** Real manifests with something cut out, doubled or put in. */
const originals = groups
  .flatMap(({ cases }) => cases.map((broken) => Object.values(filesOf(broken))[0]))
  .filter((text) => typeof text === 'string');
const mutated = fc
  .tuple(fc.constantFrom(...originals), fc.nat(), fc.nat({ max: 12 }), fc.constantFrom(...pieces, ''))
  .map(([text, at, length, put]) => {
    const from = text.length === 0 ? 0 : at % text.length;
    return text.slice(0, from) + put + text.slice(from + length);
  });

const placesAreInside = (text: string) => {
  const lines = text.split('\n');
  const { problems } = catalogOf(text);
  for (const { line, column, message, hint, reason } of problems) {
    assert.ok(message.length > 0 && message.length <= 200, message);
    assert.ok(hint === null || hint.length > 0, reason);
    assert.ok(
      line !== null && line >= 1 && line <= lines.length,
      `${reason} at line ${line} of ${lines.length}`,
    );
    assert.ok(
      column !== null && column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1,
      `${reason} ${line}:${column}`,
    );
  }
};

describe('any text', () => {
  it('is read or refused, and every place lies in it', () => {
    fc.assert(fc.property(fc.oneof(yamlish, mutated, fc.string({ unit: 'binary' })), placesAreInside), {
      numRuns: 1_500,
    });
  });

  it('of any bytes is read or refused', () => {
    fc.assert(
      fc.property(bytes, (content) => {
        const { problems } = catalogOf({
          'a.yaml': content,
          'b.yaml': 'kind: project\nname: fine\nimage: x\n',
        });
        assert.ok(Array.isArray(problems));
      }),
      { numRuns: 500 },
    );
  });

  it('costs the manifests beside it nothing', () => {
    fc.assert(
      fc.property(fc.oneof(yamlish, mutated), (text) => {
        const fine = 'kind: project\nname: quite-another\nimage: x\n';
        const { units } = catalogOf({ 'a.yaml': text, 'b.yaml': fine });
        assert.ok(units.some(({ unit }) => unit === 'quite-another'));
      }),
      { numRuns: 500 },
    );
  });

  it('gives values that JSON can hold, whatever is in it', () => {
    fc.assert(
      fc.property(yamlish, (text) => {
        for (const document of readDocuments(text).documents) JSON.stringify(document.read().value);
        assert.equal(Object.hasOwn(Object.prototype, 'kind'), false);
      }),
      { numRuns: 500 },
    );
  });

  it('is a configuration or is refused', () => {
    fc.assert(
      fc.property(fc.oneof(yamlish, mutated), (text) => {
        const { config, problems } = readConfig({
          text,
          file: '/etc/t.yaml',
          cwd: '/',
          environment: {},
          overrides: {},
          senders: null,
          providers: null,
        });
        assert.equal(
          config === null,
          problems.some(({ severity }) => severity === 'error'),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is an env file or is refused', () => {
    fc.assert(
      fc.property(fc.oneof(yamlish, fc.string()), (text) => void parseEnvFile(text)),
      { numRuns: 500 },
    );
  });
});

describe('dollars', () => {
  it('that are doubled are dollars again', () => {
    fc.assert(
      fc.property(fc.oneof(yamlish, fc.string()), (text) => {
        fc.pre(!text.includes('${secret:'));
        const { text: back, faults } = interpolate(text.replaceAll('$', '$$$$'), nothing);
        assert.deepEqual(faults, []);
        assert.equal(back, text);
      }),
      { numRuns: 1_000 },
    );
  });

  it('of what a variable holds are never read again', () => {
    fc.assert(
      fc.property(yamlish, (value) => {
        fc.pre(!value.includes('${secret:'));
        assert.equal(interpolate('${X}', () => value).text, value);
      }),
    );
  });

  it('make references to secrets only where one was written', () => {
    fc.assert(
      fc.property(yamlish, yamlish, (text, value) => {
        const { text: result, faults, secrets } = interpolate(text, () => value);
        if (faults.length > 0) return;
        assert.equal(result.split('${secret:').length - 1, secrets.length);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a code frame', () => {
  it('is never wider than it may be, and its caret is under the place', () => {
    const input = fc.record({
      text: fc
        .array(fc.constantFrom('a', 'b', ' ', '\t', '"', '漢', '🚢', 'é', '\n'), { maxLength: 300 })
        .map((parts) => parts.join('')),
      line: fc.integer({ min: 1, max: 5 }),
      column: fc.integer({ min: 1, max: 200 }),
      width: fc.integer({ min: 30, max: 120 }),
    });
    fc.assert(
      fc.property(input, (given) => {
        const rows = codeFrame({ ...given, message: '' });
        for (const line of frameText(rows))
          assert.ok(cells(line) <= given.width + 1, `${cells(line)}: ${line}`);
        const at = rows.findIndex(({ type }) => type === 'caret');
        const caret = rows[at];
        if (caret?.type !== 'caret') return;
        const code = rows[at - 1];
        assert.ok(code?.type === 'code' && code.number === given.line);
        const written = [...(given.text.split('\n')[given.line - 1] ?? '')][given.column - 1];
        if (written === undefined || /[\t"\s]/.test(written)) return;
        let seen = 0;
        const under = [...code.text].find((character) => {
          const here = seen;
          seen += cells(character);
          return here === caret.indent;
        });
        assert.equal(under, written);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the catalog', () => {
  it('does not depend on the order in which files are given', () => {
    const named = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 2 });
    fc.assert(
      fc.property(
        named,
        fc.func(fc.constantFrom('', 'depends_on: [a]\n', 'domains: [x.example.com]\n', 'colour: red\n')),
        (names, more) => {
          const files = names.map((name): [string, string] => [
            `${name}.yaml`,
            `kind: project\nname: ${name}\nimage: x\n${more(name)}`,
          ]);
          assert.deepEqual(
            catalogOf(Object.fromEntries(files)),
            catalogOf(Object.fromEntries(files.reverse())),
          );
        },
      ),
    );
  });
});
