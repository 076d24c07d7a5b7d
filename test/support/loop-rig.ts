// The whole loop over a fake engine: manifests as texts in, containers and outcomes out.
import { Readable } from 'node:stream';
import type { OwnMount } from '../../src/core/host-path.ts';
import type { EngineDeps } from '../../src/engine/deps.ts';
import { createLoop, type Loop } from '../../src/engine/loop.ts';
import type { StackResolver } from '../../src/engine/stack/create-stack-resolver.ts';
import { readers } from '../../src/kinds/readers.ts';
import { planners } from '../../src/kinds/registry.ts';
import type { ProxyConfig } from '../../src/model/config.ts';
import type { RollbackAnswer } from '../../src/model/revision.ts';
import type { UnitStatus } from '../../src/model/status.ts';
import type { ComposeRunner } from '../../src/ports/compose-runner.ts';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import type { Control } from '../../src/ports/control.ts';
import type { Measures } from '../../src/ports/measures.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import type { Source } from '../../src/ports/source.ts';
import type { Store } from '../../src/ports/store.ts';
import type { FakeProxy } from './fake-proxy.ts';
import { createFakeEngine, type FakeEngine } from './fake-runtime.ts';
import { createFakeStore } from './fake-store.ts';
import { createHurryClock, type HurryClock } from './hurry-clock.ts';
import { createMemoryControl } from './memory-control.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';
import { PROXY } from './sample-routes.ts';

export interface LoopRig {
  engine: FakeEngine;
  readonly store: Store;
  /** The process ends and the database is deleted. */
  loseIndex(): void;
  control: Control;
  clock: HurryClock;
  log: MemoryLog;
  /** File name → text: the manifests. Changing it is a new revision. */
  files: Map<string, string>;
  /** The same of a second source, which stands before the first one in the configuration; empty at first. */
  guests: Map<string, string>;
  /** Secrets by name. */
  secrets: Map<string, string>;
  /** What the registry says: image → digest. */
  digests: Map<string, string>;
  /** A loop over all of the above; a second one stands for a restarted process. */
  boot(): Loop;
  /** What a loop is made from. */
  deps(): EngineDeps;
  /** Other settings of the proxy, from the next boot on. */
  useProxy(config: ProxyConfig): void;
  /** Where Tinyforge itself listens, from the next boot on. */
  useListen(listen: { host: string; port: number }): void;
  /** The loop that was booted last; boots one if need be. */
  loop(): Loop;
  /** Boots a loop that dies for good at its n-th write, before or after the write took hold; resolves when it is dead. */
  dieAt(write: number, moment: 'before' | 'after'): Promise<'died' | 'finished'>;
  /** Boots a loop that dies for good when it is told to: from then on it learns nothing and asks nobody. */
  mortal(): { kill(): void; ended: Promise<'died' | 'finished'> };
  /** Boots if need be, and passes until everything is at rest. */
  settle(options?: { prune?: 'given' | 'none' }): Promise<void>;
  /** Rolls back as a person would, and passes until everything is at rest. */
  rollBack(unit: string, to?: number): Promise<RollbackAnswer>;
  status(unit: string): UnitStatus;
  /** `name state` of each container, sorted. */
  containers(): string[];
}

export interface LoopRigOptions {
  /** How many versions are kept. */
  revisions?: number;
  /** What is in front of it, on the network `proxy`. */
  proxy?: FakeProxy | null;
  /** Who is asked about canaries. */
  measures?: Measures | null;
  /** In its place: opened anew for each loop, as for each process. */
  openProxy?: (() => ProxyProvider) | null;
  proxyConfig?: ProxyConfig;
  /** Where it runs in a container: what that has of the machine. */
  ownMounts?: () => readonly OwnMount[] | null;
  /**
   * Who makes stacks of the files below `root`, which is the folder of the source `home`; without it there are none.
   * `checkout` is that of the second source, which is a git repository then.
   */
  stacks?: {
    root: string;
    checkout?: string;
    open: () => StackResolver;
    compose: ComposeRunner;
  } | null;
  /** Told each write to the engine or the proxy when it is over, whatever came of it. */
  onWrite?: (what: string) => void;
}

