// A real Caddy in a container on a network of Docker: it reaches others by their names, and its kernel's settings are its own.
import { writeFile } from 'node:fs/promises';
import { busyboxLayer, caddyLayer } from '../../../scripts/local-images/base-layers.ts';
import { loadImages } from '../../../scripts/local-images/load.ts';
import { callerOf, configOf, type RealCaddy } from './caddy.ts';
import { type TestEngine, uniqueName } from './engine.ts';
import { makePlace } from './place.ts';
import { acceptsConnections } from './program.ts';
import { until } from './until.ts';

const IMAGE = 'tinyforge-test/caddy:1';
const ADMIN_PORT = 2019;

interface Inspected {
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

/** The network is there already. The image stays. */
export async function startCaddyContainer({
  engine,
  network,
}: {
  engine: TestEngine;
  network: string;
}): Promise<Pick<RealCaddy, 'config' | 'api'> & AsyncDisposable> {
  await loadImages(engine.socketPath, [await caddyImage()]);
  const place = await makePlace('caddy');
  await writeFile(
    place.at('caddy.json'),
    JSON.stringify({ admin: { listen: `:${ADMIN_PORT}`, config: { persist: false } } }),
  );
  const path = `/containers/create?name=${uniqueName('caddy')}`;
  const body = {
    Image: IMAGE,
    HostConfig: {
      Binds: [`${place.path}:/srv:ro`],
      NetworkMode: network,
      // As docs/caddy.md asks for: each change of Caddy's closes the socket that new clients wait in.
      Sysctls: { 'net.ipv4.tcp_migrate_req': '1' },
    },
    NetworkingConfig: { EndpointsConfig: { [network]: {} } },
  };
  const { Id: id } = (await engine.ask({ method: 'POST', path, body })) as { Id: string };
  const remove = async (): Promise<void> => {
    await engine.call({ method: 'DELETE', path: `/containers/${id}?force=1&v=1` });
    await place.remove();
  };
  const address = await start(engine, { id, network }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const url = `http://${address}:${ADMIN_PORT}`;
  const traffic = { http: `http://${address}:80`, https: `https://${address}:443` };
  return {
    config: { ...configOf(url, traffic), reach: 'network', network, address: null },
    api: callerOf(url),
    [Symbol.asyncDispose]: remove,
  };
}

async function caddyImage() {
  return {
    reference: IMAGE,
    layers: [await busyboxLayer(), await caddyLayer()],
    settings: {
      Cmd: ['caddy', 'run', '--config', '/srv/caddy.json'],
      Env: ['PATH=/usr/bin:/bin', 'HOME=/tmp'],
    },
  };
}

/** Its address on the network, once its API answers there. */
async function start(engine: TestEngine, { id, network }: { id: string; network: string }): Promise<string> {
  await engine.ask({ method: 'POST', path: `/containers/${id}/start` });
  const seen = (await engine.ask({ method: 'GET', path: `/containers/${id}/json` })) as Inspected;
  const address = seen.NetworkSettings.Networks[network]?.IPAddress ?? '';
  await until({
    what: `Caddy to answer at ${address}:${ADMIN_PORT}`,
    look: () => acceptsConnections(ADMIN_PORT, address),
  });
  return address;
}
