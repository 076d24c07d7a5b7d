// npm itself, and a cache with every package that the lockfile names, so that `npm ci` needs nobody.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, forgeDirectory } from '../real-parts/paths.ts';

interface LockedPackage {
  readonly name?: string;
  readonly version: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

export interface NpmCache {
  readonly directory: string;
  /** Whose packages they are: npm finds them under this name alone. */
  readonly registry: string;
}

/** Filled anew only when the lockfile has changed: ten seconds. Throws with npm's own words. */
export function npmCache(): NpmCache {
  const text = readFileSync(join(checkout, 'package-lock.json'), 'utf8');
  const registry = npm(['config', 'get', 'registry']).trim();
  const key = createHash('sha256').update(text).update(registry).digest('hex').slice(0, 16);
  const place = join(forgeDirectory, 'npm-cache');
  const directory = join(place, key);
  if (existsSync(directory)) return { directory, registry };
  const unfinished = `${directory}.unfinished`;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  npm(['cache', 'add', '--cache', unfinished, '--loglevel=error', ...specsOf(text)]);
  renameSync(unfinished, directory);
  return { directory, registry };
}

/** The folder of npm as a package, of the version that runs here. */
export function npmProgram(): string {
  const version = npm(['--version']).trim();
  const place = join(forgeDirectory, 'npm', version);
  const folder = join(place, 'package');
  if (existsSync(folder)) return folder;
  mkdirSync(place, { recursive: true });
  const file = npm(['pack', `npm@${version}`, '--silent', '--pack-destination', place]).trim();
  const unfinished = join(place, 'unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished);
  execFileSync('tar', ['--extract', '--gzip', '--file', join(place, file), '--directory', unfinished]);
  renameSync(join(unfinished, 'package'), folder);
  return folder;
}

/** What `npm ci` would install on this system. */
function specsOf(lockfile: string): readonly string[] {
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, LockedPackage> };
  const fits = ({ os, cpu }: LockedPackage) =>
    (os?.includes(process.platform) ?? true) && (cpu?.includes(process.arch) ?? true);
  const specs = Object.entries(packages)
    .filter(([path, locked]) => path !== '' && fits(locked))
    .map(([path, { name, version }]) => `${name ?? path.split('node_modules/').at(-1)}@${version}`);
  return [...new Set(specs)];
}

function npm(args: readonly string[]): string {
  // Outside of the checkout no setting of its own is read twice.
  return execFileSync('npm', args, {
    cwd: forgeDirectory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 16 * 1024 * 1024,
  });
}
