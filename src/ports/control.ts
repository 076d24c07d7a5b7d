// What must survive the database: small files beside it, replaced atomically. Other processes (the CLI) write here too.
import type { Desired } from '../model/desired.ts';
import type { Problem } from '../model/problem.ts';
import type { Renamed } from '../model/rename.ts';
import type { Hold, Revision, RevisionSummary } from '../model/revision.ts';
import type { UnitId } from '../model/unit.ts';
import type { Ejection, QuarantineEntry, Suspension } from '../model/world.ts';

export interface LastApplied {
  unit: UnitId;
  source: string;
  file: string;
  revision: string | null;
  /** The desired state as it was when it last converged; secrets in it are references. */
  desired: Desired;
  specHash: string;
  digest: string;
  /** What people call that version. */
  release: string;
}

export interface Control {
  /** Reads again what other processes may have changed; cheap when nothing did. */
  reload(): void;
  quarantine(unit: UnitId): readonly QuarantineEntry[];
  quarantined(): readonly QuarantineEntry[];
  addQuarantine(entry: QuarantineEntry): void;
  /** Lifts all of the unit's; true when there was one. */
  liftQuarantine(unit: UnitId): boolean;
  suspension(unit: UnitId): Suspension | null;
  suspensions(): readonly Suspension[];
  suspend(entry: Suspension): void;
  /** True when it was suspended. */
  resume(unit: UnitId): boolean;
  /** What a person ejected is nobody's of ours until it is taken back; its manifest may come and go meanwhile. */
  ejection(unit: UnitId): Ejection | null;
  ejections(): readonly Ejection[];
  eject(entry: Ejection): void;
  /** True when it was ejected. */
  takeBack(unit: UnitId): boolean;
  lastApplied(unit: UnitId): LastApplied | null;
  allLastApplied(): readonly LastApplied[];
  /** Writes only when it differs. */
  saveLastApplied(entry: LastApplied): void;
  /** What the unit ran well and can go back to, newest first. */
  revisions(unit: UnitId): readonly RevisionSummary[];
  /** Of all units, spent ones too. */
  allRevisions(): readonly RevisionSummary[];
  /** With its manifest, read from the disk; null where it is not kept any more. */
  revision(unit: UnitId, number: number): Revision | null;
  saveRevision(entry: Revision): void;
  dropRevision(unit: UnitId, number: number): void;
  /**
   * Saves many of both together, in a fraction of the time. A kill leaves some of them written, in no order; a pass
   * that finds one missing saves it again.
   */
  saveConverged(entries: readonly { revision: Revision; applied: LastApplied | null }[]): Promise<void>;
  /** A person's rollback. A damaged one counts as a suspension. */
  hold(unit: UnitId): Hold | null;
  setHold(entry: Hold): void;
  /** True when there was one. */
  liftHold(unit: UnitId): boolean;
  /**
   * Drops what was last applied, the quarantine and a rollback; a suspension and an ejection are a person's word and stay,
   * and so do revisions, which say which images are ours to remove.
   */
  forget(unit: UnitId): void;
  /** Of a workload, by its name; null where it never had another. */
  renamed(name: string): Renamed | null;
  allRenamed(): readonly Renamed[];
  saveRenamed(entry: Renamed): void;
  dropRenamed(name: string): void;
  /** Files that cannot be read. A damaged suspension or quarantine counts as a suspension of its unit, a damaged ejection as one. */
  problems(): readonly Problem[];
  /** Keyed, one-way, domain-separated: HMAC-SHA256 with this controller's own key, as hex. */
  fingerprint(domain: string, value: string): string;
  /** AES-256-GCM with a key derived from the same control key; for the last good Compose model at rest. */
  seal(domain: string, plain: string): string;
  /** Null when it cannot be opened (another key, cut file). */
  unseal(domain: string, sealed: string): string | null;
}
