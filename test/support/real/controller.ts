// The whole product on the real engine, in this process: a directory of manifests in, what runs out.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { programPath } from '../../../scripts/real-parts/paths.ts';
import { shortHash } from '../../../src/core/canonical.ts';
import type { Config, ProxyConfig, SourceConfig } from '../../../src/model/config.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { Overview, UnitStatus } from '../../../src/model/status.ts';
import type { Pass, PassWish } from '../../../src/ports/session.ts';
import { openPass } from '../../../src/wire/open-pass.ts';
import { removeFromEngine } from './clean-up.ts';
import { sharedEngine, type TestEngine, uniqueName } from './engine.ts';
import { testImages } from './images.ts';
import { makePlace } from './place.ts';

export interface Seen {
  id: string;
  name: string;
  image: string;
  state: string;
  status: string;
  labels: Record<string, string>;
  /** By their names. */
  networks: string[];
}

export interface RealController extends AsyncDisposable {
  engine: TestEngine;
  config: Config;
  /** Unique to this test; names of workloads begin with it. */
  name: string;
  /** Folder of manifests. */
  directory: string;
  write(file: string, text: string): Promise<void>;
  remove(file: string): Promise<void>;
  /** One `tinyforge apply` with its own process state: opens, settles, closes. */
  apply(options?: { prune?: boolean; units?: string[] }): Promise<Overview>;
  plan(options?: { prune?: boolean }): Promise<Plan>;
  status(overview: Overview, unit: string): UnitStatus;
  /** Opens for longer: `serve`, or several applies in one process. */
  open(options: PassWish): Promise<Pass>;
  /** Our containers, sorted by name. */
  containers(): Promise<Seen[]>;
  /** Without those that stand by, stopped, to roll back to. */
  live(): Promise<Seen[]>;
  /** Every container whose name begins with this test's name, ours or not. */
  all(): Promise<Seen[]>;
  docker(method: string, path: string, body?: unknown): Promise<unknown>;
  log: string[];
}

/** `sources` replaces the directory source; paths are below the place of this test. */
export async function realController(
  options: {
    engine?: TestEngine;
    controller?: string;
    sources?: SourceConfig[];
    env?: Record<string, string>;
    proxy?: ProxyConfig;
    prometheus?: Config['prometheus'];
    /** Files that hold secrets, by name. */
    secrets?: Readonly<Record<string, string>>;
  } = {},
): Promise<RealController> {
  const engine = options.engine ?? sharedEngine();
  const name = uniqueName('tf');
  const place = await makePlace('controller');
  const directory = place.at('manifests');
  await mkdir(directory, { recursive: true });
  await mkdir(place.at('secrets'), { recursive: true });
  for (const [secret, value] of Object.entries(options.secrets ?? {}))
    await writeFile(place.at('secrets', secret), value, { mode: 0o600 });
  const log: string[] = [];
  const config: Config = {
    data: place.at('data'),
    listen: { host: '127.0.0.1', port: 0 },
    hosts: [],
    controller: options.controller ?? name,
    sources: options.sources ?? [
      {
        type: 'directory',
        name: 'home',
        directory,
        writeBack: 'commit',
        variables: { NAME: name, ...testImages },
      },
    ],
    engines: { local: { socket: engine.socketPath } },
    tokens: [],
    webhooks: [],
    proxy: options.proxy ?? null,
    prometheus: options.prometheus ?? null,
    secrets: { files: place.at('secrets') },
    concurrency: 4,
    resyncMs: 30_000,
    site: { image: testImages.site },
    keep: { revisions: 5, diskBytes: 5 * 1024 ** 3 },
    logLevel: 'info',
  };
  const surroundings = {
    env: { ...process.env, TINYFORGE_COMPOSE: await programPath('docker-compose'), ...options.env },
    writeLog: (line: string) => void log.push(line),
    logFormat: 'plain' as const,
  };
  const open = (how: PassWish): Promise<Pass> => openPass(config, surroundings, how);
  const list = async (filters: Record<string, string[]>): Promise<Seen[]> => {
    const query = encodeURIComponent(JSON.stringify(filters));
    const found = (await engine.ask({ method: 'GET', path: `/containers/json?all=1&filters=${query}` })) as {
      Id: string;
      Names: string[];
      Image: string;
      State: string;
      Status: string;
      Labels: Record<string, string>;
      NetworkSettings: { Networks: Record<string, unknown> };
    }[];
    return found
      .map((entry) => ({
        id: entry.Id,
        name: (entry.Names[0] ?? '').slice(1),
        image: entry.Image,
        state: entry.State,
        status: entry.Status,
        labels: entry.Labels,
        networks: Object.keys(entry.NetworkSettings.Networks),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  const containers = (): Promise<Seen[]> => list({ label: [`tinyforge.controller=${config.controller}`] });
  return {
    engine,
    config,
    name,
    directory,
    async write(file, text) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), text);
    },
    remove: (file) => rm(join(directory, file), { recursive: true }),
    async apply({ prune = false, units = [] } = {}) {
      const pass = await open({ write: true });
      try {
        return await pass.apply({ prune, units, signal: AbortSignal.timeout(120_000), onChange: () => {} });
      } finally {
        await pass.close();
      }
    },
    async plan({ prune = false } = {}) {
      const pass = await open({ write: false });
      try {
        return await pass.plan({ prune, units: [] });
      } finally {
        await pass.close();
      }
    },
    status(overview, unit) {
      const found = overview.units.find((entry) => entry.unit === unit);
      if (found !== undefined) return found;
      const known = overview.units.map((entry) => entry.unit).join(', ');
      const problems = overview.problems.map((problem) => problem.message).join('; ');
      throw new Error(`no unit ${unit} among ${known || 'none'}; ${problems}\n${log.slice(-20).join('')}`);
    },
    open,
    containers,
    live: async () => (await containers()).filter(({ state }) => state !== 'exited'),
    all: () => list({ name: [name] }),
    docker: (method, path, body) =>
      engine.ask({ method, path, ...(body === undefined ? {} : { body }) } as never),
    log,
    async [Symbol.asyncDispose]() {
      await removeFromEngine(engine, { label: `tinyforge.controller=${config.controller}` });
      await removeFromEngine(engine, { namePrefix: name });
      // Outside of the place: where the files that hold secrets are while Compose reads them.
      for (const parent of ['/run', '/dev/shm'])
        await rm(join(parent, `tinyforge-${config.controller}-${shortHash(config.data).slice(0, 8)}`), {
          recursive: true,
          force: true,
        });
      await place.remove();
    },
  };
}