export function createLoopRig({
  revisions = 5,
  proxy = null,
  measures = null,
  openProxy = proxy === null ? null : () => proxy,
  proxyConfig: firstConfig = PROXY,
  ownMounts = () => null,
  stacks = null,
  onWrite = () => {},
}: LoopRigOptions = {}): LoopRig {
  const clock = createHurryClock();
  const engine = createFakeEngine({ nowMs: clock.nowMs });
  let store = createFakeStore();
  const control = createMemoryControl();
  const log = createMemoryLog();
  const files = new Map<string, string>();
  const guests = new Map<string, string>();
  const secrets = new Map<string, string>();
  const digests = new Map<string, string>();
  let proxyConfig = firstConfig;
  let listen = { host: '127.0.0.1', port: 0 };
  let loop: Loop | null = null;

  function deps(life: Life = newLife({})): EngineDeps {
    const runtime: ContainerRuntime = living(engine.runtime(), { writes: WRITES, life, onWrite });
    return {
      config: {
        data: '/nowhere',
        listen,
        hosts: [],
        controller: 'default',
        sources: ['guest', 'home'].map((name) => ({
          type: 'directory' as const,
          ...{ name, directory: '/nowhere', writeBack: 'commit' as const, variables: {} },
        })),
        engines: { local: { socket: '/nowhere' } },
        tokens: [],
        webhooks: [],
        prometheus: measures === null ? null : { url: 'http://prometheus:9090', token: null },
        proxy: openProxy === null ? null : proxyConfig,
        secrets: { files: null },
        concurrency: 4,
        resyncMs: 30_000,
        site: { image: 'nginx:1' },
        keep: { revisions, diskBytes: 5 * 1024 ** 3 },
        logLevel: 'info',
      },
      sources: [
        memorySource('guest', guests, {
          root: stacks?.checkout,
          type: stacks?.checkout === undefined ? 'directory' : 'git',
        }),
        memorySource('home', files, { root: stacks?.root }),
      ],
      runtimes: new Map([['local', runtime]]),
      readers,
      planners,
      stacks: stacks === null ? NO_STACKS : stacks.open(),
      compose: () =>
        stacks === null ? NO_COMPOSE : living(stacks.compose, { writes: COMPOSE_WRITES, life, onWrite }),
      tree: {
        readText: ({ path }) =>
          Promise.resolve({ text: files.get(path) ?? '', stamp: files.get(path) ?? '' }),
        stamp: ({ path }) => Promise.resolve(files.get(path) ?? null),
        readBytes: () => Promise.reject(new Error('no bytes in this rig')),
        look: () => Promise.reject(new Error('no trees in this rig')),
        list: () => Promise.resolve([]),
        open: () => Promise.reject(new Error('no trees in this rig')),
      },
      repositories: {
        read: () => Promise.reject(new Error('no repositories in this rig')),
        watch: () => () => Promise.resolve(),
        refresh: () => Promise.resolve(),
        configs: () => [],
      },
      contents: {
        lookBuilt: (id) => Promise.resolve({ here: false, directory: `/nowhere/${id}` }),
        keepBuilt: () => Promise.reject(new Error('no builds in this rig')),
        look: ({ path }) => Promise.resolve({ here: false, directory: `/nowhere/${path}` }),
        fetch: () => Promise.reject(new Error('no archives in this rig')),
      },
      archiver: { pack: () => emptyTar(), packContext: () => emptyTar() },
      store,
      control,
      secrets: {
        get: (name) => secrets.get(name) ?? null,
        names: () => [...secrets.keys()],
        redact: (text) => text,
      },
      proxy: openProxy === null ? null : living(openProxy(), { writes: PROXY_WRITES, life, onWrite }),
      registry: {
        resolveDigest: (image) => {
          const digest = digests.get(image);
          return digest === undefined
            ? Promise.reject(new Error(`no digest of ${image}`))
            : Promise.resolve(digest);
        },
      },
      measures,
      prober: engine.prober(),
      clock,
      log,
      metrics: {
        passEnded: () => {},
        actionEnded: () => {},
        deployEnded: () => {},
        webhook: () => {},
        observe: () => {},
        render: () => Promise.resolve({ contentType: 'text/plain', body: '' }),
      },
      reach: () => 'network',
      ownMounts,
      version: 'test',
    };
  }

  return {
    engine,
    get store() {
      return store;
    },
    loseIndex() {
      store = createFakeStore();
      loop = null;
    },
    control,
    clock,
    log,
    files,
    guests,
    secrets,
    digests,
    boot() {
      loop = createLoop(deps());
      return loop;
    },
    deps: () => deps(),
    useProxy(config) {
      proxyConfig = config;
      loop = null;
    },
    useListen(at) {
      listen = at;
      loop = null;
    },
    loop: () => (loop ??= createLoop(deps())),
    async dieAt(write, moment) {
      const { promise: died, resolve } = Promise.withResolvers<'died'>();
      loop = createLoop(deps(newLife({ write, moment, die: () => resolve('died') })));
      const finished = loop
        .settle({ prune: 'none', units: [], signal: new AbortController().signal })
        .then((): 'finished' => 'finished');
      const end = await Promise.race([died, finished]);
      loop = null;
      return end;
    },
    mortal() {
      const { promise: died, resolve } = Promise.withResolvers<'died'>();
      const life = newLife({ die: () => resolve('died') });
      const finished = createLoop(deps(life))
        .settle({ prune: 'none', units: [], signal: new AbortController().signal })
        .then((): 'finished' => 'finished');
      loop = null;
      return {
        kill() {
          life.write = 0;
          life.end.abort();
          life.die();
        },
        ended: Promise.race([died, finished]),
      };
    },
    async settle({ prune = 'none' } = {}) {
      loop ??= createLoop(deps());
      await loop.settle({ prune, units: [], signal: new AbortController().signal });
    },
    async rollBack(unit, to) {
      loop ??= createLoop(deps());
      const answer = await loop.rollBack({ unit, to: to ?? null, by: 'adm' });
      await loop.settle({ prune: 'none', units: [], signal: new AbortController().signal });
      return answer;
    },
    status(unit) {
      const found = loop?.overview().units.find((entry) => entry.unit === unit);
      if (found === undefined) throw new Error(`no status of ${unit}`);
      return found;
    },
    containers: () =>
      [...engine.state.containers.values()].map((container) => `${container.name} ${container.state}`).sort(),
  };
}

