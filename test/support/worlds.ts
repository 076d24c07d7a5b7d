// Random worlds for the planner's laws: a wish, and any mess that reality can be in.
import fc from 'fast-check';
import { shortHash } from '../../src/core/canonical.ts';
import { builtKey, contentKey } from '../../src/core/content-key.ts';
import { nameOf } from '../../src/core/generation/wanted.ts';
import { routeWishes } from '../../src/core/route/wishes.ts';
import { specHash } from '../../src/core/spec-hash.ts';
import type { ContainerSpec, HealthCheck } from '../../src/model/container-spec.ts';
import type {
  ArchiveContent,
  Desired,
  DesiredProject,
  DesiredSite,
  DesiredStack,
  SiteBuild,
} from '../../src/model/desired.ts';
import type { ObservedContainer, ObservedNetwork } from '../../src/model/observed.ts';
import type { Answer, StackModel, StackService } from '../../src/model/resolved.ts';
import type { Hold } from '../../src/model/revision.ts';
import type { UnitWorld } from '../../src/model/world.ts';
import { PROXY_NETWORK, PROXY_NETWORK_SEEN, proxyOf, route } from './route-worlds.ts';

const timing = { intervalMs: 100, timeoutMs: 100, retries: 3, startPeriodMs: 0 };

export const NETWORK = 'shop';

/** The workload's own network, as an engine tells of it. */
export const OWN_NETWORK: ObservedNetwork = {
  id: 'n',
  name: NETWORK,
  controller: 'default',
  workloadId: 'project.shop',
  composeProject: null,
  gateway: null,
};

export function spec(change: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    image: 'example/shop:1',
    command: null,
    entrypoint: null,
    environment: {},
    labels: {},
    user: null,
    workingDir: null,
    hostname: null,
    ports: [],
    expose: [],
    mounts: [],
    files: [],
    trees: [],
    networks: [NETWORK],
    networkMode: null,
    restart: { name: 'unless-stopped', maxRetries: 0 },
    stopSignal: null,
    stopGraceMs: 1_000,
    resources: { memoryBytes: null, memoryReservationBytes: null, cpus: null, pids: null },
    capAdd: [],
    capDrop: [],
    securityOpt: [],
    groupAdd: [],
    devices: [],
    extraHosts: [],
    dns: [],
    readOnly: false,
    init: false,
    privileged: false,
    pid: null,
    ipc: null,
    shmSizeBytes: null,
    ulimits: {},
    sysctls: {},
    logging: null,
    health: { type: 'http', path: '/healthz', port: 8080, timing },
    ...change,
  };
}

export function project(change: Partial<DesiredProject> = {}): DesiredProject {
  return {
    unit: 'shop/prod',
    workloadId: 'project.shop',
    kind: 'project',
    name: 'shop',
    role: 'prod',
    host: 'local',
    app: null,
    source: 'home',
    revision: 'a1b2c3d4',
    place: { source: 'home', file: 'shop.yaml', line: 1, column: 1 },
    state: 'running',
    suspend: false,
    prune: true,
    adopt: false,
    dependsOn: [],
    route: null,
    retry: { limit: null, backoffMs: null },
    held: null,
    image: { repository: 'example/shop', tag: '1', digest: null },
    follow: null,
    spec: spec(),
    envFiles: [],
    replicas: 1,
    strategy: 'auto',
    canary: [],
    canaryMetrics: [],
    sharedVolumes: false,
    drainMs: 2_000,
    probationMs: 60_000,
    ...change,
  };
}

const CANARY = [
  { share: 0.01, forMs: 60_000 },
  { share: 0.1, forMs: 60_000 },
];

const checks: HealthCheck[] = [
  { type: 'http', path: '/', port: 80, timing },
  { type: 'command', test: ['CMD', 'true'], timing },
  { type: 'image', settleMs: 1_000, timing },
  { type: 'none' },
];

const STATES = ['created', 'running', 'restarting', 'exited', 'dead', 'running', 'running'] as const;

