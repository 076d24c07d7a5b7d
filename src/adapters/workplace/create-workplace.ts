// The folder that the process stands in, and the terminal in front of it.
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Fault, fault } from '../../model/errors.ts';
import type { Workplace } from '../../ports/workplace.ts';

const MANIFEST = /\.(ya?ml|json)$/i;

interface Streams {
  input: NodeJS.ReadStream;
  /** Where questions are shown: an answer for programs may go to the other one. */
  output: NodeJS.WriteStream;
}

/** The streams are made for whoever may ask: that of stdin takes 5 ms, and most commands ask nothing. */
export function createWorkplace({ cwd, streams }: { cwd: string; streams: () => Streams }): Workplace {
  let asking: Workplace['ask'] | undefined;
  const at = (path: string): string => resolve(cwd, path);
  return {
    exists: (path) => existsSync(at(path)),
    manifestsIn(directory) {
      if (!existsSync(at(directory))) return 0;
      return readdirSync(at(directory), { recursive: true }).filter((name) => MANIFEST.test(String(name)))
        .length;
    },
    write(path, text) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text, { flag: 'wx' });
    },
    rename(from, to) {
      // A plain rename would write over what came meanwhile.
      linkSync(at(from), at(to));
      unlinkSync(at(from));
    },
    remove: (path) => rmSync(at(path), { force: true }),
    get ask() {
      if (asking === undefined) {
        const { input, output } = streams();
        asking = input.isTTY && output.isTTY ? createAsking({ input, output }) : null;
      }
      return asking;
    },
  };
}

/**
 * One reader for all questions, for lines may come before they are asked for; and not in its terminal mode, which would
 * keep Ctrl-C for itself.
 */
function createAsking({ input, output }: Streams): NonNullable<Workplace['ask']> {
  let lines: AsyncIterator<string> | null = null;
  return async (question, signal) => {
    const { createInterface } = await import('node:readline');
    lines ??= createInterface({ input, terminal: false })[Symbol.asyncIterator]();
    output.write(question);
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      const { value, done } = await Promise.race([lines.next(), aborted.promise]);
      if (done) throw inputEnded();
      return value.trim();
    } finally {
      signal.removeEventListener('abort', abort);
    }
  };
}

function inputEnded(): Fault {
  return fault({
    code: 'INPUT_ENDED',
    reason: 'InputEnded',
    message: 'The input ended before all questions were answered; nothing was written.',
    hint: '`tinyforge init --yes` asks nothing.',
    disposition: 'stalled',
  });
}
