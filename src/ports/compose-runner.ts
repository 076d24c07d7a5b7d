// The Compose plugin behind one fixed call, in a jail. See the doc comments for what it never does.

export interface ComposeFiles {
  /** Compose project name, always given with -p. */
  project: string;
  /** Absolute paths, each given with -f. */
  files: string[];
  /** Absolute. */
  projectDirectory: string;
  /** Variables that the files may interpolate: written to a private file, the only --env-file. */
  variables: Record<string, string>;
  profiles: string[];
}

export interface ComposeRunner {
  /** Version of the plugin (`2.26.1`), read once; throws a fault (ComposeMissing, stalled). */
  version(): Promise<string>;
  /**
   * `config --format json`, with no engine, no remotes, no .env, no git or ssh on the PATH, bounded time, memory and output.
   * Resolves to the parsed JSON. Faults: ComposeRefused (stalled, with Compose's own words), ComposeHung (stalled).
   */
  config(files: ComposeFiles, signal: AbortSignal): Promise<unknown>;
  /**
   * `config --hash '*'`, in the same jail: what Compose would write on the containers of each service as its hash. On a
   * resolved file only: on others it leaves the env files out (seen on 2.26). Faults as of `config`.
   */
  hashes(files: ComposeFiles, signal: AbortSignal): Promise<Record<string, string>>;
  /**
   * `up -d --no-deps --no-build --pull never SERVICES` on a resolved file. One child at a time per project, also over
   * a crash of ours (a lock file held by the child). Only what is listed is touched; a listed one-shot that has ended
   * runs again, so list what has changed and nothing else. With `scale`, also `--no-recreate --scale NAME=N`: what is
   * there stays as it is, whatever the file says, and new ones are numbered on from the highest. Faults: ComposeUpFailed and JobFailed (version, with the last lines),
   * PortTaken, ExternalMissing, ComposeRefused, ComposeMissing (stalled), NameTaken (conflict), ImageMissing,
   * EngineAway, ComposeBusy, ComposeHung (retry).
   */
  up(options: {
    project: string;
    /** Absolute path of the resolved, checked file. */
    file: string;
    projectDirectory: string;
    services: string[];
    /** `--force-recreate`: made anew although nothing of them changed. Volumes without a name are kept. */
    recreate?: true;
    /** Containers per service in all: those that are there, and the new ones beside them. */
    scale?: Readonly<Record<string, number>>;
    /** Values that configs and secrets with `environment:` are filled from while containers are made; usually none. */
    variables?: Readonly<Record<string, string>>;
    /** Profiles are resolved already; these are for Compose's own bookkeeping. */
    signal: AbortSignal;
    onLine: (line: string) => void;
  }): Promise<void>;
}
