// The ComposeRunner: one fixed call of the plugin, and nothing of ours or of the host around it.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { NO_HOME } from '../../core/compose-relocate.ts';
import type { ComposeFiles, ComposeRunner } from '../../ports/compose-runner.ts';
import { envFileText } from './env-file-text.ts';
import { composeEnvironment, type EmptyFolders, NO_ENGINE } from './environment.ts';
import {
  aborted,
  composeBusy,
  composeHung,
  composeMissing,
  composeRefused,
  type Redact,
  upFailed,
} from './faults.ts';
import { findSystemProgram, isProgram } from './find-plugin.ts';
import { type JailLimits, type JailResult, runJailed } from './jail.ts';
import { createPrivateFiles, privateFolder } from './private-files.ts';
import { parseVersion } from './version.ts';

const CONFIG_TIMEOUT_MS = 10_000;
const MAX_STDOUT_BYTES = 16 * 1024 * 1024;
const UP_LIMITS: JailLimits = { timeoutMs: null, idleMs: 600_000, maxStdoutBytes: MAX_STDOUT_BYTES };
const ADDRESS_SPACE_BYTES = 1024 * 1024 * 1024;
/** Exit code of flock when the lock stays with somebody else; Compose uses none of this size. */
const LOCK_BUSY = 199;
/** Exit code of `timeout` when it had to kill. */
const KILLED = 137;
const UP_LONGEST_MS = 30 * 60_000;
/** Over all runners of this process: they share a run directory. */
let calls = 0;

