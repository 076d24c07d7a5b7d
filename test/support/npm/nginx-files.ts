// The files of one nginx in a folder of this machine, in the layout of the real image's /data.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Listen } from './nginx.ts';
import { renderMain } from './render-main.ts';

export const hostFolders = ['default_host', 'proxy_host', 'redirection_host', 'dead_host', 'stream'] as const;

export interface NginxFiles {
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Writes what never changes: the main configuration, the default page, the folders. */
export async function layFiles(options: {
  readonly folder: string;
  /** The folder as nginx sees it. */
  readonly root: string;
  readonly listen: Listen;
  readonly resolvers: string;
  readonly streamModule: string | null;
  readonly user: string | null;
}): Promise<NginxFiles> {
  const { folder } = options;
  const path = (name: string) => join(folder, name);
  const write = async (name: string, text: string) => {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), text);
  };
  for (const name of [
    ...hostFolders.map((host) => `nginx/${host}`),
    'nginx/custom',
    'access',
    'custom_ssl',
    'temp',
  ])
    await mkdir(path(name), { recursive: true });
  await mkdir(path('letsencrypt-acme-challenge'), { recursive: true });
  await write('html/index.html', congratulations);
  await write('nginx.conf', renderMain(options));
  return { write, remove: (name) => rm(path(name), { force: true }) };
}

const congratulations = `<!doctype html>
<html><head><title>Default Site</title></head>
<body><h1>Congratulations!</h1><p>You've successfully started the Nginx Proxy Manager (test double).</p></body></html>
`;
