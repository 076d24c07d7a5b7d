// What the outside (HTTP, CLI) may ask of the loop: read its state, and nudge it. It never reconciles by itself.
import type { Plan } from '../model/plan.ts';
import type { RollbackAnswer } from '../model/revision.ts';
import type { ObservedRoute } from '../model/route.ts';
import type { Overview } from '../model/status.ts';

export type Change =
  /** A pass ended. */
  | { type: 'pass' }
  /** A unit's status changed. */
  | { type: 'unit'; unit: string }
  /** A deploy made a step. */
  | { type: 'deploy'; unit: string; deployId: number }
  | { type: 'event' };

export interface RollbackOrder {
  unit: string;
  /** Number of a revision; null for the previous good one. */
  to: number | null;
  by: string;
}

export interface Controller {
  overview(): Overview;
  /** All routes of the proxy, ours and others', as the newest pass saw them; empty where none was looked at. */
  proxyRoutes(): readonly ObservedRoute[];
  /** The plan of the newest pass, made again if `fresh`. */
  plan(options: { fresh: boolean; prune: boolean }): Promise<Plan>;
  /** Enqueues; returns at once. `units` empty means all, `sources` empty means all. */
  trigger(request: {
    why: string;
    units?: string[];
    sources?: string[];
    refresh: boolean;
    /** Confirms, for the next pass alone, the removals that the brake on pruning holds back. */
    prune?: boolean;
  }): void;
  /**
   * Sets a hold at an earlier revision and enqueues; what it leads to is seen in passes, as with `trigger`. Throws a
   * fault where that version cannot be brought back, before anything is changed.
   */
  rollBack(order: RollbackOrder): Promise<RollbackAnswer>;
  /** Resolves when a pass that began after the call has ended and the named units are at rest. */
  settled(options: { units: string[]; signal: AbortSignal }): Promise<void>;
  /** Called for each change until stopped; must not block. */
  subscribe(listener: (change: Change) => void): () => void;
  /** Whether the loop is alive: ready once a pass ended, red when none ended for too long. */
  readiness(): { ready: boolean; reason: string };
}
