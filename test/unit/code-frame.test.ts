// Code frames as they are printed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CodeFrameInput, codeFrame, frameText } from '../../src/core/code-frame.ts';

const frame = (input: Partial<CodeFrameInput> & { text: string }) =>
  frameText(codeFrame({ line: 1, column: 1, message: 'here', width: null, ...input }));

describe('a code frame', () => {
  const text = 'compose: [immich/compose.yaml]\nenviroment: { A: b }\nprofiles: [ml]\n';

  it('shows one line on each side, and the message behind the caret', () => {
    assert.deepEqual(frame({ text, line: 2, message: 'not a key' }), [
      '  1 │ compose: [immich/compose.yaml]',
      '  2 │ enviroment: { A: b }',
      '    │ ^^^^^^^^^^ not a key',
      '  3 │ profiles: [ml]',
    ]);
  });

  it('has no line where there is none, and no blank ones', () => {
    assert.deepEqual(frame({ text: 'a: b\n\n' }), ['  1 │ a: b', '    │ ^ here']);
    assert.deepEqual(frame({ text, line: 99 }), []);
  });

  it('marks a quoted text as a whole', () => {
    assert.deepEqual(frame({ text: 'a: "b c" # d', column: 4 }), [
      '  1 │ a: "b c" # d',
      '    │    ^^^^^ here',
    ]);
  });

  it('shows tabs as two spaces and keeps the caret under the place', () => {
    assert.deepEqual(frame({ text: '\ta:\tb', column: 5 }), ['  1 │   a:  b', '    │       ^ here']);
  });

  it('counts wide characters as two cells and accents as none', () => {
    assert.deepEqual(frame({ text: '漢字: x', column: 5 }), ['  1 │ 漢字: x', '    │       ^ here']);
    assert.deepEqual(frame({ text: 'e\u0301: x', column: 5 }), ['  1 │ e\u0301: x', '    │    ^ here']);
  });

  it('cuts long lines around the caret, the neighbours at the same place', () => {
    const long = `${'-'.repeat(100)}\n${'a'.repeat(50)} bad ${'z'.repeat(100)}\nshort\n`;
    assert.deepEqual(frame({ text: long, line: 2, column: 52, width: 46 }), [
      `  1 │ …${'-'.repeat(38)}…`,
      `  2 │ …${'a'.repeat(18)} bad ${'z'.repeat(15)}…`,
      `    │ ${' '.repeat(20)}^^^ here`,
      '  3 │',
    ]);
  });

  it('shows nothing that a terminal would obey', () => {
    assert.deepEqual(frame({ text: 'a: \u001b[31mred' })[0], '  1 │ a: ?[31mred');
  });

  it('pads the numbers to the widest that can be in it', () => {
    const many = 'x\n'.repeat(12);
    assert.deepEqual(frame({ text: many, line: 9 }), ['   8 │ x', '   9 │ x', '     │ ^ here', '  10 │ x']);
  });
});
