// One action is one idempotent outside effect, with a check that it took hold. Gates only read.

import type { ContainerSpec, HealthCheck } from './container-spec.ts';
import type { ArchiveContent, BuildLimits, CanaryMetric, SiteBuild } from './desired.ts';
import type { StackBuild } from './resolved.ts';
import type { RouteKey, RouteWish, Traffic, TrafficTarget } from './route.ts';
import type { UnitId } from './unit.ts';

export type Phase = 'prepare' | 'prove' | 'switch' | 'drain' | 'clean';

interface Common {
  unit: UnitId;
  host: string;
  phase: Phase;
  /** Why this action is in the plan: `tag 2.1.3 → 2.1.4`. */
  cause: string;
}

export type Action = Common &
  (
    | { type: 'pullImage'; image: string }
    /** The archive of a site is brought, checked and unpacked where we are; no engine is asked. */
    | { type: 'fetchContent'; content: ArchiveContent }
    /** The command of a site is run in a container of its own, and what it left behind is kept where we are. */
    | {
        type: 'runBuild';
        /** Of content and command: what is built once is not built again. */
        id: string;
        build: SiteBuild;
        input: { directory: string; hash: string };
        name: string;
        labels: Record<string, string>;
      }
    /** The engine makes an image of files that we send it. Its name says of which: what is there is not made again. */
    | {
        type: 'buildImage';
        image: string;
        build: StackBuild;
        limits: BuildLimits;
        labels: Record<string, string>;
      }
    | { type: 'ensureNetwork'; network: string; labels: Record<string, string> }
    | { type: 'removeNetwork'; network: string }
    | { type: 'ensureVolume'; volume: string; labels: Record<string, string> }
    | {
        type: 'createContainer';
        name: string;
        spec: ContainerSpec;
        labels: Record<string, string>;
        /** Networks with the aliases to carry from the start. */
        endpoints: { network: string; aliases: string[] }[];
        /** Publish `port` on a loopback port of the engine's choice, where the controller cannot reach container addresses. */
        publishForProbe: number | null;
      }
    | { type: 'putArchive'; container: string; spec: Pick<ContainerSpec, 'files' | 'trees'> }
    | { type: 'startContainer'; container: string }
    | { type: 'stopContainer'; container: string; graceMs: number }
    | { type: 'renameContainer'; container: string; name: string }
    | { type: 'removeContainer'; container: string }
    | { type: 'connectNetwork'; container: string; network: string; aliases: string[] }
    | { type: 'disconnectNetwork'; container: string; network: string }
    /** Gate: the container is healthy by its check. Failing it is the version's fault. */
    | { type: 'awaitHealthy'; container: string; check: HealthCheck; version: string }
    /** Gate: a while for clients to leave those that are to be stopped, by id; `container` is one that stays. */
    | { type: 'drain'; container: string; leaving: string[]; ms: number }
    /** The route is as wished, and the proxy's live workers send its traffic there. */
    | { type: 'putRoute'; key: RouteKey; wish: RouteWish; traffic: Traffic | null; adopt: string | null }
    | { type: 'removeRoute'; key: RouteKey; id: string; domains: readonly string[] }
    /** Gate: asked through the proxy by a header that only we know, the new one answers. */
    | {
        type: 'proveRoute';
        key: RouteKey;
        wish: RouteWish;
        target: TrafficTarget;
        /** The container that is proven, by name. */
        container: string;
        /** Path of its health check; null where any answer of its own is good. */
        path: string | null;
        version: string;
      }
    /** Gate: the new version serves a share of the clients for a while, and stays well. */
    | {
        type: 'holdCanary';
        key: RouteKey;
        wish: RouteWish;
        target: TrafficTarget;
        container: string;
        check: HealthCheck;
        /** What is measured meanwhile. */
        metrics: readonly CanaryMetric[];
        version: string;
        share: number;
        ms: number;
      }
    | { type: 'materialiseStack'; files: string }
    /** Control: these containers, which Compose made by somebody's hand, are this unit's as they run. */
    | { type: 'adoptContainers'; project: string; containers: AdoptedContainer[] }
    | {
        type: 'composeUp';
        project: string;
        /** `desired`, or `good` to bring the last good generation back. */
        model: 'desired' | 'good';
        /** Which good generation, by its hash. */
        generation?: string;
        /** Spec hash per service, so that the prediction can be held against what happened. */
        services: Record<string, string>;
        /** Containers per service, where another number than the file's is meant: the new one beside the old one. */
        scale?: Record<string, number>;
        /** Made anew although nothing of their spec changed: a network under them is gone. */
        recreate?: true;
      }
    /** Gate: all containers of these services are healthy, running, or ended well. */
    | {
        type: 'awaitServices';
        project: string;
        services: Record<string, string>;
        /** Those of them that may end by themselves; the others have to go on. */
        jobs: string[];
        /** Jobs that others wait for: these have to have ended. */
        toTheEnd: string[];
        /** Containers, by id, that are one too many and down: they leave later, and are not asked. */
        spares?: string[];
      }
    /** Control: what carries this former name is its own from now on, also when the manifest says so no longer. */
    | { type: 'takeName'; from: string }
    /** By the engine's own id; in use, or known by other names too, it stays. */
    | { type: 'removeImage'; image: string; reference: string }
    /** Control: this generation is not tried again by itself. */
    | {
        type: 'quarantine';
        specHash: string;
        digest: string;
        release: string;
        reason: string;
        message: string;
      }
  );

/** A container as it is taken over, by its id. */
export interface AdoptedContainer {
  container: string;
  name: string;
  service: string;
  /** From 1. */
  number: number;
  specHash: string;
  /** What people call its version. */
  release: string;
}

export type ActionType = Action['type'];
export type ActionOf<T extends ActionType> = Extract<Action, { type: T }>;
