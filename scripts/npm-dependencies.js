// Runs `npm ci` when what is installed is not what the lockfile says; plain JavaScript, for it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The packages a lockfile names, or undefined when it is not there or cannot be read. */
function lockedPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Versions are compared, not dates: a checkout of another branch touches the lockfile without changing it, and an
 * `npm ci` for nothing would pull node_modules away from under whoever is running.
 */
function installedAsLocked() {
  const locked = lockedPackages(join(root, 'package-lock.json'));
  const installed = lockedPackages(join(root, 'node_modules/.package-lock.json'));
  if (locked === undefined || installed === undefined) return false;
  // The `node` package fetches its program while it installs; a cut install leaves the package without it.
  if (!existsSync(join(root, 'node_modules/node/bin/node'))) return false;
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true;
    const present = installed[path];
    return present === undefined ? entry.optional === true : present.version === entry.version;
  });
}

if (!installedAsLocked()) {
  process.stderr.write('Installing the npm packages of package-lock.json …\n');
  const child = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (child.status !== 0) {
    process.stderr.write(
      'npm ci failed, see above. Check that the npm registry can be reached, then run this again.\n',
    );
    process.exit(1);
  }
}
