// Who is who: the identities that every other room uses.

/** The kinds of manifest that become running things. */
export type WorkloadKind = 'project' | 'stack' | 'site' | 'proxy';

/**
 * The unit of queue, outcome, hold, quarantine and history: `shop/prod` for a stage of a project,
 * plain `immich` for a stack, a site, or a project without stages.
 */
export type UnitId = string;

/** The address of a manifest in the index: `project.shop`. */
export type WorkloadId = string;

/** A digest as registries write it: `sha256:` and 64 hex digits; for an image made locally, its id. */
export type Digest = string;

export interface UnitRef {
  unit: UnitId;
  workloadId: WorkloadId;
  kind: WorkloadKind;
  /** The manifest's `name`. */
  name: string;
  /** The stage of a project (`default` where it has none); '' for stacks and sites. */
  role: string;
  /** The engine, by its name in tinyforge.yaml. */
  host: string;
}

/** Where something was written, for errors and for `why`. Lines and columns count from 1. */
export interface Place {
  source: string;
  /** Path from the source's root, with forward slashes. */
  file: string;
  line: number;
  column: number;
}
