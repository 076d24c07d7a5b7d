// Worlds of a workload that became one of another kind: what the kind before made runs, and may have its route still.
import fc from 'fast-check';
import { baseName } from '../../src/core/naming.ts';
import type { Desired } from '../../src/model/desired.ts';
import type { ObservedContainer, ObservedNetwork } from '../../src/model/observed.ts';
import type { Answer, StackModel } from '../../src/model/resolved.ts';
import type { Traffic } from '../../src/model/route.ts';
import type { RoutesWorld, UnitWorld } from '../../src/model/world.ts';
import { PROXY_NETWORK, PROXY_NETWORK_SEEN } from './route-worlds.ts';
import {
  imageAnswer,
  project,
  projectWorlds,
  site,
  siteWorlds,
  spec,
  stack,
  stackWorlds,
  stranger,
} from './worlds.ts';

type Kind = 'project' | 'site' | 'stack';

/** Of what the kind before made. */
export const FORMER_HASH = 'was0was0was0';

interface Facts {
  /** `theirs` under the key of the kind before, `taken` under that of today, `given` as the world has it. */
  route: 'theirs' | 'taken' | 'given';
  containers: { state: 'running' | 'exited'; ports: boolean; probed: boolean }[];
  volumes: 'none' | 'one writer' | 'shared';
  isApplied: boolean;
}

