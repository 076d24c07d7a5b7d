// The one error type above the adapters: it says how it is to be handled.

/**
 * What the loop does about a fault:
 * - `retry`: the outside was away or slow; try again with back-off.
 * - `stalled`: only a person can mend it; wait for a change.
 * - `version`: the new version itself is bad; quarantine it and keep the old one.
 * - `conflict`: the world moved under the plan; drop the plan and make it again.
 */
export type Disposition = 'retry' | 'stalled' | 'version' | 'conflict';

export interface FaultFacts {
  /** Stable, for programs: `ENGINE_AWAY`. */
  code: string;
  /** Stable, for people and status: `EngineAway`. */
  reason: string;
  /** What happened, one sentence. */
  message: string;
  hint?: string | undefined;
  disposition: Disposition;
  cause?: unknown;
  /** Evidence kept with the deploy: last log lines, a probe's body. Already redacted. */
  evidence?: string[] | undefined;
  /** Not sooner than this, for trying again costs something: what runs is stopped for it. */
  retryAfterMs?: number | undefined;
}

export interface Fault extends Error {
  readonly code: string;
  readonly reason: string;
  readonly hint: string | null;
  readonly disposition: Disposition;
  readonly evidence: readonly string[];
  readonly retryAfterMs: number;
}

const FAULT = Symbol.for('tinyforge.fault');

/** Makes an error that carries its own handling. Throw it at the border of an adapter. */
export function fault(facts: FaultFacts): Fault {
  const error = new Error(facts.message, facts.cause === undefined ? {} : { cause: facts.cause });
  error.name = 'Fault';
  return Object.assign(error, {
    [FAULT]: true,
    code: facts.code,
    reason: facts.reason,
    hint: facts.hint ?? null,
    disposition: facts.disposition,
    evidence: facts.evidence ?? [],
    retryAfterMs: facts.retryAfterMs ?? 0,
  });
}

/** True for what `fault` made, also across realms and copies of this module. */
export function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[FAULT] === true;
}
