// A real Caddy on loopback with its API and its traffic on free ports, and nothing of the machine's own Caddy.
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { programPath } from '../../../scripts/real-parts/paths.ts';
import { createSystemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { ProxyConfig } from '../../../src/model/config.ts';
import type { ProxyProvider } from '../../../src/ports/proxy-provider.ts';
import { type AfterCut, overCuts, stands } from '../../../src/proxies/caddy/cut.ts';
import { caddy } from '../../../src/proxies/caddy/factory.ts';
import { exchange } from '../../../src/proxies/exchange.ts';
import { createMemoryLog } from '../memory-log.ts';
import { makePlace } from './place.ts';
import { freePort, startProgram } from './program.ts';

export interface RealCaddy extends AsyncDisposable {
  /** As a controller would be told of it. */
  readonly config: ProxyConfig;
  /** One call of its API, past our provider. Throws with its sentence when it says no. */
  api(method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  output(): string;
  /** Ends it and starts it again without any route, as `caddy run` without `--resume` does. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startCaddy({
  environment = {},
  origins = [],
}: {
  environment?: NodeJS.ProcessEnv;
  /** More addresses by which its API may be called. */
  origins?: readonly string[];
} = {}): Promise<RealCaddy> {
  const place = await makePlace('caddy');
  const [adminPort, httpPort, httpsPort] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${adminPort}`;
  await writeFile(
    place.at('caddy.json'),
    JSON.stringify({
      admin: {
        listen: `127.0.0.1:${adminPort}`,
        origins: [`127.0.0.1:${adminPort}`, ...origins],
        config: { persist: false },
      },
    }),
  );
  const start = () =>
    startProgram({
      command: programPath('caddy'),
      args: ['run', '--config', place.at('caddy.json')],
      port: adminPort,
      environment: {
        ...environment,
        HOME: place.path,
        XDG_DATA_HOME: place.at('data'),
        XDG_CONFIG_HOME: place.at('config'),
      },
    });
  let program = await start();
  const stop = async () => {
    await program.end();
    await place.remove();
  };
  return {
    config: configOf(url, {
      http: `http://127.0.0.1:${httpPort}`,
      https: `https://127.0.0.1:${httpsPort}`,
    }),
    api: callerOf(url),
    output: () => program.output(),
    async restart() {
      await program.end();
      program = await start();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** By published ports. */
export function configOf(url: string, traffic: ProxyConfig['traffic']): ProxyConfig {
  return {
    ...{ provider: 'caddy', url, email: null, password: null, totp: null, traffic },
    ...{ reach: 'published', network: null, address: '127.0.0.1', domain: 'localhost' },
    ...{ subdomain: '{stage}-{project}', drift: 'heal', tls: 'off', probe: false, drainMs: 0 },
  };
}

export function callerOf(url: string): RealCaddy['api'] {
  const call: RealCaddy['api'] = async (method, path, body) => {
    // Not by fetch: its Sec-Fetch-Mode makes Caddy take us for a page in a browser, which it answers with 403.
    const once = () =>
      exchange({
        ...{ url: new URL(path, url), method, headers: { 'content-type': 'application/json' } },
        ...{ timeoutMs: 10_000, maxBytes: 2 ** 24, signal: AbortSignal.timeout(10_000) },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    const answer = await overCuts(once, afterCut(method, path, body));
    if (answer === null) return null;
    const { status, body: text } = answer;
    if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text.trim() === '' ? null : (JSON.parse(text) as unknown);
  };
  /** A call right after a change may wait at the socket that Caddy closes just then. */
  const afterCut = (method: string, path: string, body: unknown): AfterCut => {
    if (method === 'GET' || method === 'PATCH' || path.startsWith('/id/')) return 'again';
    if (method === 'DELETE') return 'give-up';
    const segments = path.split('/').slice(1);
    return async () => (stands(await call('GET', '/config/'), { path: segments, body }) ? 'done' : 'again');
  };
  return call;
}

/** The provider on it, as a controller of this name has it; a second one stands for a restarted process. */
export function openCaddy({ config }: RealCaddy, controller = 'default', formerly?: string): ProxyProvider {
  return caddy.open({
    ...{
      config,
      controller,
      formerly,
      secrets: { get: () => null, redact: (text: string) => text },
      clock: createSystemClock(),
      log: createMemoryLog(),
    },
    sign: (text) => createHmac('sha256', 'a key of the test').update(text).digest('hex'),
  });
}
