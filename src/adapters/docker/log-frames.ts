// Takes a container's log apart: the frames that engines mix both streams in, and the lines in what remains.
import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

const HEADER_BYTES = 8;
/** A line that never ends must not fill the memory. */
const LINE_LIMIT = 4_000;

export interface LineReader {
  write(chunk: Buffer): void;
  /** Gives out lines that were not ended. */
  end(): void;
}

/** Without a terminal the engine sends frames of [stream, 0, 0, 0, length (4 bytes)] and a payload, cut anywhere. */
export function createFrameReader(onLine: (line: string) => void): LineReader {
  const streams = [createLineReader(onLine), createLineReader(onLine), createLineReader(onLine)];
  let rest: Buffer = Buffer.alloc(0);
  return {
    write(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= HEADER_BYTES) {
        const end = HEADER_BYTES + rest.readUInt32BE(4);
        if (rest.length < end) return;
        streams[rest[0] ?? 1]?.write(rest.subarray(HEADER_BYTES, end));
        rest = rest.subarray(end);
      }
    },
    end() {
      for (const stream of streams) stream.end();
    },
  };
}

/** Plain bytes into clean lines. */
export function createLineReader(onLine: (line: string) => void): LineReader {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    write(chunk) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(cleanLine(line));
      if (rest.length > 2 * LINE_LIMIT) rest = rest.slice(0, LINE_LIMIT + 1);
    },
    end() {
      if (rest !== '') onLine(cleanLine(rest));
      rest = '';
    },
  };
}

/** No colours, nothing that moves a cursor, of a progress bar only its last state, and an end. */
function cleanLine(line: string): string {
  const last = line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  const plain = stripVTControlCharacters(last).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
  return plain.length <= LINE_LIMIT ? plain : `${plain.slice(0, LINE_LIMIT)}…`;
}
