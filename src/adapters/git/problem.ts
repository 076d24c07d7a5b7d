// Says in four parts why a source could not be brought up to date, and that what runs is not touched by it.
import type { Fault } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';

export interface SourceTrouble {
  fault: Fault;
  sinceMs: number;
}

/** The problem of a source as it stands now. */
export function sourceProblem(options: {
  source: string;
  trouble: SourceTrouble;
  nowMs: number;
  /** Commit of the last good checkout; null where there is none. */
  revision: string | null;
  /** Delay until it is tried again; null when nobody polls. */
  retryMs: number | null;
}): Problem {
  const { source, trouble, nowMs, revision, retryMs } = options;
  const age = roughAge(nowMs - trouble.sinceMs);
  const message = trouble.fault.message;
  const effect =
    revision === null
      ? `Nothing of ${source} is known yet, so nothing of it is changed.`
      : `Everything runs as of ${revision.slice(0, 7)} and is still healed.`;
  return {
    severity: 'error',
    reason: trouble.fault.reason,
    message: age === null ? message : `${message.replace(/\.$/, '')}, for more than ${age} now.`,
    effect,
    hint: trouble.fault.hint,
    next: retryMs === null ? null : `Tried again in ${duration(retryMs)}.`,
    workload: null,
    source,
    file: null,
    line: null,
    column: null,
    path: null,
  };
}

const MINUTE_MS = 60_000;
const STEPS_MIN = [1, 2, 5, 10, 20, 30, 60, 120, 180, 360, 720];

/** In few, growing steps: an exact age would be another status each minute, and a write for each of them. */
function roughAge(ms: number): string | null {
  const minutes = ms / MINUTE_MS;
  if (minutes >= 1440) return `${Math.floor(minutes / 1440)} d`;
  const step = STEPS_MIN.findLast((one) => one <= minutes);
  if (step === undefined) return null;
  return step >= 60 ? `${step / 60} h` : `${step} min`;
}

function duration(ms: number): string {
  return ms >= 10 * MINUTE_MS
    ? `${Math.round(ms / MINUTE_MS)} min`
    : `${Math.max(1, Math.round(ms / 1000))} s`;
}
