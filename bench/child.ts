// A child of a benchmark that is told what to do by lines, and answers with lines.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface TalkingChild {
  readonly process: ChildProcess;
  /** Its next line. Throws when it ends instead. */
  line(): Promise<string>;
  send(line: string): void;
  /** Closes its input, which is how it is told to end. */
  end(): Promise<void>;
}

/** Starts `node FILE ARGS`. */
export function startChild(
  file: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): TalkingChild {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  return {
    process: child,
    async line() {
      const next = await lines.next();
      if (next.done === true) throw new Error(`${file} ended before its answer.`);
      return next.value;
    },
    send: (line) => void child.stdin.write(`${line}\n`),
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