/** One container of the unit, in any state, of the wanted generation or another. */
function someContainer(desired: DesiredProject, wantedHash: string): fc.Arbitrary<ObservedContainer> {
  return fc
    .record({
      hash: fc.constantFrom(wantedHash, wantedHash, 'old0old0old0', 'bad0bad0bad0'),
      replica: fc.integer({ min: 1, max: 4 }),
      state: fc.constantFrom(...STATES),
      health: fc.constantFrom('none', 'starting', 'healthy', 'unhealthy') as fc.Arbitrary<
        ObservedContainer['health']
      >,
      aliased: fc.boolean(),
      joined: fc.constantFrom('no', 'bare', 'alias', 'unseen'),
      networked: fc.integer({ min: 0, max: 9 }),
      behind: fc.integer({ min: 0, max: 5 }),
      further: fc.integer({ min: 0, max: 3 }),
      up: fc.integer({ min: 0, max: 100 }),
      exitCode: fc.constantFrom(0, 1, 137),
      failed: fc.integer({ min: 0, max: 5 }),
      renamed: fc.integer({ min: 0, max: 9 }),
      salt: fc.integer({ min: 0, max: 1_000_000 }),
    })
    .map((facts) => {
      const base = desired.role === '' ? desired.name : `${desired.name}-${desired.role}`;
      const name = nameOf({ baseName: base, specHash: facts.hash }, facts.replica);
      const running = facts.state === 'running' || facts.state === 'restarting';
      const suffix =
        facts.failed === 0 && !running && facts.state !== 'created'
          ? '-failed'
          : facts.renamed === 0
            ? `-x${facts.salt}`
            : '';
      return {
        id: `id-${facts.hash}-${facts.replica}-${facts.salt}`,
        name: name + suffix,
        image: desired.spec.image,
        imageId: 'sha256:1',
        state: facts.state,
        health: desired.spec.health.type === 'command' && running ? facts.health : 'none',
        exitCode: running || facts.state === 'created' ? null : facts.exitCode,
        upSeconds: running ? facts.up : null,
        createdAtMs: facts.salt,
        ports: [],
        networks: endpointsOfOne({ ...facts, base, alias: name.replace(/-\d+$/, '') }),
        ours: {
          controller: 'default',
          unit: desired.unit,
          workloadId: desired.workloadId,
          kind: 'project',
          role: desired.role,
          replica: facts.replica,
          specHash: facts.hash,
          imageDigest: '',
          release: facts.hash === wantedHash ? '1' : '0',
        },
        compose: null,
      };
    });
}

/** Only of what does not run can a network be gone: its own (made anew since, or not), or one that somebody had put it on. */
function endpointsOfOne(facts: {
  state: (typeof STATES)[number];
  networked: number;
  behind: number;
  further: number;
  aliased: boolean;
  salt: number;
  base: string;
  joined: string;
  /** Of its generation, on the network that is shared with the proxy. */
  alias: string;
}): ObservedContainer['networks'] {
  const isUp = facts.state === 'running' || facts.state === 'restarting';
  const networkId = (isGone: boolean) => (facts.state === 'created' ? '' : !isUp && isGone ? 'gone' : 'n');
  const common = { endpointId: isUp ? `e${facts.salt}` : '', ip: isUp ? '10.0.0.2' : '' };
  // Nobody may have looked yet at the names that it carries there.
  const aliases = facts.joined === 'unseen' ? null : facts.joined === 'alias' ? [facts.alias] : [];
  return {
    ...(facts.networked > 0 &&
      facts.joined !== 'no' && {
        [PROXY_NETWORK]: {
          ...common,
          networkId: facts.state === 'created' ? '' : PROXY_NETWORK_SEEN.id,
          aliases,
        },
      }),
    ...(facts.networked > 0 && {
      [NETWORK]: {
        ...common,
        networkId: networkId(facts.behind === 0),
        aliases: facts.aliased ? [facts.base] : [],
      },
    }),
    ...(facts.further === 0 &&
      !isUp &&
      facts.state !== 'created' && { further: { ...common, networkId: 'gone', aliases: [] } }),
  };
}

