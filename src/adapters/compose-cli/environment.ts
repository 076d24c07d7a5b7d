// The environment that Compose gets: built from nothing, never inherited.

/** Folders of ours that are empty and stay so. */
export interface EmptyFolders {
  programs: string;
  home: string;
  dockerConfig: string;
}

/** An address where nobody is: `config` needs no engine, and a hostile file shall not reach one through it. */
export const NO_ENGINE = 'unix:///dev/null/no-engine';

/**
 * PATH must be set to something: with none at all, Compose takes PATH from the project's `.env` and runs the
 * repository's own `git`. It names a folder without programs, so neither git nor ssh is found. The rest is a second
 * wall behind our own reading: no `.env`, no remote files, no git that would speak any protocol or read any settings.
 */
export function childEnvironment({ folders, engine }: { folders: EmptyFolders; engine: string }) {
  return {
    PATH: folders.programs,
    HOME: folders.home,
    DOCKER_CONFIG: folders.dockerConfig,
    DOCKER_HOST: engine,
    COMPOSE_DISABLE_ENV_FILE: '1',
    COMPOSE_EXPERIMENTAL_GIT_REMOTE: 'false',
    COMPOSE_EXPERIMENTAL_OCI_REMOTE: 'false',
    // Services that we did not list are none of this call's business.
    COMPOSE_IGNORE_ORPHANS: 'true',
    COMPOSE_MENU: 'false',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_SSH_COMMAND: 'false',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
}
