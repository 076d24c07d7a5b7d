// What the exit code of a command says.
import type { UnitStatus } from '../model/status.ts';

export const EXIT = {
  done: 0,
  /** An error, or a workload that failed, is degraded or was rolled back. */
  failed: 1,
  /** `plan` and `diff`: there are changes. Never 1, for scripts take that for an error. */
  changes: 2,
  /** `apply` and `sync`: nothing failed, but something is waiting or held. */
  waiting: 3,
  /** The command line was wrong. */
  usage: 64,
} as const;

/** The code for a set of units after work on them. */
export function exitCodeOf(units: readonly Pick<UnitStatus, 'outcome'>[]): number {
  const has = (...outcomes: UnitStatus['outcome'][]) => units.some((unit) => outcomes.includes(unit.outcome));
  if (has('failed', 'degraded', 'rolled-back')) return EXIT.failed;
  return has('held', 'waiting', 'progressing') ? EXIT.waiting : EXIT.done;
}

/** 130 for Ctrl-C, 143 for SIGTERM; the reason of the abort is the signal's name. */
export function interruptedCode(signal: AbortSignal): number {
  return signal.reason === 'SIGTERM' ? 143 : 130;
}
