// Where the real parts are: written as JSON for programs and as an env file for shells, read by tests, demo and bench.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that this file belongs to. */
export const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Git-ignored; holds everything that is brought or made at run time. */
export const forgeDirectory = join(checkout, '.forge');
export const partsDirectory = join(forgeDirectory, 'parts');

export interface RealPartPaths {
  /** A folder with all unpacked programs, to put first on a PATH. */
  readonly bin: string;
  /** Program name (`dockerd`, `docker-compose`, `busybox`, …) → the absolute path to call it by. */
  readonly programs: Readonly<Record<string, string>>;
  /** Part name → its unpacked packages, as they would lie below `/`. */
  readonly roots: Readonly<Record<string, string>>;
}

/** Writes paths.json and paths.env. Parts of earlier runs stay listed, for a later run may ask for fewer. */
export function writePaths(found: RealPartPaths): RealPartPaths {
  const before = existsSync(jsonPath()) ? readPaths() : { programs: {}, roots: {} };
  const stillThere = (entries: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path)));
  const paths: RealPartPaths = {
    bin: found.bin,
    programs: { ...stillThere(before.programs), ...found.programs },
    roots: { ...stillThere(before.roots), ...found.roots },
  };
  writeIfChanged(jsonPath(), `${JSON.stringify(paths, null, 2)}\n`);
  writeIfChanged(join(partsDirectory, 'paths.env'), asEnvironmentFile(paths));
  return paths;
}

/** The paths of the last run of scripts/install-real-parts. Throws with that hint when there was none. */
export function readPaths(): RealPartPaths {
  if (!existsSync(jsonPath()))
    throw new Error('The real parts are not there yet: run scripts/install-real-parts.');
  return JSON.parse(readFileSync(jsonPath(), 'utf8'));
}

/** One program's path. Throws with the hint to bring it when it is not there. */
export function programPath(name: string): string {
  const path = readPaths().programs[name];
  if (path === undefined)
    throw new Error(
      `${name} is not there yet: run scripts/install-real-parts --with-ssh --with-browser --with-shells.`,
    );
  return path;
}

/** `FORGE_BIN`, `FORGE_<PROGRAM>` and `FORGE_<PART>_ROOT`; not TINYFORGE_*, which is the product's own configuration. */
export function asEnvironmentFile(paths: RealPartPaths): string {
  const key = (name: string) => name.toUpperCase().replaceAll('-', '_');
  const entries: readonly (readonly [string, string])[] = [
    ['FORGE_BIN', paths.bin],
    ...Object.entries(paths.programs).map(([name, path]) => [`FORGE_${key(name)}`, path] as const),
    ...Object.entries(paths.roots).map(([name, path]) => [`FORGE_${key(name)}_ROOT`, path] as const),
  ];
  return entries.map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'\n`).join('');
}

function jsonPath(): string {
  return join(partsDirectory, 'paths.json');
}

function writeIfChanged(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  writeFileSync(path, text);
}
