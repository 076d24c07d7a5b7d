// The real nginx behind the double as a process of this machine, on loopback ports.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programPath, readPaths } from '../../../scripts/real-parts/paths.ts';
import { makePlace } from '../real/place.ts';
import { freePort, startProgram } from '../real/program.ts';
import type { Nginx } from './nginx.ts';
import { layFiles } from './nginx-files.ts';
import { createReloads } from './reloads.ts';

const run = promisify(execFile);

/** Starts it with an empty house; `close` ends it and deletes its files. */
export async function startNginxProcess(options: { readonly reloadDelayMs: () => number }): Promise<Nginx> {
  const place = await makePlace('npm');
  const [http, https] = [await freePort(), await freePort()];
  const listen = { http: `127.0.0.1:${http}`, https: `127.0.0.1:${https}`, stream: '127.0.0.1:' };
  const resolvers = machineResolvers();
  const streamModule = findStreamModule();
  const files = await layFiles({
    folder: place.path,
    root: place.path,
    listen,
    resolvers,
    streamModule,
    user: process.getuid?.() === 0 ? 'root' : null,
  });
  const settings = ['-p', place.path, '-e', 'stderr', '-c', place.at('nginx.conf')];
  const command = programPath('nginx');
  const running = await startProgram({ command, args: settings, port: http }).catch(
    async (error: unknown) => {
      await place.remove();
      throw error;
    },
  );
  const reloads = createReloads({
    master: running.pid,
    delayMs: options.reloadDelayMs,
    send: async () => void process.kill(running.pid, 'SIGHUP'),
  });
  return {
    root: place.path,
    traffic: { http: `http://127.0.0.1:${http}`, https: `https://127.0.0.1:${https}` },
    listen,
    streams: streamModule !== null,
    resolvers,
    ...files,
    async test() {
      const said = await run(command, ['-t', '-q', ...settings]).then(
        () => null,
        (error: { stderr?: string }) => String(error.stderr ?? error),
      );
      return (
        said?.replaceAll(place.path, '/data').replaceAll('/data/nginx.conf', '/etc/nginx/nginx.conf') ?? null
      );
    },
    reloads,
    async close() {
      reloads.cancel();
      await running.end();
      await place.remove();
    },
  };
}

function machineResolvers(): string {
  const text = existsSync('/etc/resolv.conf') ? readFileSync('/etc/resolv.conf', 'utf8') : '';
  const addresses = [...text.matchAll(/^nameserver\s+(\S+)/gm)].map(([, address = '']) =>
    address.includes(':') ? `[${address}]` : address,
  );
  return addresses.length === 0 ? '127.0.0.1' : addresses.join(' ');
}

/** Debian has streams in a package of their own; without it a stream cannot be online. */
export function findStreamModule(): string | null {
  const root = readPaths().roots.nginx ?? '/';
  const module = join(root, 'usr/lib/nginx/modules/ngx_stream_module.so');
  return existsSync(module) ? module : null;
}
