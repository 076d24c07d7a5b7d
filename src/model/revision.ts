// What ran well before: numbered revisions of a unit, and the hold that a person sets by rolling back to one.
import type { Desired } from './desired.ts';
import type { WorkloadKind } from './unit.ts';

/** A generation as it was applied: enough to plan it again. */
export interface AppliedFacts {
  desired: Desired;
  specHash: string;
  digest: string;
  release: string;
  /** What its containers ran, by digest where one is known: a tag may mean something else by now. */
  image?: string | null;
}
/** An image that containers of a revision ran. */
export interface RevisionImage {
  /** As it can be asked for again, by digest where one is known. */
  reference: string;
  /** The engine's own id: `sha256:` and 64 hex digits. */
  id: string;
  /** False for a local build, which nobody can bring back. */
  pulled: boolean;
  /** Made by us, and known by `reference` alone: removed where no version needs it. */
  built?: true;
  sizeBytes: number;
}

/** An image that was built for a service of a stack, whether a version with it ever converged or not. */
export interface BuiltImage {
  unit: string;
  host: string;
  service: string;
  image: string;
}

/** One generation that converged, without its manifest. */
export interface RevisionSummary {
  unit: string;
  /** From 1; what people say: `--to 7`. A generation that converges anew gets a new number. */
  number: number;
  host: string;
  specHash: string;
  digest: string;
  release: string;
  /** Commit of the source. */
  revision: string | null;
  /** When it converged. */
  atMs: number;
  /** False where the engine would start its stopped containers by itself (`restart: always`). */
  keepable: boolean;
  /** No version to go back to any more; kept for its images, until they are gone. */
  spent?: boolean;
  images: RevisionImage[];
}

export interface Revision extends RevisionSummary, AppliedFacts {}

/** A rollback by a person: this revision stands in for the wish until the wish changes (law 8). */
export interface Hold extends AppliedFacts {
  unit: string;
  number: number;
  by: string;
  atMs: number;
  /** What was wanted then: another generation lifts the hold. */
  wanted: { specHash: string; digest: string; release: string };
}

/** A rollback that was ordered: what runs, and what is to. */
export interface RollbackAnswer {
  unit: string;
  kind: WorkloadKind;
  number: number;
  /** What runs now; null where nothing does. */
  from: string | null;
  to: string;
  /** What the manifest asks for, held from now on. */
  wanted: string;
  /** When that version had converged. */
  keptSince: number;
  /** Its containers stand by, so none has to be made. */
  standsBy: boolean;
}
