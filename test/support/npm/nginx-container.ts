// The real nginx behind the double in a container, so that it reaches others by their names on a network of Docker.
import { existsSync, readFileSync } from 'node:fs';
import { busyboxLayer, nginxLayer } from '../../../scripts/local-images/base-layers.ts';
import { makeLayer } from '../../../scripts/local-images/layer.ts';
import { loadImages } from '../../../scripts/local-images/load.ts';
import { type TestEngine, uniqueName } from '../real/engine.ts';
import { makePlace } from '../real/place.ts';
import { acceptsConnections } from '../real/program.ts';
import { until } from '../real/until.ts';
import type { Nginx } from './nginx.ts';
import { layFiles } from './nginx-files.ts';
import { findStreamModule } from './nginx-process.ts';
import { createReloads } from './reloads.ts';

export interface ContainerPlace {
  readonly engine: TestEngine;
  /** A network that is there already; the address for traffic is the container's on it. */
  readonly network: string;
}

const reference = 'tinyforge-test/npm-nginx:1';
const root = '/data';
const settings = ['-e', 'stderr', '-c', `${root}/nginx.conf`];

/** Starts it with an empty house; `close` removes the container and its files. The image stays. */
export async function startNginxContainer(
  options: ContainerPlace & { readonly reloadDelayMs: () => number },
): Promise<Nginx> {
  const { engine, network } = options;
  await loadImages(engine.socketPath, [await nginxImage()]);
  const place = await makePlace('npm');
  const listen = { http: '80', https: '443', stream: '' };
  // Docker's own DNS, which is what the real image finds in its resolv.conf.
  const resolvers = '127.0.0.11';
  const streamModule = findStreamModule() === null ? null : moduleInImage;
  const files = await layFiles({
    folder: place.path,
    root,
    listen,
    resolvers,
    streamModule,
    user: 'root',
  });
  const remove = async (id: string) => {
    await engine.call({ method: 'DELETE', path: `/containers/${id}?force=1&v=1` });
    await place.remove();
  };
  const name = uniqueName('npm');
  const id = await create(engine, { name, network, folder: place.path });
  const started = await start(engine, { id, network }).catch(async (error: unknown) => {
    await remove(id);
    throw error;
  });
  const reloads = createReloads({
    master: started.pid,
    delayMs: options.reloadDelayMs,
    async send() {
      await engine.ask({ method: 'POST', path: `/containers/${id}/kill?signal=HUP` });
    },
  });
  const { address } = started;
  return {
    root,
    traffic: { http: `http://${address}`, https: `https://${address}` },
    listen,
    streams: streamModule !== null,
    resolvers,
    containerId: id,
    ...files,
    test: () => testInside(engine, id),
    reloads,
    async close() {
      reloads.cancel();
      await remove(id);
    },
  };
}

const moduleInImage = '/usr/lib/nginx/modules/ngx_stream_module.so';

async function nginxImage() {
  const module = findStreamModule();
  const own = await makeLayer([
    { type: 'directory', path: 'data', mode: 0o755 },
    ...(module !== null && existsSync(module)
      ? [{ type: 'file', path: moduleInImage.slice(1), content: readFileSync(module), mode: 0o644 } as const]
      : []),
  ]);
  return {
    reference,
    layers: [await busyboxLayer(), await nginxLayer(), own],
    settings: { Cmd: ['nginx', ...settings], Env: ['PATH=/usr/sbin:/bin'], StopSignal: 'SIGQUIT' },
  };
}

async function create(
  engine: TestEngine,
  { name, network, folder }: { name: string; network: string; folder: string },
): Promise<string> {
  const body = {
    Image: reference,
    HostConfig: { Binds: [`${folder}:${root}`], NetworkMode: network },
    NetworkingConfig: { EndpointsConfig: { [network]: {} } },
  };
  const created = await engine.ask({ method: 'POST', path: `/containers/create?name=${name}`, body });
  return (created as { Id: string }).Id;
}

interface Inspected {
  readonly State: { readonly Pid: number };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

/** Its address on the network, once it answers there, and its master's process as this machine numbers it. */
async function start(engine: TestEngine, { id, network }: { id: string; network: string }) {
  await engine.ask({ method: 'POST', path: `/containers/${id}/start` });
  const seen = (await engine.ask({ method: 'GET', path: `/containers/${id}/json` })) as Inspected;
  const address = seen.NetworkSettings.Networks[network]?.IPAddress ?? '';
  await until({
    what: `nginx to answer at ${address}:80`,
    look: () => acceptsConnections(80, address),
  });
  return { address, pid: seen.State.Pid };
}

/** `nginx -t` as the real one runs it, beside the workers. */
async function testInside(engine: TestEngine, id: string): Promise<string | null> {
  const body = { Cmd: ['nginx', '-t', '-q', ...settings], AttachStdout: true, AttachStderr: true, Tty: true };
  const exec = (await engine.ask({ method: 'POST', path: `/containers/${id}/exec`, body })) as { Id: string };
  const { text } = await engine.call({
    method: 'POST',
    path: `/exec/${exec.Id}/start`,
    body: { Detach: false, Tty: true },
  });
  const ended = await until({
    what: 'nginx -t to end',
    async look() {
      const state = await engine.ask({ method: 'GET', path: `/exec/${exec.Id}/json` });
      const { Running, ExitCode } = state as { Running: boolean; ExitCode: number | null };
      return Running ? undefined : { code: ExitCode };
    },
  });
  if (ended.code === 0) return null;
  return text.replaceAll('\r\n', '\n').replaceAll(`${root}/nginx.conf`, '/etc/nginx/nginx.conf');
}
