// What a git child may see: an environment that we build, and settings that no repository can loosen.
import type { RemoteAddress } from './address.ts';

/** Settings of one call, as git takes them from the environment: nothing of it is on a command line or in a file. */
export type GitSettings = readonly (readonly [key: string, value: string])[];

const HARDENING: GitSettings = [
  // No program of anybody's is run: no hooks, no watcher, no credential helper, no pager, no gpg.
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['credential.helper', ''],
  ['gpg.program', '/bin/false'],
  ['gpg.x509.program', '/bin/false'],
  // A tree is data: no links, no second repositories, and broken or crafted objects are refused on arrival.
  ['core.symlinks', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['transfer.fsckObjects', 'true'],
  ['core.protectHFS', 'true'],
  ['core.protectNTFS', 'true'],
  // Names come as escaped ASCII, so that no byte of them is lost on the way through text.
  ['core.quotePath', 'true'],
  // A credential goes to the host that it is for; a moved repository is told, not followed.
  ['http.followRedirects', 'false'],
  // A host that accepts and then falls silent is away after 30 s.
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '30'],
  // No housekeeping behind our back: it would outlive the call and hold locks.
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  // What was fetched survives a power cut.
  ['core.fsync', 'committed,loose-object'],
  ['core.fsyncMethod', 'batch'],
];

/**
 * Environment for a git child. The `PATH` is the controller's own, for git and ssh must be found; of the rest only
 * where the machine keeps its certificate authorities.
 */
export function gitEnvironment(options: {
  /** Never looked for by git itself, so that no other repository's settings are read. */
  gitDirectory: string;
  /** The only protocol that may be spoken; null for calls that have no business outside. */
  protocol: RemoteAddress['protocol'] | null;
  settings?: GitSettings | undefined;
  extra?: Readonly<Record<string, string>> | undefined;
}): Record<string, string> {
  const settings = [...HARDENING, ...(options.settings ?? [])];
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    // Below a device nothing can exist: no .gitconfig, no .netrc, no attributes of anybody are read.
    HOME: '/dev/null',
    XDG_CONFIG_HOME: '/dev/null',
    // Sentences of git are read by `failures.ts`, in English.
    LC_ALL: 'C',
    GIT_DIR: options.gitDirectory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_EDITOR: '/bin/false',
    GIT_PAGER: 'cat',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_ALLOW_PROTOCOL: options.protocol ?? 'none',
    // Replaced where ssh is what was asked for.
    GIT_SSH_COMMAND: '/bin/false',
    ...certificates(),
    ...options.extra,
    ...asVariables(settings),
  };
}

/** Where the machine keeps its certificate authorities, when its owner says so. */
function certificates(): Record<string, string> {
  const names = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function asVariables(settings: GitSettings): Record<string, string> {
  const pairs = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(pairs) };
}
