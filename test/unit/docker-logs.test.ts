// Proves that logs become clean lines, however their frames are cut and whatever a program wrote into them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFrameReader, createLineReader } from '../../src/adapters/docker/log-frames.ts';

function frame(stream: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

function framed(bytes: Buffer, pieceLength: number): string[] {
  const lines: string[] = [];
  const reader = createFrameReader((line) => lines.push(line));
  for (let at = 0; at < bytes.length; at += pieceLength) reader.write(bytes.subarray(at, at + pieceLength));
  reader.end();
  return lines;
}

function plain(...texts: string[]): string[] {
  const lines: string[] = [];
  const reader = createLineReader((line) => lines.push(line));
  for (const text of texts) reader.write(Buffer.from(text));
  reader.end();
  return lines;
}

describe('a log in frames', () => {
  const bytes = Buffer.concat([
    frame(1, 'één\nhal'),
    frame(2, 'error 語\n'),
    frame(1, 'f\n'),
    frame(1, ''),
    frame(2, 'last'),
  ]);
  for (const pieceLength of [1, 2, 3, 7, 8, 9, 1_000])
    it(`is whole when it comes in pieces of ${pieceLength}`, () => {
      assert.deepEqual(framed(bytes, pieceLength), ['één', 'error 語', 'half', 'last']);
    });
});

describe('a line of a log', () => {
  it('has no colours and moves no cursor', () => {
    assert.deepEqual(
      plain('\u001b[31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007\u001b[2K\n'),
      ['red link'],
    );
  });
  it('shows the last state of a progress bar', () => {
    assert.deepEqual(plain('10%\r50%\r100%\r\n'), ['100%']);
  });
  it('has no control characters but tabs', () => {
    assert.deepEqual(plain('a\u0000b\u0007c\td\n'), ['abc\td']);
  });
  it('is cut when it does not end', () => {
    const [line = ''] = plain('x'.repeat(100_000), 'y'.repeat(100_000), '\n');
    assert.ok(line.length <= 4_001 && line.endsWith('…'));
  });
  it('keeps empty lines', () => assert.deepEqual(plain('a\n\nb\n'), ['a', '', 'b']));
});
