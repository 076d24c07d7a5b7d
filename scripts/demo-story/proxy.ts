// The demo's own Caddy: on loopback alone, told nothing but where to listen, and gone with the demo.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { exchange } from '../../src/proxies/exchange.ts';
import { awaitGone } from '../private-engine/processes.ts';
import { programPath } from '../real-parts/paths.ts';
import { tail } from './controller.ts';
import { bring } from './find-engine.ts';
import { type DemoPlace, proxyFile } from './place.ts';
import { freePort } from './port.ts';
import type { Talk } from './talk.ts';
import { waitFor } from './wait-for.ts';

export interface DemoProxy {
  /** `http://127.0.0.1:2019` */
  readonly api: string;
  /** Where its traffic is asked: `http://127.0.0.1:8000`. */
  readonly traffic: string;
  /** What a browser is given: `http://shop.localhost:8000/`. */
  address(domain: string): string;
  /** One request as a client of that domain would send it. */
  ask(domain: string): Promise<{ readonly status: number; readonly body: string }>;
  /** One call of its API, as somebody would who changes things by hand. Throws unless it says 200. */
  change(call: { readonly method: 'GET' | 'DELETE'; readonly path: string }): Promise<string>;
  stop(): Promise<void>;
}

const stopPatienceMs = 10_000;

/** Undefined, after a sentence that says so, on machines where there is no Caddy and none can be brought. */
export async function startProxy(
  place: DemoPlace,
  { talk, signal }: { talk: Talk; signal: AbortSignal },
): Promise<DemoProxy | undefined> {
  if ((await bring(['caddy'])) !== undefined) {
    talk.say('There is no Caddy on this machine, and none can be brought: the demo goes on without routes.');
    return undefined;
  }
  const ports = { api: await freePort(2019), traffic: await freePort(8000) };
  const child = start(place, ports);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let alive = true;
  for (const end of ['error', 'exit'] as const)
    child.once(end, () => {
      alive = false;
      resolve();
    });
  const api = `http://127.0.0.1:${ports.api}`;
  const traffic = `http://127.0.0.1:${ports.traffic}`;
  const call = (url: string, options: { method: 'GET' | 'DELETE'; headers: Record<string, string> }) =>
    // Not by fetch, which looks to Caddy like a page in a browser.
    exchange({ url: new URL(url), timeoutMs: 10_000, maxBytes: 2 ** 22, signal, ...options });
  const stop = async (): Promise<void> => {
    if (alive) child.kill('SIGTERM');
    if (child.pid !== undefined && (await awaitGone([child.pid], stopPatienceMs)).length > 0)
      child.kill('SIGKILL');
    await ended;
  };
  try {
    await waitFor({
      what: 'Caddy to answer',
      signal,
      look: async () =>
        !alive || (await call(`${api}/config/`, { method: 'GET', headers: {} })).status === 200,
    });
    if (!alive) throw new Error(`Caddy ended at once. Its log ends so:\n${tail(logOf(place))}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    api,
    traffic,
    address: (domain) => `http://${domain}:${ports.traffic}/`,
    ask: (domain) => call(traffic, { method: 'GET', headers: { host: `${domain}:${ports.traffic}` } }),
    async change({ method, path }) {
      const { status, body } = await call(`${api}${path}`, { method, headers: {} });
      if (status !== 200) throw new Error(`Caddy answered ${method} ${path} with ${status}: ${body}`);
      return body;
    },
    stop,
  };
}

function start(place: DemoPlace, ports: { api: number; traffic: number }): ChildProcess {
  // Tinyforge uses a server of this name as it is; one of its own making would listen on all addresses.
  const server = { listen: [`127.0.0.1:${ports.traffic}`], automatic_https: { disable: true } };
  writeFileSync(
    place.at(proxyFile),
    JSON.stringify({
      admin: { listen: `127.0.0.1:${ports.api}`, config: { persist: false } },
      apps: { http: { servers: { tinyforge: server } } },
    }),
  );
  const log = openSync(logOf(place), 'a');
  const child = spawn(programPath('caddy'), ['run', '--config', place.at(proxyFile)], {
    cwd: place.directory,
    env: {
      PATH: process.env.PATH,
      HOME: place.directory,
      XDG_DATA_HOME: place.at('caddy-data'),
      XDG_CONFIG_HOME: place.at('caddy-config'),
    },
    stdio: ['ignore', log, log],
    // In a group of its own: Ctrl-C is for the demo, and the controller still needs it while it stops.
    detached: true,
  });
  closeSync(log);
  return child;
}

function logOf(place: DemoPlace): string {
  return place.at('caddy.log');
}
