// The lines that a child says: from its pipe, or from a file that it goes on writing to when we are gone.
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

export interface ChildLines {
  /** Calls back for each line from now on. */
  start(onLine: (line: string) => void): void;
  /** Gives what is left, the last line without its end too. Can be called twice. */
  stop(): void;
}

/** A line without an end must not fill the memory. */
const MAX_LINE_CHARACTERS = 16 * 1024;
const POLL_MS = 50;

export function followChild(child: ChildProcess): ChildLines {
  let splitter: Splitter | null = null;
  return {
    start(onLine) {
      splitter = createSplitter(onLine);
      child.stderr?.on('data', (chunk: Buffer) => splitter?.add(chunk));
    },
    stop: () => splitter?.end(),
  };
}

/** Makes the file (0600; there must be none) and takes it away again in `stop`. */
export function followFile(path: string): ChildLines & { descriptor: number } {
  const descriptor = openSync(path, 'ax+', 0o600);
  const buffer = Buffer.alloc(64 * 1024);
  let position = 0;
  let splitter: Splitter | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isOpen = true;
  const read = () => {
    for (let length = -1; length !== 0; position += length) {
      length = readSync(descriptor, buffer, 0, buffer.length, position);
      splitter?.add(buffer.subarray(0, length));
    }
  };
  return {
    descriptor,
    start(onLine) {
      splitter = createSplitter(onLine);
      timer = setInterval(read, POLL_MS);
    },
    stop() {
      if (!isOpen) return;
      isOpen = false;
      if (timer !== null) clearInterval(timer);
      read();
      splitter?.end();
      closeSync(descriptor);
      rmSync(path, { force: true });
    },
  };
}

interface Splitter {
  add(chunk: Buffer): void;
  end(): void;
}

function createSplitter(onLine: (line: string) => void): Splitter {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string) => {
    const parts = (rest + text).split(/\r?\n/);
    rest = (parts.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    for (const line of parts) onLine(line.slice(0, MAX_LINE_CHARACTERS));
  };
  return {
    add: (chunk) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
