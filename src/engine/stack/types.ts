// What the resolver of stacks works with, and what its steps hand to each other.
import type { OwnMount } from '../../core/host-path.ts';
import type { Problem } from '../../model/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ComposeRunner } from '../../ports/compose-runner.ts';
import type { Control } from '../../ports/control.ts';
import type { OpenFolder } from '../../ports/folder.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { Store } from '../../ports/store.ts';
import type { Tree } from '../../ports/tree.ts';
import type { ContextPlace } from './context.ts';

export interface StackDeps {
  tree: Tree;
  openFolder: OpenFolder;
  compose: ComposeRunner;
  control: Pick<Control, 'fingerprint' | 'seal' | 'unseal'>;
  store: Pick<Store, 'cacheGet' | 'cacheSet' | 'cacheKeep'>;
  secrets: Pick<Secrets, 'get' | 'redact'>;
  /** Absolute. Stacks from git run in `stacks/NAME` below it. */
  dataDirectory: string;
  /** Absolute, best in memory: resolved files with values in them are here while Compose reads them. */
  runDirectory: string;
  controller: string;
  /** What our own container has of the engine's machine; null where we run outside of any. */
  ownMounts: () => readonly OwnMount[] | null;
  clock: Pick<Clock, 'nowMs'>;
}

/** A path that the result depends on, and how it was when it was looked at. */
export interface Watched {
  /** From the source's root. */
  path: string;
  /** `file`: its content; `list`: all files of a folder; `context`: those that an image is built from. */
  as: 'file' | 'list' | 'context';
  stamp: string;
  /** What belongs to a context, and what does not. */
  context?: Omit<ContextPlace, 'root' | 'path'>;
}

/** A stack's files as we have read them ourselves: what Compose will get to see, and nothing else. */
export interface Gathered {
  /** Compose files in the order of their merging, from the source's root. */
  compose: string[];
  /** By path from the source's root: written anew from our reading, or bytes as they are (env files). */
  files: Map<string, string>;
  watched: Watched[];
  problems: Problem[];
  notices: Problem[];
  /** Secrets put in. */
  variables: Record<string, string>;
  project: string;
  profiles: string[];
  /** Files for containers that do not exist: a problem for those services that want them. */
  missing: Map<string, Problem>;
  /** Paths for the watcher. */
  referenced: Set<string>;
  /** Names of the secrets in use. */
  secrets: string[];
}