const WRITES = new Set<string>([
  'pullImage',
  'removeImage',
  'createContainer',
  'putArchive',
  'startContainer',
  'stopContainer',
  'renameContainer',
  'removeContainer',
  'ensureNetwork',
  'removeNetwork',
  'ensureVolume',
  'connectNetwork',
  'disconnectNetwork',
]);

const PROXY_WRITES = new Set<string>(['put', 'remove']);

const COMPOSE_WRITES = new Set<string>(['up']);

const NO_STACKS: StackResolver = {
  resolve: () => Promise.reject(new Error('no stacks in this rig')),
  leftBehind: () => Promise.resolve([]),
  good: () => Promise.resolve(null),
  render: () => Promise.reject(new Error('no stacks in this rig')),
  materialise: () => Promise.resolve(),
  markGood: () => Promise.resolve(true),
  keepGood: () => Promise.resolve(),
  forget: () => Promise.resolve(),
  adopt: async () => {},
  image: async () => null,
  built: { all: async () => [], add: async () => {}, drop: async () => {} },
  willStop: async () => {},
  noLongerStopped: async () => {},
  referenced: () => [],
};

const NO_COMPOSE: ComposeRunner = {
  version: () => Promise.resolve('2.26.1'),
  config: () => Promise.reject(new Error('no stacks in this rig')),
  hashes: () => Promise.reject(new Error('no stacks in this rig')),
  up: () => Promise.reject(new Error('no stacks in this rig')),
};

