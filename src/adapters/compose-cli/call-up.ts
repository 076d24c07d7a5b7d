// `up`: the one call that changes an engine. It outlives a crash of ours and lets nobody else at its project meanwhile.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ComposeRunner } from '../../ports/compose-runner.ts';
import { envFileText } from './env-file-text.ts';
import { composeBusy, type Redact } from './faults.ts';
import { findSystemProgram } from './find-plugin.ts';
import type { JailLimits, JailResult } from './jail.ts';
import { fixedArguments, limited, type Plugin } from './plugin-call.ts';
import { type UpFailure, upFailed } from './up-faults.ts';

const UP = ['up', '-d', '--no-deps', '--no-build', '--pull', 'never'];
const LIMITS: JailLimits = { timeoutMs: null, idleMs: 600_000, maxStdoutBytes: 16 * 1024 * 1024 };
/** The longest that a child may take which nobody watches any more. */
const LONGEST_S = 30 * 60;
/** Exit code of `timeout` when it had to kill. */
const KILLED = 137;
/** Exit code of flock when the lock stays with somebody else; Compose uses none of this size. */
const LOCK_BUSY = 199;

export async function callUp(
  plugin: Plugin,
  { engine, redact, lockWaitMs }: { engine: string; redact: Redact; lockWaitMs: number },
  wish: Parameters<ComposeRunner['up']>[0],
): Promise<void> {
  const { project, file, projectDirectory, services, signal, onLine } = wish;
  const { recreate, scale = {}, variables = {} } = wish;
  if (services.length === 0) return;
  plugin.files.sweepAll();
  // The same project may run on two engines at once.
  const mark = `${project}-${createHash('sha256').update(engine).digest('hex').slice(0, 8)}`;
  const name = `up-${mark}.env`;
  // The path goes into a label of each container, so it is always the same one.
  const envFile =
    Object.keys(variables).length === 0 ? '/dev/null' : plugin.files.write(name, envFileText(variables));
  const common = fixedArguments({ project, files: [file], projectDirectory, profiles: [], envFile });
  try {
    const result = await plugin.run({
      args: [
        ...common,
        ...UP,
        ...(recreate ? ['--force-recreate'] : []),
        ...beside(scale),
        '--',
        ...services,
      ],
      engine,
      limits: LIMITS,
      wrap: [...locked(join(plugin.locks, `${mark}.lock`), lockWaitMs), ...ended(), ...limited(null)],
      signal,
      errorFile: plugin.files.pathOf(`${process.pid}-${plugin.nextCall()}.log`),
      onLine: (line) => onLine(redact(line.trim())),
    });
    if (result.code === LOCK_BUSY) throw composeBusy(project);
    const stoppedBy = whatStopped(result);
    if (result.code !== 0) throw upFailed({ project, services, stderr: result.stderr, stoppedBy }, redact);
  } finally {
    plugin.files.remove(name);
  }
}

/** A child that somebody else ends, as a machine without memory does, has no code: `timeout` ends itself as its child ended. */
function whatStopped({ code, stoppedBy }: JailResult): UpFailure['stoppedBy'] {
  if (stoppedBy === 'idle') return 'idle';
  return code === KILLED ? 'time' : code === null ? 'signal' : null;
}

/** A plain `up`, or one with a lower number, would remove containers of either generation. */
function beside(scale: Readonly<Record<string, number>>): string[] {
  const numbers = Object.entries(scale).flatMap(([service, number]) => ['--scale', `${service}=${number}`]);
  return numbers.length === 0 ? [] : ['--no-recreate', ...numbers];
}

/** Without a fork of its own, flock becomes Compose, and the lock lives as long as Compose does, whatever became of us. */
function locked(lock: string, waitMs: number): string[] {
  const flock = findSystemProgram('flock');
  const wait = String(Math.ceil(waitMs / 1000));
  return flock === null ? [] : [flock, '--no-fork', '-w', wait, '-E', String(LOCK_BUSY), lock];
}

/** Nobody else would end a child that outlives us and hangs. */
function ended(): string[] {
  const timeout = findSystemProgram('timeout');
  return timeout === null ? [] : [timeout, '--signal=KILL', String(LONGEST_S)];
}
