// Turns what goes wrong between us and an engine into faults, so that nobody above reads dockerode's errors.
import { type Fault, fault, isFault } from '../../model/errors.ts';
import { quotable, type Refusal, refusalOf } from './refusal.ts';
import { socketHint } from './socket-hint.ts';

export interface EngineCall {
  /** The engine's name in tinyforge.yaml. */
  host: string;
  socketPath: string;
  /** Method and path, as a socket proxy's rules name them: `POST /volumes/create`. */
  call: string;
}

const CONNECTION: Record<string, string> = {
  ENOENT: 'there is no socket at that path',
  ECONNREFUSED: 'nobody listens on the socket',
  EACCES: 'permission denied on the socket',
  EPERM: 'permission denied on the socket',
  ENOTSOCK: 'the path is not a socket',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
};

/** A fault for any error of a call to the engine. What an operation can tell better, it tells before this. */
export function engineFault(error: unknown, at: EngineCall): Fault {
  if (isFault(error)) return error;
  const refusal = refusalOf(error);
  if (refusal !== null) return refusedFault(refusal, { ...at, error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('HPE_') || error instanceof SyntaxError) {
    return fault({
      code: 'ENGINE_REFUSED',
      reason: 'EngineRefused',
      message: `engine ${at.host} answered ${at.call} with something that is not Docker's ("${quotable(text(error))}")`,
      hint: `Check that ${at.socketPath} is the socket of a Docker engine.`,
      disposition: 'stalled',
      cause: error,
    });
  }
  return awayFault(CONNECTION[code] ?? quotable(text(error)), { ...at, error, code });
}

/** The engine cannot be talked to; it is tried again. */
export function awayFault(why: string, at: EngineCall & { error?: unknown; code?: string }): Fault {
  return fault({
    code: 'ENGINE_AWAY',
    reason: 'EngineAway',
    message: `engine ${at.host} does not answer (${why})`,
    hint: socketHint(at.socketPath, at.code ?? ''),
    disposition: 'retry',
    cause: at.error,
  });
}

/** The deadline of a call passed. Whether a write was done is unknown: a frozen engine does it when it thaws. */
export function slowFault(ms: number, at: EngineCall): Fault {
  const seconds = Number((ms / 1000).toFixed(1));
  const unknown = at.call.startsWith('GET') ? '' : '; whether it was done is looked at again';
  return fault({
    code: 'ENGINE_SLOW',
    reason: 'EngineSlow',
    message: `engine ${at.host} does not answer: no reply to ${at.call} in ${seconds} s${unknown}`,
    hint: 'Look at the load of that machine, and whether its engine still answers `docker ps`.',
    disposition: 'retry',
  });
}

function refusedFault(refusal: Refusal, at: EngineCall & { error: unknown }): Fault {
  const quote = refusal.message === '' ? `${refusal.status}` : `"${quotable(refusal.message)}"`;
  if (refusal.html && refusal.status === 403) return forbiddenFault(at);
  if (refusal.html) return awayFault(`the socket proxy answers ${refusal.status}`, at);
  if (refusal.status === 404) {
    return fault({
      code: 'CONTAINER_GONE',
      reason: 'ContainerGone',
      message: `engine ${at.host} no longer has what ${at.call} is about (${quote})`,
      hint: 'Nothing to do: the next pass looks again.',
      disposition: 'conflict',
      cause: at.error,
    });
  }
  if (refusal.status >= 500) {
    return fault({
      code: 'ENGINE_FAILED',
      reason: 'EngineFailed',
      message: `engine ${at.host} failed at ${at.call} (${quote})`,
      hint: "Look at the engine's own log, as `journalctl -u docker` shows it.",
      disposition: 'retry',
      cause: at.error,
    });
  }
  return fault({
    code: 'ENGINE_REFUSED',
    reason: 'EngineRefused',
    message: `engine ${at.host} refuses ${at.call} (${quote})`,
    hint: 'Change what the engine names in the manifest.',
    disposition: 'stalled',
    cause: at.error,
  });
}

function forbiddenFault(at: EngineCall & { error: unknown }): Fault {
  const section = /\/([a-z]+)/.exec(at.call)?.[1]?.toUpperCase() ?? 'CONTAINERS';
  const settings = at.call.startsWith('GET') ? `${section}=1` : `${section}=1 and POST=1`;
  return fault({
    code: 'ENGINE_REFUSED',
    reason: 'EngineRefused',
    message: `the socket proxy forbids ${at.call}`,
    hint: `Allow it in the proxy in front of ${at.socketPath} (${settings}, where its settings are named so).`,
    disposition: 'stalled',
    cause: at.error,
  });
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
