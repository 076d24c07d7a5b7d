// What the loop remembers of its work on each unit, and when it may try again.
import { backoffMs } from '../core/backoff.ts';
import type { WorkState } from '../core/fold-status.ts';
import type { Desired } from '../model/desired.ts';
import { type Fault, isFault } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';

/** A stalled unit is looked at again after this, for a person may have mended the outside without telling us. */
const STALLED_MS = 60_000;

export interface UnitWork extends WorkState {
  busy: Promise<void> | null;
  attempts: number;
  /** What was tried: a change of it clears the fault and the back-off. */
  tried: string;
}

export interface UnitWorks {
  of(unit: string): UnitWork;
  /** True when the unit may be worked on now; a new wish starts afresh. */
  mayStart(unit: string, wish: string): boolean;
  /** `retry` is the manifest's own wish about trying again. */
  failed(unit: string, error: unknown, retry?: Desired['retry']): void;
  ended(unit: string): void;
  /** Nothing is left to do: what failed last had its effect all the same, or somebody else has had it. */
  rested(unit: string): void;
  /** Clears back-off, for `sync` and `resume`. */
  nudge(unit: string): void;
  /** All of them. */
  nudgeAll(): void;
  forget(unit: string): void;
  busy(): Promise<void>[];
  /** The units that are worked on now. */
  atWork(): ReadonlySet<string>;
  /** Milliseconds until the next retry is due; null when none is. */
  nextDueMs(): number | null;
}

export function createUnitWorks(clock: Clock): UnitWorks {
  const works = new Map<string, UnitWork>();
  const of = (unit: string): UnitWork => {
    const known = works.get(unit);
    if (known !== undefined) return known;
    const made: UnitWork = {
      busy: null,
      attempts: 0,
      tried: '',
      doing: null,
      deployId: null,
      fault: null,
      changedMs: null,
    };
    works.set(unit, made);
    return made;
  };
  return {
    of,
    mayStart(unit, wish) {
      const work = of(unit);
      if (work.busy !== null) return false;
      if (work.tried !== wish) Object.assign(work, { attempts: 0, fault: null, tried: wish });
      return work.fault?.retryAtMs == null || clock.nowMs() >= work.fault.retryAtMs;
    },
    failed(unit, error, retry) {
      const work = of(unit);
      work.attempts++;
      const known: Fault | null = isFault(error) ? error : null;
      const spent = retry?.limit != null && work.attempts > retry.limit;
      const transient =
        !spent && (known === null || known.disposition === 'retry' || known.disposition === 'conflict');
      const waitMs =
        known?.disposition === 'conflict' && work.attempts < 3
          ? 50
          : transient
            ? backoffMs(work.attempts, clock.random(), retry?.backoffMs)
            : STALLED_MS;
      work.fault = {
        reason: known?.reason ?? 'Unexpected',
        message:
          known?.message ??
          `something unforeseen happened: ${error instanceof Error ? error.message : String(error)}`,
        hint: known?.hint ?? null,
        transient,
        // As often as its manifest allows: from then on only a change or a person starts it again.
        retryAtMs: spent
          ? Number.POSITIVE_INFINITY
          : clock.nowMs() + Math.max(waitMs, known?.retryAfterMs ?? 0),
      };
    },
    ended(unit) {
      Object.assign(of(unit), { attempts: 0, fault: null, changedMs: clock.nowMs() });
    },
    rested(unit) {
      const work = works.get(unit);
      if (work?.fault != null && work.busy === null) Object.assign(work, { attempts: 0, fault: null });
    },
    nudge(unit) {
      const work = works.get(unit);
      if (work?.fault) work.fault.retryAtMs = clock.nowMs();
    },
    nudgeAll() {
      for (const work of works.values()) if (work.fault) work.fault.retryAtMs = clock.nowMs();
    },
    forget: (unit) => void works.delete(unit),
    busy: () => [...works.values()].flatMap((work) => work.busy ?? []),
    atWork: () => new Set([...works].flatMap(([unit, { busy }]) => (busy === null ? [] : unit))),
    nextDueMs() {
      const due = [...works.values()].flatMap((work) =>
        work.busy === null ? (work.fault?.retryAtMs ?? []) : [],
      );
      return due.length === 0 ? null : Math.max(0, Math.min(...due) - clock.nowMs());
    },
  };
}
