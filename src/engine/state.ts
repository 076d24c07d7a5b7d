// What the loop knows between two passes.
import type { CatalogCache } from '../core/catalog.ts';
import { createCatalogCache } from '../core/catalog.ts';
import type { Desired } from '../model/desired.ts';
import type { Plan } from '../model/plan.ts';
import type { ObservedRoute } from '../model/route.ts';
import type { Overview } from '../model/status.ts';
import type { EngineInfo } from '../ports/container-runtime.ts';
import type { AnswerCaches } from './answer.ts';
import type { EngineDeps } from './deps.ts';
import type { EjectedUnits } from './ejected.ts';
import { createHealthMonitor, type HealthMonitor } from './health-monitor.ts';
import { createMemory, type Memory } from './memory.ts';
import { createPlanCache, type PlanCache } from './plan-cache.ts';
import { createProxyWatch, type ProxyWatch } from './proxy-watch.ts';
import { createReachMonitor, type ReachMonitor } from './reach-monitor.ts';
import type { Wish } from './read-sources.ts';
import { createRecordCache, type RecordCache } from './record.ts';
import type { Names } from './renames/names.ts';
import { createRouteMonitor, type RouteMonitor } from './route-monitor.ts';
import { createSemaphore, type Semaphore } from './semaphore.ts';
import { createUnitWorks, type UnitWorks } from './unit-work.ts';

export interface LoopState {
  memory: Memory;
  ejected: EjectedUnits;
  caches: AnswerCaches;
  catalog: CatalogCache;
  plans: PlanCache;
  /** Who was called what. */
  names: Names;
  works: UnitWorks;
  records: RecordCache;
  monitor: HealthMonitor;
  reachMonitor: ReachMonitor;
  /** Of the other ends of stand-alone proxies. */
  targets: RouteMonitor;
  /** Of the way from the proxy to containers. */
  proxyWatch: ProxyWatch;
  heavy: Semaphore;
  /** Versions of the engines that answer; asked again after each time that one was away. */
  engines: Map<string, EngineInfo>;
  plan: Plan | null;
  wish: Wish | null;
  /** What the proxy had when it answered last; null while it never has. */
  proxyRoutes: readonly ObservedRoute[] | null;
  overview: Overview;
  /** Wishes that are written down as applied, with their generation. */
  saved: WeakMap<Desired, string>;
  /** Passes ended since the start. */
  passes: number;
}

export function createLoopState(
  deps: EngineDeps,
  { ejected, names, onHealth }: { ejected: EjectedUnits; names: Names; onHealth: (unit: string) => void },
): LoopState {
  const memory = createMemory();
  return {
    memory,
    ejected,
    caches: { digests: { entries: new Map() }, trees: { entries: new Map() }, roots: new Map() },
    catalog: createCatalogCache(),
    names,
    plans: createPlanCache(isSelfContained),
    works: createUnitWorks(deps.clock),
    records: createRecordCache(),
    monitor: createHealthMonitor(deps, memory, onHealth),
    reachMonitor: createReachMonitor(deps, memory, onHealth),
    targets: createRouteMonitor(deps, memory, onHealth),
    proxyWatch: createProxyWatch(deps),
    heavy: createSemaphore(deps.config.concurrency),
    engines: new Map(),
    plan: null,
    wish: null,
    proxyRoutes: null,
    overview: {
      controller: deps.config.controller,
      version: deps.version,
      passId: null,
      lastPassMs: null,
      units: [],
      sources: [],
      engines: [],
      problems: [],
      orphans: [],
    },
    saved: new WeakMap(),
    passes: 0,
  };
}

/** True where nothing outside the manifest and the engine can change what is wanted: no secret, file or followed tag. */
function isSelfContained(desired: Desired): boolean {
  if (desired.kind !== 'project' || desired.follow !== null || desired.envFiles.length > 0) return false;
  const texts = [
    ...Object.values(desired.spec.environment),
    ...desired.spec.files.map((file) => file.content),
  ];
  return !texts.some((text) => text.includes('${secret:'));
}
