// Names of variables that Compose, git or the loader of programs would take for settings of their own.

const PREFIXES = [
  'COMPOSE_',
  'DOCKER_',
  'BUILDKIT_',
  'BUILDX_',
  'GIT_',
  'SSH_',
  'LD_',
  'DYLD_',
  'SSL_',
  'XDG_',
  'OTEL_',
];
const NAMES = new Set(['PATH', 'HOME', 'TMPDIR', 'SHELL']);

/**
 * What the Go runtime reads. Not all of GO*: GOOGLE_CLIENT_ID and GOTIFY_TOKEN are ordinary settings of services.
 * Likewise NODE_ENV among NODE_*, which no program that we start reads.
 */
const GO_RUNTIME =
  /^GO(?:ARCH|CACHE|COVERDIR|DEBUG|ENV|EXPERIMENT|FIPS140|FLAGS|GC|MAXPROCS|MEMLIMIT|OS|PATH|PROXY|RACE|ROOT|TMPDIR|TRACEBACK)$/;

/**
 * True for names that are refused wherever Compose would see them: 2.26 puts each key of its env file into its own
 * environment, where GIT_SSH_COMMAND is a program to run and COMPOSE_FILE another project.
 */
export function isControlKey(name: string): boolean {
  if (NAMES.has(name) || GO_RUNTIME.test(name)) return true;
  if (name.startsWith('NODE_')) return name !== 'NODE_ENV';
  return PREFIXES.some((prefix) => name.startsWith(prefix)) || /_proxy$/i.test(name);
}
