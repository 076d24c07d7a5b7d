// The bare calls of a blue-green deploy: create, start, probe until it is healthy, one PUT to the proxy, its reload, stop.
import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { askEngine } from '../scripts/local-images/engine-call.ts';
import { loadImageOf } from '../test/support/load/web-image.ts';
import { callApi } from '../test/support/npm/double-client.ts';
import type { TalkingChild } from './child.ts';
import { removeWith } from './engine.ts';
import type { ProxyPlace } from './proxy-child.ts';
import { type Lab, timed } from './row.ts';

/** The longest time between two probes of the new one; the manifest of the other side says the same. */
export const probeEveryMs = 100;
const label = 'tinyforge-bench=bare';
/** Of its network and the stem of its containers. */
const name = 'bare';
const domain = 'bare.example.test';

export interface BareDeploys {
  /** Deploys the other version, and tells how many milliseconds it took. */
  next(): Promise<number>;
  end(): Promise<void>;
}

/** The first version runs and is routed when it resolves. */
export async function startBareDeploys(
  { socketPath }: Lab,
  {
    place: { url, email, password, traffic },
    proxy,
  }: { place: ProxyPlace; proxy: Pick<TalkingChild, 'send' | 'line'> },
): Promise<BareDeploys> {
  const engine = (method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> =>
    askEngine({ socketPath, method, path, body });
  const { body: login } = await callApi(url)('POST', '/tokens', { identity: email, secret: password });
  const api = callApi(url, login.token);
  // As every project has one: a container starts quicker on the engine's own, and finds no neighbour by name there.
  await engine('POST', '/networks/create', { Name: name, Labels: { 'tinyforge-bench': 'bare' } });
  let count = 0;
  let old: string | null = null;
  let hostId: number | null = null;

  async function start(version: string): Promise<{ id: string; port: number }> {
    const { Id: id } = (await engine('POST', `/containers/create?name=${name}-${++count}`, {
      Image: loadImageOf(version),
      Labels: { 'tinyforge-bench': 'bare' },
      HostConfig: {
        NetworkMode: name,
        PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
      },
    })) as { Id: string };
    await engine('POST', `/containers/${id}/start`);
    return { id, port: await publishedPort(id) };
  }

  async function publishedPort(id: string): Promise<number> {
    const { NetworkSettings } = (await engine('GET', `/containers/${id}/json`)) as {
      NetworkSettings: { Ports: Record<string, { HostPort: string }[]> };
    };
    return Number(NetworkSettings.Ports['8080/tcp']?.[0]?.HostPort);
  }

  async function deploy(version: string): Promise<void> {
    const { id, port } = await start(version);
    // As ours asks: soon at first, after twice the time of before, at most as seldom as its interval.
    for (let pauseMs = 15; (await answerOf(`http://127.0.0.1:${port}/healthz`)) !== 'ok'; pauseMs *= 2)
      await delay(Math.min(pauseMs, probeEveryMs));
    const fields = { forward_scheme: 'http', forward_host: '127.0.0.1', forward_port: port };
    const { status, body } =
      hostId === null
        ? await api('POST', '/nginx/proxy-hosts', { domain_names: [domain], ...fields })
        : await api('PUT', `/nginx/proxy-hosts/${hostId}`, fields);
    if (status >= 400) throw new Error(`The proxy answered ${status}.`);
    hostId = body.id as number;
    // The reload comes after the answer; until it is over, the old one is still asked and may not be stopped.
    proxy.send('settled');
    await proxy.line();
    const served = await answerOf(traffic, domain);
    if (served !== `${version} end`) throw new Error(`The proxy serves ${served}, not ${version}.`);
    if (old !== null) await engine('POST', `/containers/${old}/stop?t=1`);
    old = id;
  }

  await deploy('v1');
  return {
    next: () => timed(() => deploy(count % 2 === 0 ? 'v1' : 'v2')),
    end: () => removeWith({ socketPath } as Lab, label),
  };
}

/** Null where nobody answers yet. */
function answerOf(address: string, host?: string): Promise<string | null> {
  return new Promise((resolve) => {
    const headers = host === undefined ? {} : { host };
    get(address, { headers, agent: false, timeout: 2_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text)).on('error', () => resolve(null));
    }).on('error', () => resolve(null));
  });
}
