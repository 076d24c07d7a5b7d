// Random worlds of stand-alone proxies: a route as wished, changed by hand, a stranger's, or several of ours.
import fc from 'fast-check';
import { PLAIN_FORWARD } from '../../src/core/route/complete.ts';
import { targetVerdict } from '../../src/core/route/facts.ts';
import { routeWishes } from '../../src/core/route/wishes.ts';
import { proxyPlanner } from '../../src/kinds/proxy/index.ts';
import type { DesiredProxy } from '../../src/model/desired.ts';
import type { Traffic } from '../../src/model/route.ts';
import type { RoutesWorld, UnitWorld } from '../../src/model/world.ts';
import { routeOf } from './desired-route.ts';
import { unitWorld } from './unit-world.ts';
import { project, stranger } from './worlds.ts';

const AWAY = {
  severity: 'error' as const,
  reason: 'ProxyAway',
  message: 'The proxy does not answer',
  effect: null,
  hint: null,
  next: null,
  workload: null,
  source: null,
  file: null,
  line: null,
  column: null,
  path: null,
};

const REACH = { reach: 'network' as const, network: 'npm', address: null };

const ELSEWHERE: Traffic = { main: [{ scheme: 'http', host: '192.0.2.99', port: 1 }], canary: null };

export function proxyUnit(change: Partial<DesiredProxy> = {}): DesiredProxy {
  const { unit: _unit, image: _image, follow: _follow, spec: _spec, ...common } = project();
  const { envFiles: _env, replicas: _replicas, strategy: _strategy, canary: _canary, ...rest } = common;
  const { sharedVolumes: _shared, drainMs: _drain, probationMs: _probation, ...plain } = rest;
  return {
    ...plain,
    unit: 'nas',
    workloadId: 'proxy.nas',
    kind: 'proxy',
    name: 'nas',
    role: '',
    route: routeOf({ domains: ['nas.example.com'] }),
    target: { type: 'forward', options: PLAIN_FORWARD },
    forward: { scheme: 'http', host: '192.0.2.10', port: 5000 },
    monitor: { type: 'http', path: '/', intervalMs: 30_000, timeoutMs: 5_000, retries: 3 },
    ...change,
  };
}

export function proxyWorld(
  desired: DesiredProxy,
  change: Partial<RoutesWorld> = {},
  rest: Partial<Omit<UnitWorld<DesiredProxy>, 'host'>> = {},
): UnitWorld<DesiredProxy> {
  return unitWorld(desired, {
    host: { containers: [stranger()] },
    kept: { specHashes: [], most: 5 },
    proxy: {
      ...REACH,
      away: null,
      leads: new Map(),
      routes: routeWishes(desired).map((wish) => ({
        wish,
        id: null,
        traffic: null,
        drift: [],
        conflict: null,
        refused: null,
        remark: null,
      })),
      surplus: [],
      drift: 'heal',
      ...change,
    },
    ...rest,
  });
}

const TARGETS: Pick<DesiredProxy, 'target' | 'forward'>[] = [
  {
    target: { type: 'forward', options: PLAIN_FORWARD },
    forward: { scheme: 'http', host: '192.0.2.10', port: 5000 },
  },
  {
    target: {
      type: 'redirect',
      scheme: 'auto',
      domain: 'www.example.com',
      code: 301,
      preservePath: true,
      blockExploits: false,
    },
    forward: null,
  },
  { target: { type: 'not_found' }, forward: null },
];

export function proxyWorlds(): fc.Arbitrary<UnitWorld<DesiredProxy>> {
  return fc
    .record({
      target: fc.constantFrom(...TARGETS),
      state: fc.constantFrom('running', 'running', 'stopped') as fc.Arbitrary<'running' | 'stopped'>,
      adopt: fc.boolean(),
      there: fc.boolean(),
      leads: fc.constantFrom('right', 'right', 'elsewhere', 'unknown'),
      drifted: fc.integer({ min: 0, max: 2 }),
      conflict: fc.integer({ min: 0, max: 3 }),
      refused: fc.integer({ min: 0, max: 9 }),
      away: fc.integer({ min: 0, max: 9 }),
      surplus: fc.integer({ min: 0, max: 2 }),
      policy: fc.constantFrom('heal', 'report') as fc.Arbitrary<'heal' | 'report'>,
      applied: fc.boolean(),
      configured: fc.integer({ min: 0, max: 9 }),
      probed: fc.constantFrom(null, true, false),
    })
    .map((facts) => {
      const desired = proxyUnit({ ...facts.target, state: facts.state, adopt: facts.adopt });
      const right = desired.forward === null ? null : { main: [desired.forward], canary: null };
      const traffic = { right, elsewhere: right && ELSEWHERE, unknown: null }[facts.leads] ?? null;
      const drift = Array.from({ length: facts.drifted }, (_, index) => ({
        field: `field ${index}`,
        is: 'no',
        shall: 'yes',
      }));
      const world = proxyWorld(desired, {
        away: facts.away === 0 ? AWAY : null,
        drift: facts.policy,
        leads: new Map(),
        routes: routeWishes(desired).map((wish) => ({
          wish,
          id: facts.there ? 'proxy-host/1' : null,
          traffic: facts.there ? traffic : null,
          drift: facts.there ? drift : [],
          conflict: facts.conflict === 0 ? { id: 'proxy-host/7', domain: 'nas.example.com' } : null,
          refused: facts.refused === 0 ? 'it cannot do that' : null,
          remark: null,
        })),
        surplus: Array.from({ length: facts.surplus }, (_, index) => ({
          id: `redirection-host/${index + 2}`,
          key: 'nas',
          domains: ['nas.example.com'],
        })),
      });
      const specHash = proxyPlanner.plan(world).generation?.specHash ?? '';
      return {
        ...world,
        proxy: facts.configured === 0 ? null : world.proxy,
        lastApplied: facts.applied ? { desired, specHash, digest: '', release: '' } : null,
        probes: new Map(
          facts.probed === null
            ? []
            : [[targetVerdict('nas'), { ok: facts.probed, detail: 'connection refused', atMs: 0 }]],
        ),
      };
    });
}

/** Null where the route is as wished, or cannot be had for a reason that is not ours; told without the planner. */
export function proxyReached(world: UnitWorld<DesiredProxy>): string | null {
  const { desired, proxy, lastApplied } = world;
  if (proxy === null || proxy.away !== null) return null;
  if (proxy.surplus.length > 0) return 'a route that nobody names is left';
  const [view] = proxy.routes;
  if (desired.state === 'stopped') return view === undefined ? null : 'a stopped proxy has a route';
  if (view === undefined) return 'the route is not wished for';
  if (view.refused !== null) return null;
  if (view.id === null) return view.conflict !== null && !desired.adopt ? null : 'the route is not there';
  // Of a wish that was applied, what differs is somebody's hand: with `report` it stays.
  if (proxy.drift === 'report' && lastApplied !== null) return null;
  if (view.drift.length > 0) return 'the route is as somebody left it';
  const host = view.traffic?.main.map((target) => target.host).join() ?? null;
  return host === (desired.forward?.host ?? null) ? null : `the route leads to ${host}`;
}
