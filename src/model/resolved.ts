// Everything a kind needs from outside, as values: asked for by `needs`, answered before the plan is made.

import type { ArchiveContent, DesiredStack, GitContent } from './desired.ts';
import type { Problem } from './problem.ts';
import type { Digest } from './unit.ts';

/** A question that a kind has about the outside. Equal keys are the same question. */
export type Need =
  /** The keyed fingerprint of a secret (never its value). */
  | { type: 'secret'; key: string; name: string }
  /** The text of a small file of the source. */
  | { type: 'file'; key: string; source: string; path: string; maxBytes: number }
  /** Does the engine find at these paths what we have there? Where we run in a container it may not. */
  | { type: 'binds'; key: string; source: string; paths: readonly string[] }
  /** Is the image on the engine already? */
  | { type: 'image'; key: string; host: string; image: string }
  /** The digest that the registry has behind a tag now. */
  | { type: 'digest'; key: string; host: string; image: string }
  /** The hash of a folder of static files. */
  | { type: 'tree'; key: string; root: string; path: string }
  /** The folder of static files in a repository of their own, answered as a tree. */
  | { type: 'repository'; key: string; content: GitContent }
  /** Is the archive of a site there, unpacked? */
  | { type: 'content'; key: string; content: ArchiveContent }
  /** Is what the command of a site makes there, answered as content? */
  | { type: 'built'; key: string; id: string }
  /** The resolved Compose model, as hashes per service. */
  | { type: 'stack'; key: string; desired: DesiredStack; which: 'desired' | 'good'; hash?: string }
  /** Is the data of these services, which ran from that folder, where they look for it now? */
  | { type: 'data'; key: string; desired: DesiredStack; folder: string; services: readonly string[] };

export type Answer =
  | { ok: true; type: 'secret'; fingerprint: string }
  | { ok: true; type: 'file'; text: string }
  | { ok: true; type: 'binds' }
  | { ok: true; type: 'image'; image: LocalImage | null }
  | { ok: true; type: 'digest'; digest: Digest | null }
  | {
      ok: true;
      type: 'tree';
      hash: string;
      files: number;
      bytes: number;
      directory: string;
      /** Where it came from a repository of its own: the commit, and why a newer one could not be had. */
      revision?: string;
      notice?: Problem | null;
    }
  | { ok: true; type: 'content'; here: boolean; directory: string }
  | { ok: true; type: 'stack'; model: StackModel }
  | { ok: true; type: 'data' }
  /** Could not be resolved: the unit is held, or it waits when `retry` is set. */
  | { ok: false; problem: Problem; retry: boolean; more?: readonly Problem[] };

export interface LocalImage {
  id: string;
  /** Digests of the repositories it was pulled from; empty for a local build. */
  repoDigests: readonly string[];
  hasHealthcheck: boolean;
  /** Paths of VOLUME lines: writable, so two generations may not share them. */
  volumes: readonly string[];
  exposedPorts: readonly number[];
  sizeBytes: number;
  /** Labels that begin with `tinyforge.`; absent where it has none. */
  marks?: Readonly<Record<string, string>>;
  /** Project of the Compose that built it; absent where none did. */
  composeProject?: string;
}

/** One stack as Compose resolves it, without any value that could be secret. */
export interface StackModel {
  /** Hash over all services: the generation of the stack. */
  hash: string;
  project: string;
  /** Where it runs: relative binds are relative to this. */
  projectDirectory: string;
  services: Record<string, StackService>;
  /** Networks and volumes that must exist before (`external: true`). */
  externalNetworks: string[];
  externalVolumes: string[];
  /** Files that must be written into the stack's folder before `up` (git sources), as one hash; null when in place or up to date. */
  pendingFiles: string | null;
  /** Containers that we stopped ourselves: where they ended with exit 0, they were not done. */
  stoppedByUs: readonly string[];
  /** The services of the last generation that was good, when it can be brought back. */
  good: { hash: string; services: Record<string, StackService> } | null;
  notices: Problem[];
  /** By service, where its folder moved since it was last good: what is elsewhere now, in words. */
  moved?: Readonly<Record<string, string>>;
  /** Of Compose, where the services have hashes of its own to compare with what it made. */
  composeVersion?: string;
}

export interface StackService {
  specHash: string;
  /** What Compose would write as its own hash, without our labels; null where only a running stack tells it. */
  configHash?: string | null;
  image: string;
  scale: number;
  /** Ends by itself (restart `no` or on-failure): exit 0 is success. */
  oneShot: boolean;
  hasHealthcheck: boolean;
  /** Services it depends on, by name. */
  dependsOn: string[];
  containerName: string | null;
  /** What engines let it answer to as well; null where its container's id is all. */
  hostname: string | null;
  publishedPorts: { published: number; hostIp: string; protocol: string }[];
  /** `always` pulls at each change. */
  pullPolicy: string;
  stopGraceMs: number;
  /** How its containers are on its networks, by the engine's names of these; none for the host's or another's network. */
  endpoints: Record<string, StackEndpoint>;
  /** Why two generations of it may not run side by side; null where they may. */
  sideBySide: string | null;
  /** TCP ports that are published; the engine chooses the host's port where `published` is null. */
  ports: { target: number; published: number | null }[];
  /** Its image is made here, and nobody can be asked for it; absent where it is brought. */
  build?: StackBuild;
}

/** What the planner tells of a build; what goes into it is read when it is made. */
export interface StackBuild {
  /** Service that says how: another one of the same image may use it. */
  service: string;
  /** The context as people know it: `./web`. */
  from: string;
  files: number;
}

export interface StackEndpoint {
  /** Beside the names of the container and of the service. */
  aliases: string[];
  /** Has an address or options of its own: only Compose can put a container on it, by making it anew. */
  byCompose: boolean;
}