const facts: fc.Arbitrary<Facts> = fc.record({
  route: fc.constantFrom('theirs', 'theirs', 'taken', 'given') as fc.Arbitrary<Facts['route']>,
  containers: fc.array(
    fc.record({
      state: fc.constantFrom('running', 'running', 'exited') as fc.Arbitrary<'running' | 'exited'>,
      ports: fc.integer({ min: 0, max: 3 }).map((drawn) => drawn === 0),
      probed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  volumes: fc.constantFrom('none', 'none', 'shared', 'one writer') as fc.Arbitrary<Facts['volumes']>,
  isApplied: fc.boolean(),
});

export function kindChangedWorlds(): [string, fc.Arbitrary<UnitWorld>][] {
  const worlds: Record<Kind, () => fc.Arbitrary<UnitWorld>> = {
    project: () => projectWorlds() as fc.Arbitrary<UnitWorld>,
    site: () => siteWorlds() as fc.Arbitrary<UnitWorld>,
    stack: () => stackWorlds() as fc.Arbitrary<UnitWorld>,
  };
  const changes: [Kind, Kind][] = [
    ['project', 'site'],
    ['site', 'project'],
    ['project', 'stack'],
    ['site', 'stack'],
    ['stack', 'project'],
    ['stack', 'site'],
  ];
  return changes.map(([from, to]) => [
    `${from} that became a ${to}`,
    fc.tuple(worlds[to](), facts).map(([world, seen]) => changed(world, from, seen)),
  ]);
}

function changed(world: UnitWorld, from: Kind, seen: Facts): UnitWorld {
  const before = desiredBefore(world.desired, from, seen);
  const network = networkBefore(before, world.host.networks);
  const former = seen.containers.map((one, index) =>
    formerContainer(before, network, { ...one, number: index + 1 }),
  );
  // Versions of today's kind that came before the one that is wished are another story.
  const own = world.mine.filter(({ ours }) => !/^(?:old|bad|other)/.test(ours?.specHash ?? ''));
  const mine = [...own, ...former];
  const others = world.host.containers.filter((container) => !world.mine.includes(container));
  const networks = world.host.networks.includes(network)
    ? world.host.networks
    : [...world.host.networks, network];
  return {
    ...world,
    mine,
    host: { ...world.host, containers: [...mine, ...others], networks },
    answers: new Map([...world.answers, ...answersBefore(before)]),
    probes: new Map([
      ...world.probes,
      ...former.flatMap(({ id, state }, index): [string, { ok: boolean; detail: string; atMs: number }][] =>
        seen.containers[index]?.probed && state === 'running'
          ? [[id, { ok: true, detail: '', atMs: 0 }]]
          : [],
      ),
    ]),
    hold: null,
    kept: { ...world.kept, specHashes: world.kept.specHashes.filter((hash) => !/^(?:old|bad)/.test(hash)) },
    lastApplied: seen.isApplied
      ? { desired: before, specHash: FORMER_HASH, digest: '', release: '0', image: null }
      : null,
    proxy: routesOf(world.proxy, { before, former, route: seen.route }),
  };
}

/** Kinds of one family share its name. */
function networkBefore(
  { kind, name, workloadId }: Desired,
  networks: readonly ObservedNetwork[],
): ObservedNetwork {
  const called = kind === 'stack' ? `${name}_default` : name;
  return (
    networks.find((network) => network.name === called) ?? {
      id: 'was-network',
      name: called,
      controller: 'default',
      workloadId,
      composeProject: kind === 'stack' ? name : null,
      gateway: null,
    }
  );
}

/** With the route that is wished now: its names stay. */
function desiredBefore(desired: Desired, kind: Kind, { volumes }: Facts): Desired {
  const { unit, name } = desired;
  const role = kind === 'project' ? desired.role : '';
  const route = desired.kind === 'stack' ? (desired.services.web?.route ?? null) : desired.route;
  const common = { unit, name, role, workloadId: `${kind}.${name}` };
  if (kind === 'site') return site({ ...common, route: route && { ...route, port: null } });
  if (kind === 'stack') {
    const web = { route, follow: null, sharedVolumes: false, drainMs: 2_000 };
    return stack({ ...common, project: name, services: { web } });
  }
  const mounts = [{ type: 'volume' as const, source: 'data', target: '/data', readOnly: false }];
  return project({
    ...common,
    route,
    sharedVolumes: volumes === 'shared',
    spec: spec({ networks: [name], ...(volumes === 'none' ? {} : { mounts }) }),
  });
}

function formerContainer(
  before: Desired,
  own: ObservedNetwork,
  { state, ports, number }: Facts['containers'][number] & { number: number },
): ObservedContainer {
  const isStack = before.kind === 'stack';
  const stem = isStack ? `${before.project}-web` : `${baseName(before)}-${FORMER_HASH.slice(0, 6)}`;
  const name = `${stem}-${number}`;
  const isUp = state === 'running';
  const endpoint = (network: ObservedNetwork, aliases: string[]) => ({
    endpointId: isUp ? `e-${name}-${network.name}` : '',
    networkId: network.id,
    ip: isUp ? '10.0.0.3' : '',
    aliases,
  });
  return {
    ...stranger(name),
    id: `id-${name}`,
    state,
    exitCode: isUp ? null : 0,
    upSeconds: isUp ? 60 : null,
    createdAtMs: number,
    ports: ports && isUp ? [{ target: 80, published: 8080, hostIp: '', protocol: 'tcp' }] : [],
    networks: {
      [own.name]: endpoint(own, [isStack ? 'web' : baseName(before)]),
      [PROXY_NETWORK]: endpoint(PROXY_NETWORK_SEEN, [stem]),
    },
    ours: {
      controller: 'default',
      unit: before.unit,
      workloadId: before.workloadId,
      kind: before.kind,
      role: isStack ? 'web' : before.role,
      replica: number,
      specHash: FORMER_HASH,
      imageDigest: '',
      release: '0',
    },
    compose: isStack
      ? {
          project: before.project,
          service: 'web',
          number,
          oneOff: false,
          workingDir: '/src',
          configFiles: '',
          replaces: null,
        }
      : null,
  };
}

function routesOf(
  proxy: RoutesWorld | null,
  { before, former, route }: { before: Desired; former: readonly ObservedContainer[]; route: Facts['route'] },
): RoutesWorld | null {
  if (proxy === null || route === 'given') return proxy;
  const traffic: Traffic = {
    main: former.map(({ name: host }) => ({ scheme: 'http', host, port: 8080 })),
    canary: null,
  };
  const key = before.kind === 'stack' ? `${before.unit}:web` : before.unit;
  return {
    ...proxy,
    routes: proxy.routes.map((view) => ({
      ...view,
      id: view.id ?? 'proxy-host/1',
      conflict: null,
      drift: [],
      traffic,
      ...(route === 'theirs' && key !== view.wish.key ? { writtenAs: key } : {}),
    })),
  };
}

/** What is asked when the kind before stands in for the one that failed. */
function answersBefore(before: Desired): [string, Answer][] {
  if (before.kind === 'project') return [[`image:local:${before.spec.image}`, imageAnswer(true)]];
  if (before.kind === 'site') return [['image:local:nginx:1', imageAnswer(true)]];
  if (before.kind !== 'stack') return [];
  const web: StackModel['services'][string] = {
    specHash: FORMER_HASH,
    image: 'example/shop:1',
    scale: 1,
    oneShot: false,
    hasHealthcheck: false,
    dependsOn: [],
    containerName: null,
    hostname: null,
    publishedPorts: [],
    pullPolicy: 'missing',
    stopGraceMs: 1_000,
    endpoints: { [`${before.project}_default`]: { aliases: [], byCompose: false } },
    sideBySide: null,
    ports: [{ target: 8080, published: null }],
  };
  const good = { hash: FORMER_HASH, services: { web } };
  const model: StackModel = {
    hash: FORMER_HASH,
    project: before.project,
    projectDirectory: '/src',
    services: { web },
    externalNetworks: [],
    externalVolumes: [],
    pendingFiles: null,
    stoppedByUs: [],
    good,
    notices: [],
  };
  return [
    [`stack:good:${before.unit}`, { ok: true, type: 'stack', model }],
    ['image:local:example/shop:1', imageAnswer(true)],
  ];
}