/** Of all worlds hardly any gets as far as a canary: these do, from the version before, which serves behind its route. */
export function canaryWorlds(): fc.Arbitrary<UnitWorld<DesiredProject>> {
  return projectWorlds({ strategy: 'canary' }).map((world) => {
    const old = world.mine.filter(
      ({ ours, name }) => ours?.specHash === 'old0old0old0' && !name.endsWith('-failed'),
    );
    const [first] = old;
    if (first === undefined || world.proxy === null) return world;
    const serving = {
      ...first,
      state: 'running' as const,
      health: 'healthy' as const,
      exitCode: null,
      upSeconds: 60,
    };
    const swap = (list: readonly ObservedContainer[]) =>
      list.map((entry) => (entry === first ? serving : entry));
    const probes = new Map(world.probes).set(first.id, { ok: true, detail: '', atMs: 0 });
    return {
      ...world,
      mine: swap(world.mine),
      host: { ...world.host, containers: swap(world.host.containers) },
      probes,
      quarantine: [],
      hold: null,
    };
  });
}

/** All that can be, or only those in which a route that leads to containers is wished for a roll-out of this kind. */
export function projectWorlds(
  only: { strategy?: 'canary' | 'shrinking' } = {},
): fc.Arbitrary<UnitWorld<DesiredProject>> {
  const wishes = fc.record({
    replicas: fc.integer({ min: 0, max: 3 }),
    health: fc.constantFrom(...checks),
    ports: fc.boolean(),
    volume: fc.boolean(),
    stopped: fc.integer({ min: 0, max: 9 }),
    files: fc.boolean(),
    drainMs: fc.constantFrom(0, 2_000),
    restart: fc.constantFrom('no', 'unless-stopped') as fc.Arbitrary<'no' | 'unless-stopped'>,
    routed: fc.boolean(),
    proxy: fc.constantFrom(null, null, 'network', 'published') as fc.Arbitrary<
      null | 'network' | 'published'
    >,
    strategy: fc.constantFrom('auto', 'auto', 'canary', 'rolling') as fc.Arbitrary<
      DesiredProject['strategy']
    >,
    adopt: fc.boolean(),
  });
  return wishes.chain((drawn) => {
    const wish = only.strategy
      ? {
          ...drawn,
          replicas: Math.max(1, drawn.replicas),
          stopped: 1,
          ports: false,
          volume: false,
          restart: 'unless-stopped' as const,
          routed: true,
          proxy: only.strategy === 'shrinking' ? ('network' as const) : (drawn.proxy ?? ('network' as const)),
          strategy: only.strategy === 'shrinking' ? drawn.strategy : ('canary' as const),
        }
      : drawn;
    const desired = project({
      replicas: wish.replicas,
      state: wish.stopped === 0 ? 'stopped' : 'running',
      drainMs: wish.drainMs,
      strategy: wish.strategy,
      adopt: wish.adopt,
      canary: wish.strategy === 'canary' ? CANARY : [],
      route: wish.routed ? route() : null,
      spec: spec({
        health: wish.health,
        restart: { name: wish.restart, maxRetries: 0 },
        ports: wish.ports ? [{ target: 80, published: 8080, hostIp: '', protocol: 'tcp' }] : [],
        mounts: wish.volume ? [{ type: 'volume', source: 'data', target: '/data', readOnly: false }] : [],
        files: wish.files ? [{ target: '/f', content: 'x', mode: 0o444 }] : [],
      }),
    });
    const hash = specHash(
      wish.proxy === 'published' && wish.routed ? withPort(desired.spec) : desired.spec,
      {},
    );
    const stems = [hash, 'old0old0old0', 'bad0bad0bad0'].map((one) => `shop-prod-${one.slice(0, 6)}`);
    return fc
      .record({
        proxy: proxyOf(desired, { stems, port: 8080, replicas: wish.replicas, reach: wish.proxy }),
        company: fc.constantFrom(...COMPANY),
        containers: fc.array(someContainer(desired, hash), { maxLength: 6 }),
        imageHere: fc.boolean(),
        networkHere: fc.boolean(),
        volumeHere: fc.boolean(),
        probed: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        known: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        proven: fc.boolean(),
        quarantined: fc.integer({ min: 0, max: 5 }),
        applied: fc.constantFrom('none', 'other', 'wanted') as fc.Arbitrary<'none' | 'other' | 'wanted'>,
        kept: fc.subarray([hash, 'old0old0old0', 'bad0bad0bad0']),
        most: fc.integer({ min: 1, max: 3 }),
        held: fc.constantFrom('no', 'no', 'no', 'yes', 'lifted') as fc.Arbitrary<'no' | 'yes' | 'lifted'>,
      })
      .map((facts) => {
        const containers = unique(facts.containers);
        const used = containers.some(holds(NETWORK)) || facts.company === 'is there';
        const answers = new Map<string, Answer>([
          [`image:local:${desired.spec.image}`, imageAnswer(facts.imageHere)],
        ]);
        return {
          nowMs: 1_000,
          controller: 'default',
          desired,
          host: {
            host: 'local',
            reachable: true,
            containers: [...containers, neighbour(facts.company)],
            networks: facts.networkHere || used ? [OWN_NETWORK, PROXY_NETWORK_SEEN] : [PROXY_NETWORK_SEEN],
            volumes: facts.volumeHere ? [{ name: 'data', controller: null, workloadId: null }] : [],
          },
          mine: containers,
          answers,
          quarantine:
            facts.quarantined === 0
              ? [
                  {
                    unit: desired.unit,
                    specHash: hash,
                    digest: '',
                    release: '1',
                    reason: 'Unhealthy',
                    message: 'did not become healthy',
                    evidence: [],
                    atMs: 0,
                  },
                ]
              : [],
          memory: new Set<string>(),
          probes: new Map(
            containers.flatMap((container, index) =>
              facts.known[index] && container.state === 'running'
                ? [[container.id, { ok: facts.probed[index] === true, detail: '', atMs: 0 }]]
                : [],
            ),
          ),
          proven: new Set(facts.proven ? [hash] : []),
          lastApplied: {
            none: null,
            other: { desired, specHash: 'old0old0old0', digest: '', release: '0' },
            wanted: { desired, specHash: hash, digest: '', release: '1' },
          }[facts.applied],
          kept: { specHashes: facts.kept, most: facts.most },
          hold: someHold(facts.held, { desired, older: 'old0old0old0', wanted: hash }),
          pin: null,
          reach: 'network' as const,
          proxy: facts.proxy,
          members: membersWith(facts.company, desired),
        };
      });
  });
}

