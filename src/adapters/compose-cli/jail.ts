// Runs one child that may be hostile: no shell, no inherited environment, bounded time, memory and output, killed by its group.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

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

const MAX_STDERR_CHARACTERS = 64 * 1024;

/**
 * The child leads a process group of its own, and what ends it is SIGKILL to the whole group: Compose that waits on a
 * pipe ignores SIGTERM. Rejects only when the program cannot be started at all (ENOENT, EACCES).
 */
export function runJailed(options: {
  command: string;
  args: readonly string[];
  environment: Readonly<Record<string, string>>;
  directory: string;
  limits: JailLimits;
  signal: AbortSignal;
  onLine?: ((line: string) => void) | undefined;
}): Promise<JailResult> {
  const { command, args, environment, directory, limits, signal, onLine } = options;
  if (signal.aborted) return Promise.resolve({ code: null, stdout: '', stderr: '', stoppedBy: 'abort' });
  const child = spawn(command, args, {
    cwd: directory,
    env: environment,
    detached: true,
    shell: false,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  let outputBytes = 0;
  let stderr = '';
  let stoppedBy: JailResult['stoppedBy'] = null;
  const stop = (why: NonNullable<JailResult['stoppedBy']>) => {
    stoppedBy ??= why;
    killGroup(child);
  };
  const deadline = limits.timeoutMs === null ? null : setTimeout(() => stop('time'), limits.timeoutMs);
  const idle = limits.idleMs === null ? null : setTimeout(() => stop('idle'), limits.idleMs);
  const abort = () => stop('abort');
  signal.addEventListener('abort', abort, { once: true });
  child.stdout.on('data', (chunk: Buffer) => {
    outputBytes += chunk.length;
    if (outputBytes > limits.maxStdoutBytes) stop('output');
    else output.push(chunk);
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    idle?.refresh();
    stderr = `${stderr}${line}\n`.slice(-MAX_STDERR_CHARACTERS);
    onLine?.(line);
  });
  const ended = new Promise<JailResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      // What the child leaves behind in its group would keep the pipes open, and us waiting.
      killGroup(child);
    });
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(output).toString('utf8'), stderr, stoppedBy }),
    );
  });
  return ended.finally(() => {
    if (deadline !== null) clearTimeout(deadline);
    if (idle !== null) clearTimeout(idle);
    signal.removeEventListener('abort', abort);
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
