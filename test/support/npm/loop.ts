// The whole loop on the double of Nginx Proxy Manager, over a fake engine: its real provider, with a traffic side that needs no nginx.
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProxyConfig } from '../../../src/model/config.ts';
import type { Limits } from '../../../src/proxies/nginx-proxy-manager/api.ts';
import { createProvider } from '../../../src/proxies/nginx-proxy-manager/provider.ts';
import type { FakeContainer } from '../fake-runtime-state.ts';
import { createLoopRig, type LoopRig } from '../loop-rig.ts';
import { configOf } from '../proxy/npm-rig.ts';
import type { LoggedRequest } from './http.ts';
import { choose, type Target, targetsOf } from './lines-reader.ts';
import type { Row } from './rows.ts';
import { type NpmDouble, startNpmDouble } from './start-double.ts';

const NETWORK = 'proxy';

export interface NpmLoop extends AsyncDisposable {
  rig: LoopRig;
  config: ProxyConfig;
  double: NpmDouble;
  /** Rows of proxy hosts that were not deleted. */
  hosts(): Row[];
  /** Containers that run behind whatever a host may send somebody to who does not ask with our header. */
  serving(row: Row): FakeContainer[];
  /** Null, or who gets requests and does not serve. */
  unserved(): string | null;
  /** What `unserved` said after some call to the engine or to the API. */
  wrong: string[];
  /** From the next boot on calls that are not answered end soon. */
  hurry(): void;
  relax(): void;
  /** Requests to the API since `work` began, until it ended. */
  requestsOf(work: () => Promise<unknown>): Promise<LoggedRequest[]>;
}

/** Real time, for the double's side of it is real too: no call is slow for as long as none is meant to be. */
const PATIENT: Limits = { readMs: 60_000, writeMs: 60_000 };
const IMPATIENT: Limits = { readMs: 1_000, writeMs: 1_000 };

export async function npmLoop(config: Partial<ProxyConfig> = {}): Promise<NpmLoop> {
  const double = await startNpmDouble({ nginx: 'none' });
  const wrong: string[] = [];
  let limits = PATIENT;
  const hosts = (): Row[] => double.world.tables.proxyHosts.all();
  const look = (when: string): void => {
    const who = unserved();
    if (who !== null) wrong.push(`after ${when}: ${who}`);
  };
  double.requests.push = (...entries) => {
    const length = Array.prototype.push.apply(double.requests, entries);
    for (const { method, path } of entries) look(`${method} ${path}`);
    return length;
  };
  const traffic = serveTraffic((name) => hosts().find((row) => isFor(row, name)), behind);
  await new Promise<void>((resolve) => traffic.listen(0, '127.0.0.1', resolve));
  const http = `http://127.0.0.1:${(traffic.address() as AddressInfo).port}`;
  const full: ProxyConfig = {
    ...configOf({ ...double, traffic: { http, https: http.replace('http', 'https') } }),
    reach: 'network',
    network: NETWORK,
    address: null,
    probe: true,
    ...config,
  };
  const rig: LoopRig = createLoopRig({
    revisions: 1,
    onWrite: look,
    proxyConfig: full,
    openProxy: () =>
      createProvider(
        {
          config: full,
          controller: 'default',
          secrets: { get: () => double.password, redact: (text) => text },
          clock: { ...rig.clock, nowMs: () => rig.clock.nowMs() - aheadMs },
          log: rig.log,
          sign: (text) => createHmac('sha256', 'a key of the tests').update(text).digest('hex'),
        },
        limits,
      ),
  });
  // Tokens of the double end by the real time.
  const aheadMs = rig.clock.nowMs() - Date.now();
  await rig.engine.runtime().ensureNetwork(NETWORK, {});

  function behind({ host }: Target): FakeContainer[] {
    return [...rig.engine.state.containers.values()].filter(
      ({ name, endpoints }) =>
        endpoints.get(NETWORK) !== undefined &&
        (name === host || endpoints.get(NETWORK)?.aliases.includes(host)),
    );
  }

  function unserved(): string | null {
    const byName = Map.groupBy(
      hosts().flatMap((row) => row.domain_names as string[]),
      (name) => name,
    );
    for (const [name, rows] of byName) if (rows.length > 1) return `${rows.length} hosts have ${name}`;
    for (const row of hosts())
      for (const target of targetsOf(row)) {
        const all = behind(target);
        if (!all.some(isWell))
          return `the route leads to ${target.host}: ${all.map(({ name, state }) => `${name} ${state}`).join() || 'nobody'}`;
      }
    return null;
  }

  return {
    rig,
    config: full,
    double,
    hosts,
    serving: (row) =>
      targetsOf(row)
        .flatMap(behind)
        .filter(({ state }) => state === 'running'),
    unserved,
    wrong,
    hurry() {
      limits = IMPATIENT;
    },
    relax() {
      limits = PATIENT;
    },
    async requestsOf(work) {
      const before = double.requests.length;
      await work();
      return double.requests.slice(before);
    },
    async [Symbol.asyncDispose]() {
      traffic.closeAllConnections();
      traffic.close();
      await double.close();
    },
  };
}

function isFor({ domain_names, enabled }: Row, name: string): boolean {
  return enabled !== false && (domain_names as string[]).includes(name);
}

function isWell({ state, image }: FakeContainer): boolean {
  return state === 'running' && !image.endsWith(':bad');
}

/**
 * As nginx would answer for these hosts: who is chosen says its version, the default site says 200 for what nobody has.
 * The version `sick` fails as soon as it has a share of the clients.
 */
function serveTraffic(
  find: (name: string) => Row | undefined,
  behind: (target: Target) => FakeContainer[],
): Server {
  let count = 0;
  return createServer((request, response) => {
    const row = find(request.headers.host ?? '');
    // Evenly spread over what the lines look at: the beginning, and the fifth digit from the end.
    const id = (count++ * 0x01_00_25_4b).toString(16).padStart(32, '0').slice(-32);
    const requestId = [...id].reverse().join('');
    const answer =
      row === undefined
        ? { type: 'answer' as const, status: 200, body: 'Congratulations' }
        : choose(row, { question: String(request.headers['keep-alive'] ?? ''), requestId });
    if (answer.type === 'answer') return void response.writeHead(answer.status).end(answer.body);
    const up = behind(answer.target).filter(({ state }) => state === 'running');
    const isShared = row !== undefined && targetsOf(row).length > 1;
    const well = up.filter((one) => isWell(one) && !(isShared && one.image.endsWith(':sick')));
    response.writeHead(up.length === 0 ? 502 : well.length === 0 ? 500 : 200);
    response.end(well[0]?.image ?? '');
  });
}
