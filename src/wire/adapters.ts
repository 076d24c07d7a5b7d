// Picks the technology behind each port for one configuration.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createContents } from '../adapters/archive/contents.ts';
import { createTarArchiver } from '../adapters/archive/tar-archiver.ts';
import { createSystemClock } from '../adapters/clock/system-clock.ts';
import { createComposeRunner } from '../adapters/compose-cli/create-compose-runner.ts';
import { findComposePlugin } from '../adapters/compose-cli/find-plugin.ts';
import { openControl } from '../adapters/control-files/open-control.ts';
import { createDirectorySource } from '../adapters/directory/directory-source.ts';
import { createDirectoryWriteBack } from '../adapters/directory/write-back.ts';
import { findReach, type Reach } from '../adapters/docker/reach.ts';
import { createDockerRuntime } from '../adapters/docker/runtime.ts';
import { createGitSource } from '../adapters/git/git-source.ts';
import { createGitWriteBack } from '../adapters/git/write-back.ts';
import { createProber } from '../adapters/prober/prober.ts';
import { createPrometheus } from '../adapters/prometheus/create-prometheus.ts';
import { createRegistry } from '../adapters/registry/create-registry.ts';
import { isPrivateAddress } from '../adapters/registry/private-address.ts';
import { openStore } from '../adapters/sqlite/open-store.ts';
import { openFolder } from '../adapters/tree/create-folder.ts';
import { createTree } from '../adapters/tree/create-tree.ts';
import { shortHash } from '../core/canonical.ts';
import type { OwnMount } from '../core/host-path.ts';
import type { EngineDeps } from '../engine/deps.ts';
import { type AdoptedContainers, createAdoptedContainers } from '../engine/stack/adopted.ts';
import { withAdopted } from '../engine/stack/adopted-runtime.ts';
import { createStackResolver } from '../engine/stack/create-stack-resolver.ts';
import { readers } from '../kinds/readers.ts';
import { planners } from '../kinds/registry.ts';
import type { Config } from '../model/config.ts';
import type { ComposeRunner } from '../ports/compose-runner.ts';
import type { ContainerRuntime } from '../ports/container-runtime.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Source } from '../ports/source.ts';
import type { Store } from '../ports/store.ts';
import type { WriteBack } from '../ports/write-back.ts';
import { openLog } from './open-log.ts';
import { openProxy } from './open-proxy.ts';
import { openRepositories } from './open-repositories.ts';
import { openSecrets } from './open-secrets.ts';
import { createOwnPlace } from './own-place.ts';
import type { Surroundings } from './surroundings.ts';
import { VERSION } from './version.ts';

export interface Adapters extends Omit<EngineDeps, 'reach'> {
  /** By source. */
  writeBacks: ReadonlyMap<string, WriteBack>;
  reaches: Map<string, Reach>;
  /** What our own container has of the engine's machine; null where we run outside of any. */
  ownMounts: () => readonly OwnMount[] | null;
  reach: EngineDeps['reach'];
  /** Asks each engine where its containers can be reached; engines that are away are asked again later. */
  findReaches(): Promise<void>;
  close(): void;
}

