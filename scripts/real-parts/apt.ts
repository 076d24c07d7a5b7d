// Fetches Debian packages of one release into a directory of ours: the machine's own lists and packages stay as they are.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianSources } from './debian-sources.ts';

export interface Archive {
  /** The packages among the dependencies of `packages` that this machine lacks, themselves left out. */
  missingDependencies(packages: readonly string[]): readonly string[];
  /** All packages among their dependencies, as on a machine that has none, themselves left out. */
  allDependencies(packages: readonly string[]): readonly string[];
  /** Downloads the packages into a directory, checked against the archive's signatures. Throws when one cannot be had. */
  download(packages: readonly string[], directory: string): void;
}

/** The archive of one release, e.g. `trixie`, made from the sources that this machine uses for its own release. */
export function openArchive(options: {
  readonly release: string;
  readonly ownRelease: string;
  readonly directory: string;
}): Archive {
  const { release, ownRelease, directory } = options;
  const lists = join(directory, 'lists');
  const settings = [
    ['Dir::Etc::sourcelist', join(directory, 'debian.sources')],
    ['Dir::Etc::sourceparts', '/dev/null'],
    ['Dir::State::lists', lists],
    ['Dir::Cache', join(directory, 'cache')],
    // The user `_apt` may not read a checkout below /root; without this apt warns at each download.
    ['APT::Sandbox::User', 'root'],
    ['Acquire::Retries', '3'],
    ['Acquire::http::Timeout', '30'],
  ].flatMap(([key, value]) => ['-o', `${key}=${value}`]);

  function apt(args: readonly string[], cwd = directory) {
    const child = spawnSync('apt-get', [...settings, '-qq', ...args], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return {
      ok: child.status === 0,
      stdout: child.stdout ?? '',
      stderr: (child.stderr ?? String(child.error)).trim(),
    };
  }

  function refreshLists(): void {
    for (const folder of [join(lists, 'partial'), join(directory, 'cache/archives/partial')])
      mkdirSync(folder, { recursive: true });
    writeFileSync(join(directory, 'debian.sources'), debianSources({ release, ownRelease }));
    const updated = apt(['update']);
    if (!updated.ok)
      throw new Error(`The package lists of Debian ${release} could not be fetched:\n${updated.stderr}`);
  }

  function hasLists(): boolean {
    return existsSync(lists) && readdirSync(lists).some((file) => file.includes('Packages'));
  }

  /** Lists age: when a package has been replaced in the archive, fresh lists are fetched and the call made once more. */
  function withLists(args: readonly string[], cwd?: string): string {
    if (!hasLists()) refreshLists();
    let result = apt(args, cwd);
    if (!result.ok) {
      refreshLists();
      result = apt(args, cwd);
    }
    if (!result.ok)
      throw new Error(`apt-get ${args.join(' ')} (Debian ${release}) failed:\n${result.stderr}`);
    return result.stdout;
  }

  function simulated(packages: readonly string[], more: readonly string[]): readonly string[] {
    const plan = withLists([...more, '--simulate', '--no-install-recommends', 'install', ...packages]);
    const names = [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
    return names.filter((name) => name !== '' && !packages.includes(name));
  }

  return {
    missingDependencies: (packages) => simulated(packages, []),
    // With no list of what is installed, nothing is.
    allDependencies: (packages) => simulated(packages, ['-o', 'Dir::State::status=/dev/null']),
    download(packages, into) {
      mkdirSync(into, { recursive: true });
      withLists(['download', ...packages], into);
    },
  };
}

/** The Debian packages that a directory holds. */
export function packageFiles(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.deb'))
    .sort()
    .map((file) => join(directory, file));
}