/** Who is on the unit's network beside it. */
const COMPANY = ['unknown', 'nobody', 'nobody', 'wanted', 'is there'] as const;
type Company = (typeof COMPANY)[number];

function membersWith(company: Company, { unit }: Desired): UnitWorld['members'] {
  if (company === 'unknown') return undefined;
  return new Map([[NETWORK, company === 'wanted' ? [unit, 'mail/prod'] : [unit]]]);
}

function neighbour(company: Company): ObservedContainer {
  const somebody = stranger();
  if (company !== 'is there') return somebody;
  const endpoint = { networkId: 'n', endpointId: 'es', ip: '10.0.0.9', aliases: ['somebody'] };
  return { ...somebody, networks: { [NETWORK]: endpoint } };
}

/** A person's rollback: in force, or set against a wish that has changed since. */
function someHold(
  held: 'no' | 'yes' | 'lifted',
  { desired, older, wanted }: { desired: Desired; older: string; wanted: string },
): Hold | null {
  if (held === 'no') return null;
  return {
    unit: desired.unit,
    number: 1,
    by: 'adm',
    atMs: 0,
    desired,
    specHash: older,
    digest: '',
    release: '0',
    wanted: { specHash: held === 'yes' ? wanted : 'wish-of-yesterday', digest: '', release: '1' },
  };
}

/** What a proxy that only knows ports needs of a container. */
function withPort(bare: ContainerSpec): ContainerSpec {
  const port = { target: 8080, published: null, hostIp: '127.0.0.1', protocol: 'tcp' as const };
  return { ...bare, ports: [...bare.ports, port] };
}

export function imageAnswer(here: boolean): Answer {
  const image = {
    id: 'sha256:1',
    repoDigests: [],
    hasHealthcheck: false,
    volumes: [],
    exposedPorts: [],
    sizeBytes: 1,
  };
  return { ok: true, type: 'image', image: here ? image : null };
}

export function stranger(name = 'somebody-else'): ObservedContainer {
  return {
    id: `stranger-${name}`,
    name,
    image: 'x',
    imageId: 'sha256:2',
    state: 'running',
    health: 'none',
    exitCode: null,
    upSeconds: 5,
    createdAtMs: 0,
    ports: [],
    networks: {},
    ours: null,
    compose: null,
  };
}