/** Opens the data directory and makes every adapter; nothing outside is asked yet. */
export async function openAdapters(
  config: Config,
  surroundings: Surroundings,
  { store, metrics }: { store: Store; metrics: Metrics },
): Promise<Adapters> {
  const { env } = surroundings;
  const clock = createSystemClock();
  const secrets = openSecrets(config, env);
  const redact = (text: string): string => secrets.redact(text);
  const log = await openLog(config, surroundings, { secrets, nowMs: clock.nowMs });
  const control = openControl({ directory: join(config.data, 'control') });
  const runDirectory = runDirectoryOf(config);
  const runners = openComposeRunners(config, { env, runDirectory, redact });
  const tree = createTree();
  const anyRunner = [...runners.values()][0] as ComposeRunner;
  const adopted = openAdopted(config);
  const runtimes = openRuntimes(config, { log, adopted });
  const place = createOwnPlace();
  const stacks = createStackResolver(
    {
      tree,
      openFolder,
      compose: anyRunner,
      control,
      store,
      secrets,
      clock,
      dataDirectory: config.data,
      runDirectory,
      controller: config.controller,
      ownMounts: () => place.mounts,
    },
    adopted,
  );
  const reaches = new Map<string, Reach>();
  const proxy = openProxy(config, {
    secrets,
    clock,
    log,
    sign: (text) => control.fingerprint('proxy', text),
  });
  return {
    config,
    sources: openSources(config, { secrets, clock, log }),
    writeBacks: openWriteBacks(config, { secrets, clock, tree }),
    runtimes,
    readers,
    planners,
    stacks,
    compose: (host) => runners.get(host) ?? anyRunner,
    tree,
    archiver: createTarArchiver({ tree }),
    repositories: openRepositories(config, { secrets, clock, log }),
    contents: createContents({ dataDirectory: config.data, isPrivate: isPrivateAddress, clock }),
    store,
    control,
    secrets,
    registry: createRegistry({ clock }),
    proxy,
    measures: config.prometheus === null ? null : createPrometheus({ ...config.prometheus, secrets }),
    prober: createProber(),
    clock,
    log,
    metrics,
    version: VERSION,
    reaches,
    ownMounts: () => place.mounts,
    reach: (host) => reaches.get(host)?.reach ?? 'network',
    async findReaches() {
      for (const [host, runtime] of runtimes) {
        const info = await runtime.info().catch(() => null);
        if (info === null) continue;
        const inContainer = (await place.find(runtime)) === 'own network';
        reaches.set(host, await findReach({ host, gateway: info.bridgeGateway, inContainer }));
      }
    },
    close() {
      for (const runtime of runtimes.values()) runtime.close();
      proxy?.close();
    },
  };
}

export function openIndex(config: Config, options: { readOnly: boolean }): Store {
  return openStore({ file: join(config.data, 'index.db'), readOnly: options.readOnly });
}

export function openRuntimes(
  config: Config,
  { log, adopted = openAdopted(config) }: { log?: Log; adopted?: AdoptedContainers } = {},
): Map<string, ContainerRuntime> {
  const { controller, formerly } = config;
  return new Map(
    Object.entries(config.engines).map(([host, { socket }]) => {
      const runtime = createDockerRuntime({ host, socketPath: socket, controller, formerly, log });
      return [host, withAdopted(runtime, adopted)];
    }),
  );
}

function openAdopted({ data, controller }: Config): AdoptedContainers {
  return createAdoptedContainers({ tree: createTree(), openFolder, dataDirectory: data, controller });
}

function openComposeRunners(
  config: Config,
  {
    env,
    runDirectory,
    redact,
  }: { env: Surroundings['env']; runDirectory: string; redact: (text: string) => string },
): Map<string, ComposeRunner> {
  const plugin = findComposePlugin(env);
  return new Map(
    Object.entries(config.engines).map(([host, { socket }]) => [
      host,
      createComposeRunner({
        plugin,
        engine: `unix://${socket}`,
        runDirectory: join(runDirectory, host),
        redact,
      }),
    ]),
  );
}

function openSources(config: Config, deps: Pick<EngineDeps, 'secrets' | 'clock' | 'log'>): Source[] {
  const { secrets, clock, log } = deps;
  return config.sources.map((source) =>
    source.type === 'git'
      ? createGitSource({ config: source, dataDirectory: config.data, secrets, clock, log })
      : createDirectorySource({ config: source, clock, log }),
  );
}

function openWriteBacks(
  config: Config,
  { secrets, clock, tree }: Pick<EngineDeps, 'secrets' | 'clock' | 'tree'>,
): Map<string, WriteBack> {
  const opened = config.sources.map((source) =>
    source.type === 'git'
      ? createGitWriteBack({ config: source, dataDirectory: config.data, secrets, clock })
      : createDirectoryWriteBack({ config: source, tree, openFolder }),
  );
  return new Map(opened.map((writeBack) => [writeBack.source, writeBack]));
}

/** In memory where the machine offers that: resolved files hold values of secrets. */
function runDirectoryOf(config: Config): string {
  // Two controllers of one name may share a machine with data directories of their own.
  const name = `tinyforge-${config.controller}-${shortHash(config.data).slice(0, 8)}`;
  const parent = ['/run', process.env.XDG_RUNTIME_DIR ?? '', '/dev/shm'].find(
    (path) => path !== '' && isWritable(path),
  );
  const directory = parent === undefined ? join(config.data, 'run') : join(parent, name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
