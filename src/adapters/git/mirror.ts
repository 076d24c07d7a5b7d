// The bare repository of a source: asks the other side where a ref is, and brings a commit of it.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secrets } from '../../ports/secrets.ts';
import { grantAccess } from './access.ts';
import { gitEnvironment } from './environment.ts';
import { type FailureContext, gitFault, isLocalDamage, isUnadvertised, refMissing } from './failures.ts';
import { isGitFailure, runGit } from './git-client.ts';
import { ensureMirror } from './mirror-folder.ts';
import { findRef, type WantedRef } from './ref-name.ts';
import { withScratch } from './scratch.ts';

export interface Mirror {
  readonly directory: string;
  /** Where the ref is over there now: one round trip. Throws GitRefMissing and the faults of `gitFault`. */
  locate(wanted: WantedRef, signal: AbortSignal): Promise<Located>;
  /** Brings what was located; gives the commit that came, which may be a newer one. Faults as `locate`. */
  fetch(located: Located, signal: AbortSignal): Promise<string>;
  /** Runs git on the mirror without any way to the outside; rejects with a GitFailure. */
  local(args: readonly string[], options: LocalOptions): Promise<string>;
  /** Drops all objects but those of this commit, once there are many packs. */
  tidy(commit: string, signal: AbortSignal): Promise<void>;
  /** Removes it all, for a repository that cannot be read any more; the next fetch begins anew. */
  discard(): Promise<void>;
}

export interface Located {
  /** The full name to ask for; a commit id where that is what was wanted. */
  ref: string;
  commit: string;
}

export interface LocalOptions {
  signal: AbortSignal;
  input?: string | undefined;
  /** Where the child stands; the mirror by default. */
  directory?: string | undefined;
  extra?: Readonly<Record<string, string>> | undefined;
}

const LOCATE_TIMEOUT_MS = 60_000;
const FETCH_TIMEOUT_MS = 15 * 60_000;
const LOCAL_TIMEOUT_MS = 5 * 60_000;
const WANTED = 'refs/tinyforge/wanted';
// Each fetch leaves a pack of two or three files.
const MANY_FILES = 24;

export function createMirror(deps: {
  directory: string;
  context: FailureContext;
  knownHosts: string | null;
  secrets: Pick<Secrets, 'get'>;
}): Mirror {
  const { directory, context, knownHosts, secrets } = deps;
  const { address, credential } = context;
  const fetchLimits = { repository: directory, timeoutMs: FETCH_TIMEOUT_MS };

  /** `repository` is where objects go; /dev/null where a call only asks. */
  async function remote(
    args: readonly string[],
    { repository, ...limits }: { repository: string; timeoutMs: number; signal: AbortSignal },
  ): Promise<string> {
    return await withScratch(async (scratch) => {
      const access = await grantAccess({ address, credential, knownHosts, secrets, scratch });
      const environment = gitEnvironment({
        gitDirectory: repository,
        protocol: address.protocol,
        settings: access.settings,
        extra: access.extra,
      });
      return await runGit({ args, environment, directory: '/', ...limits });
    });
  }

  async function local(args: readonly string[], options: LocalOptions): Promise<string> {
    const environment = gitEnvironment({ gitDirectory: directory, protocol: null, extra: options.extra });
    return await runGit({
      args,
      environment,
      input: options.input,
      directory: options.directory ?? directory,
      timeoutMs: LOCAL_TIMEOUT_MS,
      signal: options.signal,
    });
  }

  async function locate(wanted: WantedRef, signal: AbortSignal): Promise<Located> {
    const asked =
      wanted.commit === null ? wanted.candidates.flatMap((name) => [name, `${name}^{}`]) : ['HEAD'];
    const listing = await remote(['ls-remote', '--', address.url, ...asked], {
      repository: '/dev/null',
      timeoutMs: LOCATE_TIMEOUT_MS,
      signal,
    }).catch((error: unknown) => translate(error, signal));
    // A commit does not move: that the other side answered is all that this round trip is for.
    if (wanted.commit !== null) return { ref: wanted.commit, commit: wanted.commit };
    const found = findRef(wanted, listing);
    if (found === null) throw refMissing(context);
    return found;
  }

  async function fetch(located: Located, signal: AbortSignal): Promise<string> {
    await ensureMirror({ directory, address: address.url, signal });
    try {
      await remote(fetchArguments(['--depth=1'], [`+${located.ref}:${WANTED}`]), {
        ...fetchLimits,
        signal,
      });
    } catch (error) {
      // Not translated: the caller begins with a new mirror.
      if (isLocalDamage(error)) throw error;
      if (!isUnadvertised(error)) return translate(error, signal);
      await fetchEverything(signal);
      await local(['update-ref', WANTED, located.commit], { signal }).catch(() => {
        throw refMissing(context);
      });
    }
    const commit = await local(['rev-parse', '--verify', `${WANTED}^{commit}`], { signal });
    return commit.trim();
  }

  /** For a server that gives no commit by its id: what it has is brought, and the commit looked for in that. */
  async function fetchEverything(signal: AbortSignal): Promise<void> {
    const all = ['+refs/heads/*:refs/tinyforge/all/heads/*', '+refs/tags/*:refs/tinyforge/all/tags/*'];
    await remote(fetchArguments(['--depth=2147483647'], all), { ...fetchLimits, signal }).catch(
      (error: unknown) => translate(error, signal),
    );
  }

  function fetchArguments(options: readonly string[], refspecs: readonly string[]): string[] {
    // Without --quiet: simple-git waits 50 ms more for a call that said nothing at all.
    const fixed = ['--force', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'];
    return ['fetch', ...fixed, '--no-auto-maintenance', ...options, '--', address.url, ...refspecs];
  }

  function translate(error: unknown, signal: AbortSignal): never {
    signal.throwIfAborted();
    throw gitFault(error, context);
  }

  async function tidy(commit: string, signal: AbortSignal): Promise<void> {
    const objects = await readdir(join(directory, 'objects'), { recursive: true }).catch(() => []);
    if (objects.length < MANY_FILES) return;
    const all = await local(['for-each-ref', '--format=delete %(refname)', 'refs/tinyforge/all/'], {
      signal,
    });
    await local(['update-ref', '--stdin'], { signal, input: `update ${WANTED} ${commit}\n${all}` });
    await local(['gc', '--quiet', '--prune=now'], { signal });
  }

  return {
    directory,
    locate,
    fetch,
    local,
    tidy,
    discard: () => rm(directory, { recursive: true, force: true }),
  };
}

/** True where a local call failed for the repository's own sake, such as objects that a power failure took. */
export function isDamaged(error: unknown): boolean {
  return isGitFailure(error) && !error.timedOut && (error.exitCode > 0 || error.exitCode === -1);
}