/** Names and ids are unique on an engine, also those of stopped containers. */
function unique(containers: readonly ObservedContainer[]): ObservedContainer[] {
  const names = new Set<string>();
  return containers.filter((container) => {
    if (names.has(container.name) || names.has(container.id)) return false;
    names.add(container.name).add(container.id);
    return true;
  });
}

export function site(change: Partial<DesiredSite> = {}): DesiredSite {
  const {
    image: _image,
    follow: _follow,
    spec: _spec,
    envFiles: _env,
    replicas: _replicas,
    strategy: _strategy,
    sharedVolumes: _shared,
    ...common
  } = project();
  return {
    ...common,
    unit: 'docs',
    workloadId: 'site.docs',
    kind: 'site',
    name: 'docs',
    role: '',
    content: { type: 'path', path: 'public' },
    build: null,
    root: '/src',
    spa: false,
    notFound: null,
    serving: { headers: [], immutable: [], redirects: [], cleanUrls: false, precompressed: false },
    image: 'nginx:1',
    drainMs: 1_000,
    ...change,
  };
}

export function stack(change: Partial<DesiredStack> = {}): DesiredStack {
  const {
    image: _image,
    follow: _follow,
    spec: _spec,
    envFiles: _env,
    replicas: _replicas,
    strategy: _strategy,
    sharedVolumes: _shared,
    drainMs: _drain,
    ...common
  } = project();
  return {
    ...common,
    unit: 'immich',
    workloadId: 'stack.immich',
    kind: 'stack',
    name: 'immich',
    role: '',
    project: 'immich',
    compose: ['immich/compose.yaml'],
    envFiles: [],
    environment: {},
    profiles: [],
    root: '/src',
    inPlace: true,
    services: {},
    ...change,
  };
}

function service(name: string, facts: Partial<StackService> = {}): StackService {
  return {
    specHash: `hash-${name}`,
    image: `example/${name}:1`,
    scale: 1,
    oneShot: false,
    hasHealthcheck: false,
    dependsOn: [],
    containerName: null,
    hostname: null,
    publishedPorts: [],
    pullPolicy: 'missing',
    stopGraceMs: 1_000,
    endpoints: { immich_default: { aliases: [], byCompose: false } },
    sideBySide: null,
    ports: [],
    ...facts,
  };
}

