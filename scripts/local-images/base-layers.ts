// The layers that local images share: a static busybox with its applets, nginx and Caddy with the libraries they need.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { programPath, readPaths } from '../real-parts/paths.ts';
import { type Layer, type LayerEntry, makeLayer } from './layer.ts';

/** A shell and its tools at /bin, the usual folders, and the users root, nginx and nobody. */
export async function busyboxLayer(): Promise<Layer> {
  const busybox = programPath('busybox');
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  return makeLayer([
    { type: 'file', path: 'bin/busybox', content: readFileSync(busybox), mode: 0o755 },
    ...applets
      .filter((name) => name !== 'busybox')
      .map((name) => ({ type: 'symlink', path: `bin/${name}`, target: 'busybox' }) as const),
    { type: 'file', path: 'etc/passwd', content: passwd },
    { type: 'file', path: 'etc/group', content: 'root:x:0:\nnginx:x:101:\nnogroup:x:65534:\n' },
    { type: 'directory', path: 'tmp', mode: 0o1777 },
    { type: 'directory', path: 'run', mode: 0o1777 },
    { type: 'directory', path: 'root', mode: 0o700 },
    { type: 'symlink', path: 'var/run', target: '/run' },
  ]);
}

const passwd = `root:x:0:0:root:/root:/bin/sh
nginx:x:101:101:nginx:/nonexistent:/bin/false
nobody:x:65534:65534:nobody:/nonexistent:/bin/false
`;

/** The nginx program, its libraries where the loader looks for them, and its tables of types. */
export async function nginxLayer(): Promise<Layer> {
  const root = readPaths().roots.nginx;
  if (root === undefined) throw new Error('nginx is not unpacked yet: run scripts/install-real-parts nginx.');
  const program = join(root, 'usr/sbin/nginx');
  const libraries = libraryPaths(program, root);
  const etc = join(root, 'etc/nginx');
  const tables = readdirSync(etc, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name !== 'nginx.conf',
  );
  return makeLayer([
    { type: 'file', path: 'usr/sbin/nginx', content: readFileSync(program), mode: 0o755 },
    ...libraries.map(copied),
    ...tables.map(
      ({ name }) =>
        ({ type: 'file', path: `etc/nginx/${name}`, content: readFileSync(join(etc, name)) }) as const,
    ),
    { type: 'directory', path: 'var/lib/nginx', mode: 0o777 },
    { type: 'directory', path: 'var/cache/nginx', mode: 0o777 },
    { type: 'symlink', path: 'var/log/nginx/access.log', target: '/dev/stdout' },
    { type: 'symlink', path: 'var/log/nginx/error.log', target: '/dev/stderr' },
  ]);
}

/** The caddy program, and its libraries where the loader looks for them. */
export async function caddyLayer(): Promise<Layer> {
  const root = readPaths().roots.caddy;
  if (root === undefined) throw new Error('Caddy is not unpacked yet: run scripts/install-real-parts caddy.');
  const program = programPath('caddy');
  return makeLayer([
    { type: 'file', path: 'usr/bin/caddy', content: readFileSync(program), mode: 0o755 },
    ...libraryPaths(program, root).map(copied),
  ]);
}

interface Library {
  /** Where the program looks for it. */
  readonly path: string;
  /** Where it lies here. */
  readonly source: string;
}

/** `ldd` with the unpacked libraries first; a library of the machine keeps its path, an unpacked one gets its own. */
function libraryPaths(program: string, root: string): readonly Library[] {
  const folders = readdirSync(join(root, 'usr'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /lib\/[^/]+-linux-gnu$/.test(path))
    .map((path) => join(root, 'usr', path));
  const listing = execFileSync('ldd', [program], {
    encoding: 'utf8',
    env: { ...process.env, LD_LIBRARY_PATH: folders.join(':') },
  });
  if (/not found/.test(listing)) throw new Error(`${program} lacks libraries:\n${listing}`);
  return [...listing.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, source = '']) => ({
    source,
    path: source.startsWith(root) ? source.slice(root.length) : source,
  }));
}

function copied(library: Library): LayerEntry {
  return {
    type: 'file',
    path: library.path.replace(/^\//, ''),
    content: readFileSync(realpathSync(library.source)),
    mode: 0o755,
  };
}
