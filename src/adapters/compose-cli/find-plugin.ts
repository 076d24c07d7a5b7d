// Finds the Compose plugin's own binary: never `docker compose`, which would bring the CLI's settings and plugins along.
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

/** Where the Docker CLI looks for plugins, in its order, the user's first. */
const SYSTEM_FOLDERS = [
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
];

/**
 * TINYFORGE_COMPOSE, then the plugin folders, then `docker-compose` on the PATH. Null where there is none; a path that
 * was named and is no program gives null too, for the one that was meant is the one to mend.
 */
export function findComposePlugin(environment: Readonly<Record<string, string | undefined>>): string | null {
  const named = environment.TINYFORGE_COMPOSE;
  if (named !== undefined && named !== '') return isAbsolute(named) && isProgram(named) ? named : null;
  const user = environment.DOCKER_CONFIG ?? join(environment.HOME ?? homedir(), '.docker');
  const onPath = (environment.PATH ?? '').split(delimiter).filter(isAbsolute);
  const candidates = [join(user, 'cli-plugins'), ...SYSTEM_FOLDERS, ...onPath].map((folder) =>
    join(folder, 'docker-compose'),
  );
  return candidates.find(isProgram) ?? null;
}

/** A program of util-linux at a place that no user can write to; null where it is not installed. */
export function findSystemProgram(name: string): string | null {
  return (
    ['/usr/bin', '/bin', '/usr/sbin', '/sbin'].map((folder) => join(folder, name)).find(isProgram) ?? null
  );
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
