// How an engine stands, as it is told on page and terminal.
import { isFault } from '../model/errors.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { Problem } from '../model/problem.ts';
import type { EngineStatus } from '../model/status.ts';
import { problem } from './problem.ts';

export function judgeEngine(
  observed: ObservedHost,
  error: Error | null,
  versions: { version: string; apiVersion: string } | null,
): EngineStatus {
  return {
    name: observed.host,
    reachable: observed.reachable,
    version: versions?.version ?? null,
    apiVersion: versions?.apiVersion ?? null,
    containers: observed.containers.length,
    problem: error === null ? null : engineProblem(observed.host, error),
  };
}

/** Why nothing is known of an engine. */
export function engineProblem(host: string, error: Error): Problem {
  return problem({
    reason: isFault(error) ? error.reason : 'EngineAway',
    message: isFault(error) ? error.message : `Engine ${host} does not answer: ${error.message}`,
    effect: 'Nothing is known, so nothing is changed.',
    hint: (isFault(error) ? error.hint : null) ?? 'see `tinyforge doctor`',
  });
}
