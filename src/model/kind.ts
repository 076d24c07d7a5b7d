// What a kind of manifest brings along: its schema, how a document becomes units, and how a unit is planned.
import type { HealthCheck } from './container-spec.ts';
import type { Desired } from './desired.ts';
import type { UnitPlan } from './plan.ts';
import type { Problem } from './problem.ts';
import type { Need } from './resolved.ts';
import type { Place, WorkloadKind } from './unit.ts';
import type { UnitWorld } from './world.ts';

/** A validated document, variables put in, secrets still references. */
export interface ManifestDocument {
  kind: WorkloadKind;
  name: string;
  source: string;
  sourceType: 'git' | 'directory';
  revision: string | null;
  /** Absolute root of the source's tree. */
  root: string;
  /** Path of the manifest's file from the root. */
  file: string;
  value: Readonly<Record<string, unknown>>;
  /** The folder of the same name that is a stack by itself, where its source discovers those. */
  folder?: FolderStack;
  /** Place of a value by its path (`['stages','prod','replicas']`), for problems. */
  placeOf(path: readonly (string | number)[]): Place;
}

/** A folder with a Compose file. */
export interface FolderStack {
  /** A DNS label. */
  name: string;
  /** As Compose makes it of the folder's name. */
  project: string;
  /** From the source's root, as Compose finds them. */
  compose: string[];
}

/** Settings that reading a manifest needs. */
export interface ReadSettings {
  host: string;
  hosts: readonly string[];
  siteImage: string;
  /** Null where no proxy is configured: then routes are read, and nothing is made of them. */
  proxy: ProxySettings | null;
  /** A Prometheus is configured, so metrics of canaries can be asked for. */
  isMeasured: boolean;
}

export interface ProxySettings {
  /** What subdomains are below. */
  domain: string | null;
  /** The pattern of `subdomain: auto`. */
  subdomain: string;
  /** Of routes that do not say. */
  tls: 'auto' | 'off';
  drainMs: number;
  /** Names of the controller and of the proxy itself, lower case: no route may have them. */
  reserved: readonly string[];
  /** Where the controller and the proxy answer, as `host:port`; every name of this machine is `localhost`. */
  own: readonly string[];
  /** Ports that the proxy listens at itself. */
  ports: readonly number[];
}

/** The part of a kind that turns documents into desired state. Pure. */
export interface KindReader {
  readonly kind: WorkloadKind;
  /** JSON Schema (draft 2020-12) of the document. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Keys that belong to later work, by path: refused with "not in this version yet". */
  readonly later: readonly string[];
  read(document: ManifestDocument, settings: ReadSettings): { units: Desired[]; problems: Problem[] };
}

/** The part of a kind that plans. Pure. */
export interface KindPlanner<D extends Desired = Desired> {
  readonly kind: D['kind'];
  /** Open questions; asked again with the answers until there is none left (at most four rounds). */
  needs(world: UnitWorld<D>): Need[];
  plan(world: UnitWorld<D>): UnitPlan;
  /** The check that we do ourselves on its containers, if there is one; others are the engine's. */
  check(desired: D): HealthCheck | null;
}

/** By their kinds. */
export type Planners = Readonly<Record<string, KindPlanner>>;