/** All that can be, or only those in which a service of side-by-side versions is routed by a name on the proxy's network. */
export function stackWorlds(only: { web?: 'by-name' } = {}): fc.Arbitrary<UnitWorld<DesiredStack>> {
  const web = {
    route: route('photos.example.com'),
    follow: null,
    sharedVolumes: false,
    drainMs: 2_000,
  };
  const routed = stack({ services: { web } });
  const services = fc.record({
    web: fc.record({
      scale: fc.integer({ min: 0, max: 2 }),
      dependsOn: fc.subarray(['db', 'migrate']),
      hasHealthcheck: fc.boolean(),
      sideBySide: fc.constantFrom(null, null, null, 'volume data has one writer'),
      ports: fc
        .constantFrom('chosen', 'chosen', 'fixed', 'none')
        .map((how): StackService['ports'] =>
          how === 'none' ? [] : [{ target: 8080, published: how === 'fixed' ? 8080 : null }],
        ),
    }),
    db: fc.record({ hasHealthcheck: fc.boolean(), dependsOn: fc.subarray(['migrate']) }),
    migrate: fc.record({ oneShot: fc.constant(true) }),
  });
  const container = fc.record({
    service: fc.constantFrom('web', 'web', 'web', 'db', 'migrate', 'gone'),
    hash: fc.constantFrom('right', 'right', 'other', 'other', 'bad'),
    joined: fc.constantFrom('no', 'bare', 'alias', 'unseen'),
    number: fc.integer({ min: 1, max: 3 }),
    state: fc.constantFrom(...STATES),
    health: fc.constantFrom('none', 'starting', 'healthy', 'unhealthy') as fc.Arbitrary<
      ObservedContainer['health']
    >,
    exitCode: fc.constantFrom(0, 1, 137),
    up: fc.integer({ min: 0, max: 9 }),
    leftover: fc.integer({ min: 0, max: 7 }),
    off: fc.constantFrom(null, null, null, null, 'immich_default', 'immich_front') as fc.Arbitrary<
      string | null
    >,
    behind: fc.integer({ min: 0, max: 2 }),
  });
  return fc
    .record({
      services,
      containers: fc.array(container, { maxLength: 6 }),
      images: fc.boolean(),
      networks: fc.constantFrom(0, 1, 2, 2, 2, 2),
      frontByCompose: fc.boolean(),
      webOn: fc.constantFrom('own', 'own', 'own', 'shared', 'none') as fc.Arbitrary<
        'own' | 'shared' | 'none'
      >,
      pending: fc.boolean(),
      stopped: fc.integer({ min: 0, max: 9 }),
      good: fc.constantFrom('none', 'same', 'other'),
      quarantined: fc.integer({ min: 0, max: 5 }),
      stoppedByUs: fc.boolean(),
      held: fc.constantFrom('no', 'no', 'no', 'yes', 'lifted') as fc.Arbitrary<'no' | 'yes' | 'lifted'>,
      adopt: fc.integer({ min: 0, max: 5 }),
      proxy: fc.constantFrom(null, 'network', 'network', 'published') as fc.Arbitrary<
        null | 'network' | 'published'
      >,
    })
    .map((facts) => {
      if (only.web === undefined) return facts;
      const web = { ...facts.services.web, scale: Math.max(1, facts.services.web.scale), sideBySide: null };
      const services = { ...facts.services, web };
      return {
        ...facts,
        services,
        proxy: 'network' as const,
        webOn: 'own' as const,
        networks: 2,
        stopped: 1,
      };
    })
    .chain((facts) => {
      const desired = { ...routed, adopt: facts.adopt === 0 };
      const stems = ['hash-w', 'other', 'bad'].map((hash) => `immich-web-${hash}`);
      const replicas = Math.max(1, facts.services.web.scale);
      const how = { stems: [...stems, 'immich-web'], port: 8080, replicas, reach: facts.proxy };
      return proxyOf(desired, how).map((proxy) => ({ facts, desired, proxy }));
    })
    .map(({ facts, desired, proxy }) => {
      const model: StackModel = {
        hash: 'generation-1',
        project: 'immich',
        projectDirectory: '/src/immich',
        services: {
          web: service('web', {
            ...facts.services.web,
            endpoints: webEndpoints(facts),
            ...(builtIn(facts) === 'none' ? {} : BUILT_SERVICE),
          }),
          db: service('db', { ...facts.services.db, ...(builtIn(facts) === 'both' ? BUILT_SERVICE : {}) }),
          migrate: service('migrate', facts.services.migrate),
        },
        externalNetworks: [],
        externalVolumes: [],
        pendingFiles: facts.pending ? 'files-1' : null,
        stoppedByUs: [],
        good: null,
        notices: [],
      };
      const older = {
        hash: 'generation-0',
        services: {
          web: service('web', { ...facts.services.web, specHash: 'other' }),
          db: service('db', { ...facts.services.db, specHash: 'other' }),
        },
      };
      model.good =
        facts.good === 'none'
          ? null
          : facts.good === 'same'
            ? { hash: model.hash, services: model.services }
            : older;
      const containers = unique(facts.containers.map((entry) => observedService(entry, desired)));
      if (facts.stoppedByUs) model.stoppedByUs = containers.map(({ id }) => id);
      const answers = new Map<string, Answer>([
        ['stack:desired:immich', { ok: true, type: 'stack', model }],
        ['stack:good:immich', { ok: true, type: 'stack', model: { ...model, pendingFiles: null } }],
        ...['example/web:1', 'example/db:1', 'example/migrate:1', BUILT_SERVICE.image].map(
          (image): [string, Answer] => [`image:local:${image}`, imageAnswer(facts.images)],
        ),
      ]);
      return {
        nowMs: 1_000,
        controller: 'default',
        desired: { ...desired, state: facts.stopped === 0 ? ('stopped' as const) : ('running' as const) },
        host: {
          host: 'local',
          reachable: true,
          containers: [...containers, stranger()],
          networks: [
            PROXY_NETWORK_SEEN,
            ...NETWORKS_OF_STACK.filter(
              ({ name }, index) => index < facts.networks || containers.some(holds(name)),
            ),
          ],
          volumes: [],
        },
        mine: containers,
        answers,
        quarantine:
          facts.quarantined === 0
            ? [
                {
                  unit: desired.unit,
                  specHash: model.hash,
                  digest: '',
                  release: '1',
                  reason: 'Unhealthy',
                  message: '',
                  evidence: [],
                  atMs: 0,
                },
              ]
            : [],
        memory: new Set<string>(),
        probes: new Map(),
        proven: new Set<string>(),
        lastApplied:
          facts.good === 'other' ? { desired, specHash: 'generation-0', digest: '', release: '0' } : null,
        kept: { specHashes: [], most: 5 },
        hold: someHold(facts.good === 'other' ? facts.held : 'no', {
          desired,
          older: 'generation-0',
          wanted: model.hash,
        }),
        pin: null,
        reach: 'network' as const,
        proxy,
      };
    });
}

