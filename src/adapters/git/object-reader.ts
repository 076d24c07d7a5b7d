// One git that waits for questions about objects: started while a fetch is on its way, it answers when a new git would only begin to start.
import { spawn } from 'node:child_process';
import { gitEnvironment } from './environment.ts';

export interface GitObject {
  id: string;
  type: string;
  /** In bytes. */
  size: number;
  /** Empty where only facts were asked for. */
  bytes: Buffer;
}

export interface ObjectReader {
  /** Facts alone, in the order of the names; null for each that is not there. Rejects when git has ended. */
  info(names: readonly string[]): Promise<(GitObject | null)[]>;
  /** With their bytes: ask for the facts first of what may be large. */
  contents(names: readonly string[]): Promise<(GitObject | null)[]>;
  /** Ends the git. When this process is killed it ends by itself, for nobody can ask it any more. */
  end(): void;
}

interface Question {
  hasBytes: boolean;
  resolve(found: GitObject | null): void;
  reject(error: Error): void;
}

/** All of it, with the fetch that it waits for: a git that is stuck is ended, and whoever asks it is told. */
const TIMEOUT_MS = 15 * 60_000;

/** By `git cat-file --batch-command` (git 2.36 and later; an older one ends, which the first question tells). */
export function startObjectReader(mirror: string, signal: AbortSignal): ObjectReader {
  const child = spawn('git', ['cat-file', '--batch-command'], {
    cwd: mirror,
    env: gitEnvironment({ gitDirectory: mirror, protocol: null }),
    stdio: ['pipe', 'pipe', 'ignore'],
    signal,
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const waiting: Question[] = [];
  let received: Buffer = Buffer.alloc(0);
  let ended: Error | null = null;

  function fail(error: Error): void {
    ended ??= error;
    for (const question of waiting.splice(0)) question.reject(ended);
  }

  function take(chunk: Buffer): void {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    for (let question = waiting[0]; question !== undefined; question = waiting[0]) {
      const answer = readAnswer(received, question.hasBytes);
      if (answer === null) return;
      received = received.subarray(answer.length);
      waiting.shift();
      question.resolve(answer.found);
    }
  }

  child.stdout.on('data', take);
  child.stdin.on('error', fail);
  child.once('error', fail);
  child.once('close', () => fail(new Error('git cat-file has ended')));

  const ask = (command: 'info' | 'contents') => (names: readonly string[]) => {
    if (ended !== null) return Promise.reject(ended);
    const answers = names.map((name) => {
      // A name is a line; none of ours has a line break in it.
      if (name.includes('\n')) return Promise.resolve(null);
      const { promise, resolve, reject } = Promise.withResolvers<GitObject | null>();
      waiting.push({ hasBytes: command === 'contents', resolve, reject });
      return promise;
    });
    const lines = names.filter((name) => !name.includes('\n')).map((name) => `${command} ${name}\n`);
    child.stdin.write(lines.join(''));
    return Promise.all(answers);
  };

  return {
    info: ask('info'),
    contents: ask('contents'),
    end() {
      fail(new Error('it was ended'));
      child.stdin.end();
      child.kill('SIGKILL');
    },
  };
}

/** One answer at the beginning of what came, and its length; null where not all of it is there. */
function readAnswer(received: Buffer, hasBytes: boolean): { found: GitObject | null; length: number } | null {
  const lineEnd = received.indexOf(10);
  if (lineEnd < 0) return null;
  const [, id, type, digits] =
    /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(received.toString('latin1', 0, lineEnd)) ?? [];
  if (id === undefined || type === undefined) return { found: null, length: lineEnd + 1 };
  const size = Number(digits);
  const start = lineEnd + 1;
  if (!hasBytes) return { found: { id, type, size, bytes: Buffer.alloc(0) }, length: start };
  if (received.length < start + size + 1) return null;
  const bytes = received.subarray(start, start + size);
  return { found: { id, type, size, bytes }, length: start + size + 1 };
}
