// Laws of our own reading: it never throws, never accepts a path outside, and what it writes anew means the same.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { composeText } from '../../src/core/compose-emit.ts';
import { composeEnvironment } from '../../src/core/compose-env.ts';
import { joinInside, judgePath } from '../../src/core/compose-path.ts';
import { readComposeFile } from '../../src/core/compose-reading.ts';

const yamlish = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'services:',
        'include:',
        '- ',
        '&a ',
        '*a',
        '<<: *a',
        '!reset ',
        '!override ',
        '{',
        '}',
        '[',
        ']',
        '\n',
        '\n  ',
        ': ',
        ', ',
        '"',
        "'",
        '|\n',
        '>-\n',
        '---\n',
        '#',
        '${A}',
        'extends:',
        'file: ',
        'env_file: ',
        '../x',
        '/etc',
        '? ',
        '\t',
        '%YAML 1.1\n',
      ),
      fc.string({ maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

describe('our reading of Compose files', () => {
  it('never throws, and what it accepts it can write anew', () => {
    fc.assert(
      fc.property(fc.oneof(yamlish, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        const file = readComposeFile('c.yaml', text);
        if (file.problems.length > 0) return;
        const again = readComposeFile('c.yaml', composeText(file.documents, new Map()));
        assert.deepEqual(again.problems, []);
        assert.equal(composeText(again.documents, new Map()), composeText(file.documents, new Map()));
      }),
      { numRuns: 4_000 },
    );
  });

  it('writes anew what another parser reads as the same value', () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__' && key !== '<<'),
          tie('node'),
          { maxKeys: 4, noNullPrototype: true },
        ),
      ),
    })).node;
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__' && key !== '<<'),
          value,
          { noNullPrototype: true },
        ),
        (wanted) => {
          const file = readComposeFile('c.json', JSON.stringify(wanted));
          if (file.problems.length > 0) return;
          const [document] = parseAllDocuments(composeText(file.documents, new Map()));
          assert.deepEqual(document?.toJS(), wanted);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never accepts a path that leads out of the root', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', 'a', '/', '~', '${X}', 'b c', 'git@h', 'x:y', '\\', '\u0000', '...'),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }),
        fc.constantFrom('', '/', './', '../'),
        fc.constantFrom('', 'a', 'a/b'),
        (parts, start, base) => {
          const judged = judgePath(start + parts.join('/'), base);
          if (!judged.ok) return;
          assert.ok(!judged.path.startsWith('/'));
          assert.ok(!judged.path.split('/').includes('..'));
          assert.doesNotMatch(judged.path, /[\0$:\\]/);
          // Where a kernel would end up, walking the folders by name from a deep root.
          const root = 'r/r/r/r';
          assert.equal(joinInside(`${root}/${base}`, start + parts.join('/')), joinInside(root, judged.path));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('reads any env file without throwing, and gives no control key on', () => {
    const line = fc.tuple(
      fc.constantFrom('PATH', 'GIT_DIR', 'COMPOSE_FILE', 'A', 'export LD_X', 'b_proxy', ''),
      fc.constantFrom('=', ': ', ''),
      fc.string({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(fc.array(line), fc.string({ unit: 'binary', maxLength: 40 }), (lines, tail) => {
        const text = `${lines.map((parts) => parts.join('')).join('\n')}\n${tail}`;
        const { values } = composeEnvironment({
          environment: {},
          place: { file: 'm', line: 1 },
          envFiles: [],
          dotEnv: { file: '.env', text },
        });
        for (const name of Object.keys(values))
          assert.doesNotMatch(name, /^(?:PATH$|GIT_|COMPOSE_|LD_)|_proxy$/i);
      }),
      { numRuns: 3_000 },
    );
  });
});