const BUILT_SERVICE = {
  image: 'tinyforge/immich-web:0123456789ab',
  build: { service: 'web', from: './web', files: 3 },
};

/** Of which services the image is made here; with `both` it is one and the same. Told by what is drawn already. */
function builtIn({ containers, pending }: { containers: readonly { up: number }[]; pending: boolean }) {
  const up = containers.reduce((sum, entry) => sum + entry.up, pending ? 1 : 0);
  return (['none', 'web', 'none', 'both'] as const)[up % 4];
}

interface StackContainerFacts {
  service: string;
  hash: string;
  joined: string;
  number: number;
  state: (typeof STATES)[number];
  health: ObservedContainer['health'];
  exitCode: number;
  up: number;
  leftover: number;
  /** Taken off this one by hand. */
  off: string | null;
  /** 0: bound to networks that were removed and made again. */
  behind: number;
}

const NETWORKS_OF_STACK = ['immich_default', 'immich_front'].map((name) => ({
  id: `id-of-${name}`,
  name,
  controller: 'default',
  workloadId: 'stack.immich',
  composeProject: 'immich',
  gateway: null,
}));

function webEndpoints({
  frontByCompose: byCompose,
  webOn,
}: {
  frontByCompose: boolean;
  webOn: 'own' | 'shared' | 'none';
}): StackService['endpoints'] {
  if (webOn === 'none') return {};
  return {
    immich_default: { aliases: [], byCompose: false },
    immich_front: { aliases: ['front'], byCompose },
    ...(webOn === 'shared' ? { [PROXY_NETWORK]: { aliases: [], byCompose: false } } : {}),
  };
}

const holds =
  (network: string) =>
  ({ state, networks }: ObservedContainer): boolean =>
    (state === 'running' || state === 'restarting') && networks[network] !== undefined;

/** Only of what does not run can the network be gone. */
function endpointsOf({
  service: name,
  state,
  off,
  behind,
}: StackContainerFacts): ObservedContainer['networks'] {
  const names = name === 'web' ? ['immich_default', 'immich_front'] : ['immich_default'];
  const isUp = state === 'running' || state === 'restarting';
  return Object.fromEntries(
    names
      .filter((network) => network !== off)
      .map((network) => [
        network,
        {
          endpointId: isUp ? `e-${name}-${network}` : '',
          networkId: state === 'created' ? '' : !isUp && behind === 0 ? 'gone' : `id-of-${network}`,
          ip: '',
          aliases: null,
        },
      ]),
  );
}

function observedService(facts: StackContainerFacts, desired: DesiredStack): ObservedContainer {
  const running = facts.state === 'running' || facts.state === 'restarting';
  const leftover = facts.leftover === 0 && facts.state === 'created';
  const name = `immich-${facts.service}-${facts.number}`;
  const specHash = facts.hash === 'right' ? `hash-${facts.service}` : facts.hash;
  return {
    ...stranger(leftover ? `0123456789ab_${name}` : name),
    id: `id-${name}-${facts.hash}-${leftover}`,
    state: facts.state,
    health: running ? facts.health : 'none',
    exitCode: running || facts.state === 'created' ? null : facts.exitCode,
    upSeconds: running ? facts.up : null,
    networks: {
      ...endpointsOf(facts),
      ...(facts.joined === 'no'
        ? {}
        : {
            [PROXY_NETWORK]: {
              endpointId: `e-${name}`,
              networkId: PROXY_NETWORK_SEEN.id,
              ip: '',
              aliases: {
                bare: [],
                alias: [`immich-${facts.service}-${specHash.slice(0, 6)}`],
                unseen: null,
              }[facts.joined as 'bare'],
            },
          }),
    },
    ours: {
      controller: 'default',
      unit: desired.unit,
      workloadId: desired.workloadId,
      kind: 'stack',
      role: facts.service,
      replica: facts.number,
      specHash,
      imageDigest: '',
      release: '1',
    },
    compose: {
      project: 'immich',
      service: facts.service,
      number: facts.number,
      oneOff: false,
      workingDir: '/src/immich',
      configFiles: '',
      replaces: leftover ? 'abc' : null,
    },
  };
}

