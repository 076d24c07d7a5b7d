// Unpacks one part's packages below .forge/parts and makes its programs callable; nothing is installed on the machine.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Archive, packageFiles } from './apt.ts';
import { makeCallable } from './callable.ts';
import type { PackageSet, PartRecipe, ReleaseChoice } from './recipe.ts';

export interface UnpackedPart {
  /** Program name → absolute path to call it by. */
  readonly programs: Readonly<Record<string, string>>;
  /** The unpacked packages, as they would lie below `/`. */
  readonly root: string;
  /** The package files it was made of, with their versions. */
  readonly packages: readonly string[];
  /** Changes with the recipe and with the place, so that a moved checkout makes its launchers again. */
  readonly key: string;
}

/** What an earlier run unpacked, or undefined when it is not whole or was made by another recipe. */
export function readUnpacked(recipe: PartRecipe, partsDirectory: string): UnpackedPart | undefined {
  const stamp = join(partsDirectory, recipe.name, 'stamp.json');
  if (!existsSync(stamp)) return undefined;
  const part: UnpackedPart = JSON.parse(readFileSync(stamp, 'utf8'));
  const whole = part.key === keyOf(recipe, partsDirectory) && Object.values(part.programs).every(existsSync);
  return whole ? part : undefined;
}

/** Downloads and unpacks a part. The stamp is written last: a run that was cut begins anew. */
export function unpackPart(options: {
  readonly recipe: PartRecipe;
  readonly partsDirectory: string;
  readonly openArchive: (release: ReleaseChoice) => Archive;
}): UnpackedPart {
  const { recipe, partsDirectory, openArchive } = options;
  const place = join(partsDirectory, recipe.name);
  const unfinished = `${place}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(place, { recursive: true, force: true });
  const packages: string[] = [];
  for (const [index, set] of recipe.sets.entries()) {
    const archive = openArchive(set.release);
    const downloads = join(unfinished, `packages-${index}`);
    archive.download([...set.packages, ...dependenciesOf(set, archive)], downloads);
    for (const file of packageFiles(downloads)) {
      extract(file, join(unfinished, 'root'));
      packages.push(basename(file));
    }
    rmSync(downloads, { recursive: true });
  }
  renameSync(unfinished, place);
  const root = join(place, 'root');
  const programs = makeCallable({
    programs: recipe.programs,
    root,
    binDirectory: join(partsDirectory, 'bin'),
  });
  const part: UnpackedPart = { programs, root, packages, key: keyOf(recipe, partsDirectory) };
  writeFileSync(join(place, 'stamp.json'), `${JSON.stringify(part, null, 2)}\n`);
  return part;
}

function dependenciesOf({ packages, dependencies }: PackageSet, archive: Archive): readonly string[] {
  if (dependencies === 'none') return [];
  return dependencies === 'all' ? archive.allDependencies(packages) : archive.missingDependencies(packages);
}

function extract(packageFile: string, root: string): void {
  mkdirSync(root, { recursive: true });
  const child = spawnSync('dpkg-deb', ['--extract', packageFile, root], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${basename(packageFile)} could not be unpacked:\n${child.stderr}`);
}

function keyOf(recipe: PartRecipe, partsDirectory: string): string {
  return createHash('sha256')
    .update(JSON.stringify([recipe, partsDirectory]))
    .digest('hex')
    .slice(0, 16);
}
