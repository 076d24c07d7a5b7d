// All that one plan is made from. Kinds see nothing else.
import type { Desired } from './desired.ts';
import type { ObservedHost } from './observed.ts';
import type { Answer } from './resolved.ts';
import type { UnitId } from './unit.ts';

/** A generation that failed, and why it is not tried again. */
export interface QuarantineEntry {
  unit: UnitId;
  specHash: string;
  digest: string;
  /** What people call it: `2.1.4`. */
  release: string;
  reason: string;
  message: string;
  evidence: string[];
  atMs: number;
}

export interface Suspension {
  unit: UnitId;
  by: string;
  why: string | null;
  sinceMs: number;
}

/** What one unit's plan is made from. */
export interface UnitWorld<D extends Desired = Desired> {
  nowMs: number;
  controller: string;
  desired: D;
  /** The engine of this unit; other units' and strangers' containers are in it, for names and ports. */
  host: ObservedHost;
  /** Index over `host.containers` by unit, so that a thousand units need no thousand scans. */
  mine: ObservedHost['containers'];
  answers: ReadonlyMap<string, Answer>;
  quarantine: readonly QuarantineEntry[];
  /** Results of our own probes and gates: `healthy:<container>`, `drained:<container>`, `archive:<container>`. */
  memory: ReadonlySet<string>;
  /** What last converged, to fall back on while the wish is broken or quarantined; null before the first success. */
  lastApplied: AppliedFacts | null;
  /** Set while `desired` stands for what was applied before: its generation is known and is not computed again. */
  pin: { specHash: string; digest: string; release: string } | null;
  /** Our own probes' latest verdict by container id. */
  probes: ReadonlyMap<string, ProbeVerdict>;
  /** Spec hashes of this unit that were once healthy. */
  proven: ReadonlySet<string>;
  /** How probes reach containers of this engine. */
  reach: 'network' | 'published';
}

export interface AppliedFacts {
  desired: Desired;
  specHash: string;
  digest: string;
  release: string;
}

export interface ProbeVerdict {
  ok: boolean;
  detail: string;
  atMs: number;
}