/** What a killed process left. */
function builder(): ObservedContainer {
  return {
    ...stranger(),
    id: 'f'.repeat(64),
    name: `docs-build-${BUILT.slice(0, 6)}`,
    networks: {},
    ours: {
      controller: 'default',
      unit: 'docs',
      workloadId: 'site.docs',
      kind: 'site',
      role: 'build',
      replica: 1,
      specHash: BUILT,
      imageDigest: '',
      release: 'a1b2c3d',
    },
  };
}

const BUILD: SiteBuild = {
  image: 'node:1',
  command: ['make'],
  output: 'dist',
  cache: [],
  memoryBytes: 1e9,
  diskBytes: 1e10,
  timeoutMs: 60_000,
  network: 'bridge',
};
const { image, command, output, cache, network } = BUILD;
/** What names the files that are made of `tree-1`. */
export const BUILT = shortHash({ hash: 'tree-1', image, command, output, cache, network });

const ARCHIVE: ArchiveContent = {
  type: 'archive',
  url: 'https://example.com/docs.tar.gz',
  sha256: 'a'.repeat(64),
  path: '',
};

export function siteWorlds(): fc.Arbitrary<UnitWorld<DesiredSite>> {
  return fc
    .tuple(projectWorlds(), fc.constantFrom('path', 'here', 'elsewhere', 'built', 'unbuilt', 'cut short'))
    .map(([world, files]) => {
      const desired = site({
        route: world.desired.route && route('docs.example.com', null),
        ...(files === 'here' || files === 'elsewhere' ? { content: ARCHIVE } : {}),
        ...(/built|cut/.test(files) ? { build: BUILD } : {}),
      });
      const serving = world.mine.map((container) => ({
        ...container,
        networks: Object.fromEntries(
          Object.entries(container.networks).map(([name, endpoint]) =>
            name === NETWORK
              ? ['docs', { ...endpoint, aliases: endpoint.aliases?.length ? ['docs'] : [] }]
              : [name, endpoint],
          ),
        ),
        ours: container.ours && {
          ...container.ours,
          unit: 'docs',
          workloadId: 'site.docs',
          kind: 'site',
          role: '',
        },
      }));
      const mine = files === 'cut short' ? [...serving, builder()] : serving;
      return {
        ...world,
        desired,
        mine,
        proxy: world.proxy && {
          ...world.proxy,
          routes: routeWishes(desired).flatMap(
            (wish) => world.proxy?.routes.map((view) => ({ ...view, wish })) ?? [],
          ),
        },
        host: {
          ...world.host,
          containers: [...mine, stranger()],
          networks: world.host.networks.map((network) => ({
            ...network,
            name: network.name === NETWORK ? 'docs' : network.name,
          })),
        },
        answers: new Map<string, Answer>([
          [
            'tree:home:a1b2c3d4:public',
            { ok: true, type: 'tree', hash: 'tree-1', files: 1, bytes: 1, directory: '/src/public' },
          ],
          [
            builtKey(BUILT),
            { ok: true, type: 'content', here: files === 'built', directory: '/contents/built' },
          ],
          [
            contentKey(ARCHIVE),
            { ok: true, type: 'content', here: files === 'here', directory: '/contents/a' },
          ],
          ['image:local:nginx:1', world.answers.get('image:local:example/shop:1') ?? imageAnswer(true)],
        ]),
        quarantine: [],
        lastApplied: null,
        hold: null,
      };
    });
}
