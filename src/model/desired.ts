// What the manifests ask for, after variables and stages are merged: one entry per unit.
import type { ContainerSpec } from './container-spec.ts';
import type { ForwardOptions, RouteTarget, TlsWish, TrafficTarget } from './route.ts';
import type { Place, UnitId, UnitRef } from './unit.ts';

/** How a unit, or a service of a stack, is reached from outside. */
export interface DesiredRoute {
  /** Lower case, as written; without the subdomain's name until the settings are known. */
  domains: string[];
  /** A name below the domain of the settings, or the settings' own pattern. */
  subdomain: string | null;
  /** Port of the container; null where it is not said. */
  port: number | null;
  scheme: 'http' | 'https';
  options: ForwardOptions;
  tls: TlsWish | null;
}

export interface DesiredCommon extends UnitRef {
  app: string | null;
  source: string;
  /** Commit of the source; null for a directory. */
  revision: string | null;
  place: Place;
  state: 'running' | 'stopped';
  /** `suspend: true` in the manifest: nothing is changed, only looked at. */
  suspend: boolean;
  /** `prune: false`: leave it running when the manifest goes. */
  prune: boolean;
  adopt: boolean;
  dependsOn: UnitId[];
  route: DesiredRoute | null;
  retry: { limit: number | null; backoffMs: number | null };
  /** What it was called before (`renamed_from`); what is written down of that counts once the manifest says it no longer. */
  renamedFrom?: string;
  /** Set while the manifest cannot be read: the unit is kept as last applied. */
  held: string | null;
}

export interface DesiredProject extends DesiredCommon {
  kind: 'project';
  image: { repository: string; tag: string | null; digest: string | null };
  /** Follow the digest behind the tag. */
  follow: 'digest' | null;
  spec: ContainerSpec;
  /** Paths from the source's root, read at resolve time; later ones win, `environment` wins over all. */
  envFiles: string[];
  replicas: number;
  strategy: 'auto' | 'blue-green' | 'rolling' | 'recreate' | 'canary';
  /** Steps of a canary, in their order; empty for the other strategies. */
  canary: CanaryStep[];
  /** What is measured while each step is held; beyond its bounds the new version is taken back. */
  canaryMetrics: CanaryMetric[];
  sharedVolumes: boolean;
  drainMs: number;
  /** After the switch: health that falls in this time brings the version before back. */
  probationMs: number;
}

export interface CanaryStep {
  /** From 0 to 1: this part of the clients is sent to the new version. */
  share: number;
  forMs: number;
}

export interface CanaryMetric {
  name: string;
  /** PromQL; may hold `{{container}}`, `{{unit}}` and `{{version}}`. */
  query: string;
  /** One of the two at least. */
  min: number | null;
  max: number | null;
  intervalMs: number;
}

export interface DesiredStack extends DesiredCommon {
  kind: 'stack';
  /** The Compose project's name. */
  project: string;
  /** Paths from the source's root. The first one's folder is the project directory. */
  compose: string[];
  envFiles: string[];
  /** What the Compose file may interpolate; values may hold `${secret:NAME}`. */
  environment: Record<string, string>;
  profiles: string[];
  /** Absolute root of the source's tree this was read from. */
  root: string;
  /** True where the source is a directory: the stack runs in its own folder. */
  inPlace: boolean;
  services: Record<string, DesiredStackService>;
  /** Where it was renamed: what its files, and what its services are told by, go on being called. */
  home?: string;
  /** Who its containers are labelled as, where the files are kept by another name. */
  called?: { unit: UnitId; workloadId: string };
  /** Set where it is a stack by its folder (`discover: compose`), with or without a manifest beside. */
  discovered?: Discovered;
}

/** What a stack that was found by its folder takes from it. */
export interface Discovered {
  /** Absolute: what runs of its project is taken over only where it was started below; null where it says `adopt`. */
  adoptBelow: string | null;
  /** What its project is called: by a manifest, or by its files and its folder, as Compose does. */
  named: 'manifest' | 'files';
  /** Which Compose files it is made of: by a manifest, or as Compose finds them in its folder. */
  listed: 'manifest' | 'folder';
}

/** What the Compose file cannot say about a service. */
export interface DesiredStackService {
  route: DesiredRoute | null;
  follow: 'digest' | null;
  /** Its volumes may have two writers for a moment. */
  sharedVolumes: boolean;
  /** Time for clients to leave the old containers when it is switched. */
  drainMs: number;
  /** Of the build of its image, where the manifest says so. */
  build?: BuildLimits;
}

export interface BuildLimits {
  memoryBytes: number;
  timeoutMs: number;
}

export interface DesiredSite extends DesiredCommon {
  kind: 'site';
  content: SiteContent;
  /** What makes the files that are served out of the content; null where the content is served. */
  build: SiteBuild | null;
  root: string;
  spa: boolean;
  notFound: string | null;
  serving: SiteServing;
  /** The web server's image; a setting, `nginx`-like in what it expects. */
  image: string;
  drainMs: number;
  /** After the switch: health that falls in this time brings the version before back. */
  probationMs: number;
}

/** Where the files of a site are. */
export type SiteContent =
  /** A folder of the source, from its root. */
  { type: 'path'; path: string } | ArchiveContent | GitContent;

/** A git repository of the site's own. */
export interface GitContent {
  type: 'git';
  url: string;
  ref: string;
  /** Folder in it; '' for the root. */
  path: string;
  pollMs: number;
  /** Name of a secret: a private key for ssh, a token for https. */
  credential: string | null;
}

/** A tar or zip file behind an address, known by its checksum. */
export interface ArchiveContent {
  type: 'archive';
  url: string;
  /** Lower case hex. */
  sha256: string;
  /** Folder in the archive; '' for all of it. */
  path: string;
  /** Name of a secret, for the host alone: a token, or `user:password`. Not there in what an earlier version wrote down. */
  credential?: string | null;
}

/** A command that is run once for each content, in a container of its own that is thrown away. */
export interface SiteBuild {
  image: string;
  command: string[];
  /** Folder that it leaves behind, from the content's root. */
  output: string;
  /** Folders that are kept from one build to the next, from the content's root. */
  cache: string[];
  memoryBytes: number;
  /** What it may write, its caches among it. */
  diskBytes: number;
  timeoutMs: number;
  /** The engine's own network, of no workload, or none. */
  network: 'bridge' | 'none';
}

/** What the web server of a site does beside giving files. A path may hold one `*`, for any run of characters. */
export interface SiteServing {
  /** The closest path first, so that the first that fits has the say over a header. */
  headers: { path: string; name: string; value: string }[];
  /** Files below these never change under their names. */
  immutable: string[];
  /** The first that fits has the say; a `*` at both ends carries the rest of the path over. */
  redirects: { from: string; to: string; status: number }[];
  /** `/about` is about.html, and about.html leads there. */
  cleanUrls: boolean;
  /** `app.js.gz` is sent as app.js to whoever takes it. */
  precompressed: boolean;
}

/** How the other end of a stand-alone route is watched. */
export interface Monitor {
  type: 'http' | 'tcp';
  path: string;
  intervalMs: number;
  timeoutMs: number;
  /** Bad answers in a row before it counts as down. */
  retries: number;
}

/** A route to something that we do not run. Its `route` has the names; no container belongs to it. */
export interface DesiredProxy extends DesiredCommon {
  kind: 'proxy';
  target: RouteTarget;
  /** Where `forward` leads; null for the other targets. */
  forward: TrafficTarget | null;
  monitor: Monitor | null;
}

export type Desired = DesiredProject | DesiredStack | DesiredSite | DesiredProxy;
