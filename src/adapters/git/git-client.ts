// The only file that runs git through simple-git, and the only place where such a client is made.
import type { Readable } from 'node:stream';
import type { SimpleGit, SimpleGitOptions } from 'simple-git';
import { endChildren, markCall } from './children.ts';

export interface GitCall {
  args: readonly string[];
  /** Standard input. */
  input?: string | undefined;
  environment: Readonly<Record<string, string>>;
  /** Where the child stands. */
  directory: string;
  /** All of it; git is then ended, with the helpers that it started. */
  timeoutMs: number;
  /** Shown each piece of what git prints, as it comes; what it throws ends git, and is what the call rejects with. */
  onOutput?: ((piece: Buffer) => void) | undefined;
  /** Called when git was started. */
  onStarted?: (() => void) | undefined;
  signal: AbortSignal;
}

/** A git call that ended with another code than 0, or was ended by us. */
export interface GitFailure extends Error {
  /** -2 where git itself could not be started. */
  exitCode: number;
  stderr: string;
  /** Ended by us because it took too long. */
  timedOut: boolean;
}

/** All that git may say in one call, for it is kept in memory: ten times what any of ours has to say. */
const MOST_OUTPUT_BYTES = 100_000_000;

/**
 * Runs git and gives its standard output. Rejects with a GitFailure for every exit code other than 0, and with the
 * signal's reason when that ended it.
 */
export async function runGit(call: GitCall): Promise<string> {
  call.signal.throwIfAborted();
  const deadline = AbortSignal.timeout(call.timeoutMs);
  const tooMuch = new AbortController();
  const abort = AbortSignal.any([call.signal, deadline, tooMuch.signal]);
  const { mark, environment } = markCall();
  const seen: Seen = { exitCode: -1, stderr: '' };
  const kill = () => void endChildren(mark);
  abort.addEventListener('abort', kill, { once: true });
  let started: NodeJS.Immediate | undefined;
  try {
    // Making it fails where the directory is not there.
    const git = await createClient(
      { ...call, environment: { ...call.environment, ...environment } },
      { abort, seen },
    );
    git.outputHandler((_command, stdout, stderr) => watchOutput({ stdout, stderr }, call.onOutput, tooMuch));
    const answer = git.raw([...call.args]);
    // It is started before the next turn.
    if (call.onStarted !== undefined) started = setImmediate(call.onStarted);
    return await answer;
  } catch (error) {
    if (abort.aborted) await endChildren(mark);
    call.signal.throwIfAborted();
    tooMuch.signal.throwIfAborted();
    // simple-git wraps what the hook returns into an error of its own that keeps only the text.
    const stderr = seen.exitCode === -1 ? String(error) : seen.stderr;
    throw gitFailure({ exitCode: seen.exitCode, stderr, timedOut: deadline.aborted });
  } finally {
    clearImmediate(started);
    abort.removeEventListener('abort', kill);
  }
}

/** Nothing more is read once it is too much: git would fill memory faster than it is ended. */
function watchOutput(
  streams: { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream },
  onOutput: GitCall['onOutput'],
  tooMuch: AbortController,
): void {
  let bytes = 0;
  const watch = (stream: NodeJS.ReadableStream, look: GitCall['onOutput']) =>
    stream.on('data', (piece: Buffer) => {
      if (tooMuch.signal.aborted) return;
      try {
        bytes += piece.length;
        if (bytes > MOST_OUTPUT_BYTES) throw new Error(`it said more than ${MOST_OUTPUT_BYTES / 1e6} MB`);
        look?.(piece);
      } catch (error) {
        for (const one of [streams.stdout, streams.stderr]) (one as Readable).destroy();
        tooMuch.abort(error);
      }
    });
  watch(streams.stdout, onOutput);
  watch(streams.stderr, undefined);
}

export function isGitFailure(error: unknown): error is GitFailure {
  return error instanceof Error && error.name === 'GitFailure';
}

interface Seen {
  exitCode: number;
  stderr: string;
}

async function createClient(
  call: GitCall,
  { abort, seen }: { abort: AbortSignal; seen: Seen },
): Promise<SimpleGit> {
  // Loaded with the first call: where there is no git source, nobody waits for it.
  const { simpleGit } = await import('simple-git');
  const options: Partial<SimpleGitOptions> = {
    baseDir: call.directory,
    abort,
    trimmed: false,
    // simple-git resolves a call that ended with 1 and an empty stderr, such as verify-commit of an unsigned commit.
    errors: (error, result) => {
      seen.exitCode = result.exitCode;
      seen.stderr = Buffer.concat(result.stdErr).toString('utf8');
      return result.exitCode === 0 ? error : (error ?? new Error(`git ended with ${result.exitCode}`));
    },
    // Waiting 50 ms after `exit`, as it does by default, cuts long output on a busy machine.
    completion: { onClose: true, onExit: 2_000 },
    allowEnvironment: Object.keys(call.environment),
    // The guard is against values of strangers; these are our own, and they are stricter than git's.
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeEditor: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeGpgProgram: true,
      allowUnsafeHooksPath: true,
      allowUnsafePager: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeSshCommand: true,
      allowUnsafeTemplateDir: true,
    },
  };
  if (call.input !== undefined) options.input = () => call.input;
  return simpleGit(options).env({ ...call.environment });
}

function gitFailure(facts: { exitCode: number; stderr: string; timedOut: boolean }): GitFailure {
  const error = new Error(`git ended with ${facts.exitCode}`);
  error.name = 'GitFailure';
  return Object.assign(error, facts);
}