/** What a proxy tells without being asked over a wire. */
const PURE = new Set<string>(['compare', 'refuses', 'idOf', 'close']);

/** Ends at its n-th write, to the engine, by Compose, or to the proxy. */
interface Life {
  write: number;
  moment: 'before' | 'after';
  die(): void;
  writes: number;
  /** Cuts what is on its way over a wire when it dies. */
  end: AbortController;
}

function newLife(facts: Partial<Life>): Life {
  return {
    write: Number.POSITIVE_INFINITY,
    moment: 'after',
    die: () => {},
    writes: 0,
    end: new AbortController(),
    ...facts,
  };
}

/** From the end of its life on nothing is ever answered: what a killed process would never have learnt. */
function living<T extends object>(
  subject: T,
  { writes, life, onWrite }: { writes: ReadonlySet<string>; life: Life; onWrite: (what: string) => void },
): T {
  const forever = new Promise<never>(() => {});
  return new Proxy(subject, {
    get(target, property) {
      const member = Reflect.get(target, property) as unknown;
      const name = String(property);
      if (typeof member !== 'function' || PURE.has(name)) return member;
      return (...given: unknown[]): unknown => {
        if (life.writes >= life.write) return forever;
        const cut = given.map((one) => endingWith(one, life.end.signal));
        const act = (): unknown => Reflect.apply(member, target, cut);
        const unlessDead = (result: Promise<unknown>): Promise<unknown> =>
          result.finally(() => (life.write === 0 ? forever : undefined));
        if (!writes.has(name)) {
          const result = act();
          return result instanceof Promise ? unlessDead(result) : result;
        }
        life.writes++;
        const done = (): Promise<unknown> => Promise.resolve(act()).finally(() => onWrite(name));
        if (life.writes < life.write) return unlessDead(done());
        if (life.moment === 'before') life.die();
        else void done().then(life.die, life.die);
        return forever;
      };
    },
  });
}

/** Signals among what is given to a call, by themselves or among its options. */
function endingWith(given: unknown, end: AbortSignal): unknown {
  if (given instanceof AbortSignal) return AbortSignal.any([given, end]);
  if (typeof given !== 'object' || given === null || !('signal' in given)) return given;
  return given.signal instanceof AbortSignal
    ? { ...given, signal: AbortSignal.any([given.signal, end]) }
    : given;
}

function memorySource(
  name: string,
  files: ReadonlyMap<string, string>,
  { root = '/nowhere', type = 'directory' }: { root?: string | undefined; type?: 'directory' | 'git' },
): Source {
  let known = new Map<string, { path: string; stamp: string; text: string; refused: null }>();
  return {
    name,
    type,
    address: '/nowhere',
    ref: null,
    read() {
      const next = new Map<string, { path: string; stamp: string; text: string; refused: null }>();
      for (const [path, text] of [...files].sort()) {
        const before = known.get(path);
        next.set(path, before?.stamp === text ? before : { path, stamp: text, text, refused: null });
      }
      known = next;
      const snapshot = {
        source: name,
        type,
        revision: type === 'git' ? 'c0ffee' : null,
        root,
        files: [...next.values()],
        commit: null,
      };
      return Promise.resolve({ snapshot, problem: null, fetchedMs: 0 });
    },
    refresh: () => Promise.resolve(),
    watch: () => () => Promise.resolve(),
    setReferenced: () => {},
  };
}

function emptyTar(): NodeJS.ReadableStream {
  return Readable.from([Buffer.alloc(1024)]);
}