/** One runner speaks to one engine. Throws where the run directory cannot be made private. */
export function createComposeRunner(options: {
  /** Path of the plugin's binary, or null where none was found. */
  plugin: string | null;
  /** `unix:///var/run/docker.sock` */
  engine: string;
  /** A folder of ours, best in memory (tmpfs): variables are in it while a child runs. */
  runDirectory: string;
  redact: Redact;
  configTimeoutMs?: number;
  /** How long a child waits for another one that is at work on the same project. */
  lockWaitMs?: number;
}): ComposeRunner {
  const { plugin, engine, runDirectory, redact, lockWaitMs = 60_000 } = options;
  const configTimeoutMs = options.configTimeoutMs ?? CONFIG_TIMEOUT_MS;
  const configLimits: JailLimits = {
    timeoutMs: configTimeoutMs,
    idleMs: null,
    maxStdoutBytes: MAX_STDOUT_BYTES,
  };
  privateFolder(runDirectory);
  const folders: EmptyFolders = {
    programs: privateFolder(join(runDirectory, 'no-programs')),
    home: privateFolder(join(runDirectory, NO_HOME)),
    dockerConfig: privateFolder(join(runDirectory, 'no-config')),
  };
  // The same project may run on two engines at once.
  const engineMark = createHash('sha256').update(engine).digest('hex').slice(0, 8);
  const locks = privateFolder(join(runDirectory, 'locks'));
  const files = createPrivateFiles(join(runDirectory, 'variables'));
  const flock = findSystemProgram('flock');
  const prlimit = findSystemProgram('prlimit');
  const timeout = findSystemProgram('timeout');
  let version: Promise<string> | null = null;

  async function run(call: {
    args: readonly string[];
    engine: string;
    limits: JailLimits;
    wrap: readonly string[];
    signal: AbortSignal;
    onLine?: (line: string) => void;
    errorFile?: string;
  }): Promise<JailResult> {
    if (plugin === null) throw composeMissing('The Compose plugin was not found.');
    // What stands before it (prlimit, timeout) would fail in words of its own.
    if (!isProgram(plugin)) throw composeMissing(`${plugin} is no program that can be started.`);
    const [command = plugin, ...args] = [...call.wrap, plugin, ...call.args];
    const result = await runJailed({
      command,
      args,
      environment: composeEnvironment({ folders, engine: call.engine }),
      directory: folders.home,
      limits: call.limits,
      signal: call.signal,
      onLine: call.onLine,
      errorFile: call.errorFile ?? null,
    }).catch((error: NodeJS.ErrnoException) => {
      throw composeMissing(`The Compose plugin cannot be started (${error.code ?? 'unknown'}).`);
    });
    if (result.stoppedBy === 'abort') throw aborted(call.signal);
    // What the wrappers (prlimit, timeout) say when the program behind them is gone or no program.
    if (result.code === 126 || result.code === 127)
      throw composeMissing('The Compose plugin cannot be started.');
    return result;
  }

  /** No core dumps: they would hold what the variables hold. */
  function limited(addressSpaceBytes: number | null): string[] {
    if (prlimit === null) return [];
    const memory = addressSpaceBytes === null ? [] : [`--as=${addressSpaceBytes}`];
    return [prlimit, ...memory, '--core=0', '--'];
  }

  async function askVersion(): Promise<string> {
    const { stdout, code } = await run({
      args: ['version', '--short'],
      engine: NO_ENGINE,
      limits: configLimits,
      wrap: limited(null),
      signal: new AbortController().signal,
    });
    const parsed = code === 0 ? parseVersion(stdout) : null;
    if (parsed === null) throw composeMissing('The Compose plugin does not tell its version.');
    if (parsed.major < 2)
      throw composeMissing(`This is Compose ${parsed.text}; version 2 or newer is needed.`);
    return parsed.text;
  }

  async function config(given: ComposeFiles, signal: AbortSignal): Promise<unknown> {
    const name = `${process.pid}-${++calls}.env`;
    try {
      const envFile = files.write(name, envFileText(given.variables));
      const result = await run({
        args: [...fixedArguments({ ...given, envFile }), 'config', '--format', 'json'],
        engine: NO_ENGINE,
        limits: configLimits,
        wrap: limited(ADDRESS_SPACE_BYTES),
        signal,
      });
      if (result.stoppedBy === 'time') throw composeHung(`it took more than ${configTimeoutMs / 1000} s`);
      if (result.stoppedBy === 'output') throw composeHung('the result was larger than 16 MiB');
      if (/out of memory|cannot allocate memory/.test(result.stderr))
        throw composeHung('it took more than 1 GiB of memory');
      if (result.code !== 0) throw composeRefused(result.stderr, redact);
      return parseJson(result.stdout);
    } finally {
      files.remove(name);
    }
  }

  async function up(wish: Parameters<ComposeRunner['up']>[0]): Promise<void> {
    const { project, file, projectDirectory, services, variables = {}, signal, onLine } = wish;
    if (services.length === 0) return;
    files.sweepAll();
    const name = `up-${project}-${engineMark}.env`;
    // The path goes into a label of each container, so it is always the same one.
    const envFile =
      Object.keys(variables).length === 0 ? '/dev/null' : files.write(name, envFileText(variables));
    const lock = join(locks, `${project}-${engineMark}.lock`);
    const wait = String(Math.ceil(lockWaitMs / 1000));
    // Without a fork of its own, flock becomes Compose and the lock lives as long as Compose does, whatever became of us.
    const locked = flock === null ? [] : [flock, '--no-fork', '-w', wait, '-E', String(LOCK_BUSY), lock];
    // Nobody else would end a child that outlives us and hangs.
    const ended = timeout === null ? [] : [timeout, '--signal=KILL', String(UP_LONGEST_MS / 1000)];
    const common = fixedArguments({ project, files: [file], projectDirectory, profiles: [], envFile });
    try {
      const result = await run({
        args: [...common, 'up', '-d', '--no-deps', '--no-build', '--pull', 'never', '--', ...services],
        engine,
        limits: UP_LIMITS,
        wrap: [...locked, ...ended, ...limited(null)],
        signal,
        errorFile: files.pathOf(`${process.pid}-${++calls}.log`),
        onLine: (line) => onLine(redact(line.trim())),
      });
      if (result.code === LOCK_BUSY && flock !== null) throw composeBusy(project);
      const stoppedBy = result.stoppedBy === 'idle' ? 'idle' : result.code === KILLED ? 'time' : null;
      if (result.code !== 0) throw upFailed({ project, services, stderr: result.stderr, stoppedBy }, redact);
    } finally {
      files.remove(name);
    }
  }

  return {
    version() {
      version ??= askVersion().catch((error: unknown) => {
        // A plugin that is installed meanwhile is found by the next one who asks.
        version = null;
        throw error;
      });
      return version;
    },
    config,
    up,
  };

  function parseJson(stdout: string): unknown {
    try {
      return JSON.parse(stdout);
    } catch {
      throw composeRefused('the result is not JSON', redact);
    }
  }
}

/** Always all of them: what is left out, Compose looks for in its environment or in the working directory. */
function fixedArguments(given: {
  project: string;
  files: readonly string[];
  projectDirectory: string;
  profiles: readonly string[];
  envFile: string;
}): string[] {
  return [
    ...['--ansi', 'never', '--progress', 'plain'],
    ...['-p', given.project, '--project-directory', given.projectDirectory, '--env-file', given.envFile],
    ...given.files.flatMap((file) => ['-f', file]),
    ...given.profiles.flatMap((profile) => ['--profile', profile]),
  ];
}
