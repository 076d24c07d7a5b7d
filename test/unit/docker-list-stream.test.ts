// Proves that a list cut into pieces anywhere gives the elements that JSON.parse gives for the whole.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createElementSplitter } from '../../src/adapters/docker/list-stream.ts';
import { cannedContainers } from '../support/canned-engine-list.ts';

/**
 * Splits `text`, given in pieces of the listed lengths (again and again), and parses each element. A piece is wiped as
 * soon as it is written: its memory is used again.
 */
function split(bytes: Buffer, lengths: readonly number[]): unknown[] {
  const elements: unknown[] = [];
  const splitter = createElementSplitter((element) => elements.push(JSON.parse(element.toString())));
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    const piece = Buffer.from(bytes.subarray(at, at + length));
    splitter.write(piece);
    piece.fill(0);
    at += length;
  }
  splitter.end();
  return elements;
}

/** Strings that are made of what a splitter could stumble over. */
const nasty = fc.array(
  fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'é', '語', '🚢', '\u0000', ' ', 'a'),
);
const value = fc
  .jsonValue()
  .chain((json) => nasty.map((parts) => [json, { [parts.join('')]: parts.join('') }]));

describe('the element splitter', () => {
  it('agrees with JSON.parse, however the list is written and cut', () => {
    const indent = fc.constantFrom(undefined, 1, '\t');
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(value),
        indent,
        cuts,
        fc.constantFrom('', ' ', '\n'),
        (list, space, lengths, around) => {
          const text = `${around}${JSON.stringify(list, null, space)}${around}`;
          assert.deepEqual(split(Buffer.from(text), lengths), JSON.parse(text));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('agrees with JSON.parse on a list of an engine, in pieces as a socket gives them', () => {
    const { list } = cannedContainers(200, { controller: 'default' });
    assert.deepEqual(split(list, [65_536]), JSON.parse(list.toString()));
    assert.deepEqual(split(list, [1]), JSON.parse(list.toString()));
  });

  it('refuses a list that is cut, at each of its bytes', () => {
    const whole = Buffer.from('[{"a":"]\\"é"},[1,{"b":[]}],"x"]');
    for (let length = 0; length < whole.length; length++)
      assert.throws(() => split(whole.subarray(0, length), [3]), SyntaxError, `cut after ${length} bytes`);
  });

  for (const text of [
    'null',
    '{"message":"no"}',
    '"[]"',
    '[1,]',
    '[,1]',
    '[1]x',
    '[1][2]',
    '[}',
    '[{"a":1]',
    '[1 2]',
  ])
    it(`refuses ${text}`, () => {
      assert.throws(() => split(Buffer.from(text), [1]), SyntaxError);
    });
});
