// Runs one child that may be hostile: no shell, no inherited environment, bounded time, memory and output, killed by its group.
import { type ChildProcess, spawn } from 'node:child_process';
import { followChild, followFile } from './child-lines.ts';

export interface JailLimits {
  /** From start to end; null for no limit but the idle one. */
  timeoutMs: number | null;
  /** Without a line of output. */
  idleMs: number | null;
  maxStdoutBytes: number;
}

export interface JailResult {
  code: number | null;
  stdout: string;
  /** The end of it, at most 64 KiB. */
  stderr: string;
  /** What ended the child, where we did. */
  stoppedBy: 'time' | 'idle' | 'output' | 'abort' | null;
}

export interface JailCall {
  command: string;
  args: readonly string[];
  environment: Readonly<Record<string, string>>;
  directory: string;
  limits: JailLimits;
  signal: AbortSignal;
  onLine?: ((line: string) => void) | undefined;
  /**
   * A new file for what the child says, where it shall outlive us: a pipe that nobody reads any more would end it at
   * its next word.
   */
  errorFile: string | null;
}

const MAX_STDERR_CHARACTERS = 64 * 1024;

/**
 * The child leads a process group of its own, and what ends it is SIGKILL to the whole group: Compose that waits on a
 * pipe ignores SIGTERM. Rejects only when the program cannot be started at all (ENOENT, EACCES).
 */
export async function runJailed(call: JailCall): Promise<JailResult> {
  const { limits, signal } = call;
  if (signal.aborted) return { code: null, stdout: '', stderr: '', stoppedBy: 'abort' };
  const file = call.errorFile === null ? null : followFile(call.errorFile);
  const child = spawn(call.command, call.args, {
    cwd: call.directory,
    env: call.environment,
    detached: true,
    shell: false,
    stdio: ['ignore', file === null ? 'pipe' : 'ignore', file?.descriptor ?? 'pipe'],
  });
  const lines = file ?? followChild(child);
  let stoppedBy: JailResult['stoppedBy'] = null;
  const stop = (why: NonNullable<JailResult['stoppedBy']>) => {
    stoppedBy ??= why;
    killGroup(child);
  };
  const deadline = limits.timeoutMs === null ? null : setTimeout(() => stop('time'), limits.timeoutMs);
  const idle = limits.idleMs === null ? null : setTimeout(() => stop('idle'), limits.idleMs);
  const abort = () => stop('abort');
  signal.addEventListener('abort', abort, { once: true });
  const output = collect(child, limits.maxStdoutBytes, () => stop('output'));
  let stderr = '';
  lines.start((line) => {
    idle?.refresh();
    stderr = `${stderr}${line}\n`.slice(-MAX_STDERR_CHARACTERS);
    call.onLine?.(line);
  });
  try {
    const code = await ended(child);
    lines.stop();
    return { code, stdout: output(), stderr, stoppedBy };
  } finally {
    lines.stop();
    if (deadline !== null) clearTimeout(deadline);
    if (idle !== null) clearTimeout(idle);
    signal.removeEventListener('abort', abort);
  }
}

function collect(child: ChildProcess, maxBytes: number, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) tooMuch();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** The exit code, once all pipes are closed; null where a signal ended it. */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // What the child leaves behind in its group would keep the pipes open, and us waiting.
    child.once('exit', () => killGroup(child));
    child.once('close', (code) => resolve(code));
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of the group has ended already.
  }
}
