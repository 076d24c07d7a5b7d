// All that one plan is made from. Kinds see nothing else.
import type { Desired } from './desired.ts';
import type { ObservedHost } from './observed.ts';
import type { Problem } from './problem.ts';
import type { Answer } from './resolved.ts';
import type { AppliedFacts, Hold } from './revision.ts';
import type { FieldDrift, RouteKey, RouteWish, Traffic } from './route.ts';
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

/** A person's word that a unit is none of ours any more, and runs on as it is. */
export interface Ejection {
  unit: UnitId;
  by: string;
  why: string | null;
  sinceMs: number;
}

/** One route that a unit wants, and how the proxy has it. */
export interface RouteView {
  wish: RouteWish;
  /** Null where the proxy has none of ours by that key. */
  id: string | null;
  /** The key that the proxy knows it by, where its workload was renamed since, or another part of it has the name. */
  writtenAs?: RouteKey;
  /** Who gets the traffic, in names of containers; null where it cannot be told. */
  traffic: Traffic | null;
  /** Beside the traffic. */
  drift: readonly FieldDrift[];
  /** A stranger's that has one of the names, or the port of a stream. */
  conflict: { id: string; domain: string } | null;
  /** The proxy cannot do it, in a sentence. */
  refused: string | null;
  /** It does it in a lesser way, in a sentence. */
  remark: string | null;
}

/** The proxy as one unit's plan sees it. */
export interface RoutesWorld {
  reach: 'network' | 'published';
  /** The network that is shared with the proxy; null with `published`. */
  network: string | null;
  /** The engine's host as the proxy sees it; null with `network`. */
  address: string | null;
  /** Set while the proxy cannot be asked: nothing is known of routes, so none is changed and nobody is switched. */
  away: Problem | null;
  routes: readonly RouteView[];
  /** Ours, of this unit, and no longer wished. */
  surplus: readonly { id: string; key: RouteKey; domains: readonly string[] }[];
  /** Hand edits are put right, or only told. */
  drift: 'heal' | 'report';
  /** Names that requests are led to, by all routes and by ourselves, and for whom. */
  leads: ReadonlyMap<string, LedTo>;
}

export interface LedTo {
  /** Null for a stranger's route, another controller's, and the proxy itself. */
  unit: UnitId | null;
  /** In words: `where proxy-host/5 leads`. */
  what: string;
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
  /** Results of our own probes and gates: `healthy:<container>`, `drained-by-<heir>:<container>`, `archive:<container>`. */
  memory: ReadonlySet<string>;
  /** What last converged, to fall back on while the wish is broken or quarantined; null before the first success. */
  lastApplied: AppliedFacts | null;
  /** Generations that can be rolled back to, newest first, and how many of them are kept, the wanted one among them. */
  kept: { specHashes: readonly string[]; most: number };
  /** Set while a person holds the unit at an earlier revision. */
  hold: Hold | null;
  /** Set while `desired` stands for what was applied before: its generation is known and is not computed again. */
  pin: { specHash: string; digest: string; release: string; image?: string | null } | null;
  /** Our own probes' latest verdict by container id. */
  probes: ReadonlyMap<string, ProbeVerdict>;
  /** Spec hashes of this unit that were once healthy. */
  proven: ReadonlySet<string>;
  /** How probes reach containers of this engine. */
  reach: 'network' | 'published';
  /** Null where no proxy is configured. */
  proxy: RoutesWorld | null;
  /** Who wants to be on which network, this unit among them; undefined while that is not known. */
  members?: ReadonlyMap<string, readonly UnitId[]> | undefined;
  /** Set from the commit that renames it until it has converged under its new name. */
  renaming?: { from: string; isRecorded: boolean } | null;
}

export interface ProbeVerdict {
  ok: boolean;
  detail: string;
  atMs: number;
}
