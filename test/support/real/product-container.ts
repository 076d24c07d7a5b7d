// Tinyforge from its image, as a container beside what it keeps: a plain user with the socket's group and some mounts.
import { chown, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runInContainer } from '../../../scripts/demo-story/in-container.ts';
import type { ProgramResult } from '../../../scripts/demo-story/run-program.ts';
import type { TestEngine } from './engine.ts';
import { until } from './until.ts';

/** The user of the image. */
const USER = 10_001;

export interface ProductContainer extends AsyncDisposable {
  readonly name: string;
  /** Another command of tinyforge in it. */
  tinyforge(...args: readonly string[]): Promise<ProgramResult>;
  /** Any program in it. */
  run(...command: readonly string[]): Promise<ProgramResult>;
  /** What the engine says of its health check. */
  health(): Promise<string>;
  /** The command lines of its processes. */
  processes(): Promise<readonly string[]>;
}

/** Starts `tinyforge run` and waits until it says that it is ready. `binds` as in `docker run -v`. */
export async function startProduct(
  engine: TestEngine,
  options: {
    readonly name: string;
    readonly image: string;
    readonly binds: readonly string[];
    /** In the container. */
    readonly config: string;
    readonly network?: string;
  },
): Promise<ProductContainer> {
  const { name, image, binds, config, network = 'host' } = options;
  const { socketPath } = engine;
  const { Config } = (await engine.ask({ method: 'GET', path: `/images/${image}/json` })) as {
    readonly Config: { readonly Healthcheck: object };
  };
  await engine.ask({
    method: 'POST',
    path: `/containers/create?name=${name}`,
    body: {
      Image: image,
      Env: [`TINYFORGE_CONFIG=${config}`],
      // The image's own check, only sooner.
      Healthcheck: { ...Config.Healthcheck, Interval: 1_000_000_000 },
      HostConfig: {
        NetworkMode: network,
        GroupAdd: [String((await stat(socketPath)).gid)],
        Binds: [`${socketPath}:${socketPath}`, ...binds],
      },
    },
  });
  await engine.ask({ method: 'POST', path: `/containers/${name}/start` });
  const run = (...command: readonly string[]) => runInContainer(socketPath, name, command);
  const tinyforge = (...args: readonly string[]) => run('tinyforge', ...args);
  await until({
    what: `${name} to be ready`,
    timeoutMs: 60_000,
    look: async () => (await tinyforge('ready')).code === 0 || undefined,
  });
  return {
    name,
    tinyforge,
    run,
    async health() {
      const { State } = (await engine.ask({ method: 'GET', path: `/containers/${name}/json` })) as {
        readonly State: { readonly Health?: { readonly Status: string } };
      };
      return State.Health?.Status ?? 'none';
    },
    async processes() {
      const path = `/containers/${name}/top?ps_args=${encodeURIComponent('-eo pid,stat,args')}`;
      const { Processes } = (await engine.ask({ method: 'GET', path })) as { readonly Processes: string[][] };
      return Processes.map(([, ...rest]) => rest.join(' '));
    },
    async [Symbol.asyncDispose]() {
      await engine.call({ method: 'DELETE', path: `/containers/${name}?force=1&v=1` });
    },
  };
}

/** Gives a folder with all in it to the user of the image. */
export async function giveToProduct(folder: string): Promise<void> {
  await chown(folder, USER, USER);
  for (const below of await readdir(folder, { recursive: true }))
    await chown(join(folder, below), USER, USER);
}
