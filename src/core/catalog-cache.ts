// What the catalog remembers from pass to pass.
import type { Desired } from '../model/desired.ts';
import type { Problem } from '../model/problem.ts';
import type { SourceFile } from '../model/source.ts';
import type { FileReading, ReadEntry } from './catalog-file.ts';
import type { Broken } from './hold.ts';

export interface Catalog {
  /** Sorted by unit. Equal wishes are the same objects from pass to pass. */
  units: Desired[];
  problems: Problem[];
  /** What must be held, and stops pruning in its source. */
  broken: Broken[];
  /** Files and documents that do not look like workloads: they matter only where the file held one before. */
  unreadable: Broken[];
  /** Files that were looked at. */
  files: number;
  /** By source, the paths that its units are made from, beside the manifests. */
  referenced: Readonly<Record<string, readonly string[]>>;
}

export interface CachedFile {
  stamp: string;
  revision: string | null;
  root: string;
  file: SourceFile;
  reading: FileReading;
  /** The pass that saw it last. */
  pass: number;
}

export interface CachedSource {
  /** All that a reading depends on beside the file. */
  key: string;
  variables: Readonly<Record<string, string>>;
  files: Map<string, CachedFile>;
  /** Folders that are stacks by themselves; null where the source does not discover any. */
  discovered: CachedDiscovery | null;
}

export interface CachedDiscovery {
  /** Which folders, with which files, of which checkout. */
  key: string;
  entries: ReadEntry[];
  problems: Problem[];
}

/** Belongs to the caller, and is filled by `catalog`. */
export interface CatalogCache {
  pass: number;
  sources: Map<string, CachedSource>;
  last: Last | null;
}

interface Last {
  catalog: Catalog;
  order: string;
  settings: string;
  /** Manifests that claim what another one claims too, and who of them had it. */
  contested: readonly ReadEntry[];
  ranks: string;
}

export function createCatalogCache(): CatalogCache {
  return { pass: 0, sources: new Map(), last: null };
}
