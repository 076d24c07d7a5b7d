// The bare repository of a source: asks the other side where a ref is, and brings a commit of it.
import { rm } from 'node:fs/promises';
import type { Secrets } from '../../ports/secrets.ts';
import { grantAccess } from './access.ts';
import type { RemoteAddress } from './address.ts';
import { gitEnvironment } from './environment.ts';
import { gitFault, isLocalDamage, isRefGone, isUnadvertised } from './failures.ts';
import { type GitCall, runGit } from './git-client.ts';
import { ensureMirror } from './mirror-folder.ts';
import { tidyMirror, WANTED } from './mirror-tidy.ts';
import { type ObjectReader, startObjectReader } from './object-reader.ts';
import { findRef, type WantedRef } from './ref-name.ts';
import { withScratch } from './scratch.ts';
import { type FailureContext, refMissing } from './sentences.ts';

export interface Mirror {
  readonly directory: string;
  /** Where the ref is over there now: one round trip. Throws GitRefMissing and the faults of `gitFault`. */
  locate(wanted: WantedRef, signal: AbortSignal): Promise<Located & { commit: string }>;
  /**
   * Brings what was located to WANTED: a commit, which may be a newer one, or a tag of it. Gives who can be asked for
   * its objects, for the caller to end; null where none was started. Faults as `locate`.
   */
  bring(located: Located, signal: AbortSignal): Promise<{ reader: ObjectReader | null }>;
  /** As `bring`; gives the commit that came. */
  fetch(located: Located, signal: AbortSignal): Promise<string>;
  /** Pushes one refspec, never by force. Rejects with a GitFailure that `pushFault` reads, or the faults of access. */
  push(refspec: string, signal: AbortSignal): Promise<void>;
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
  /** Null where the fetch itself is to tell: the name was located before, and has probably moved since. */
  commit: string | null;
}

export interface LocalOptions {
  signal: AbortSignal;
  input?: string | undefined;
  /** Where the child stands; the mirror by default. */
  directory?: string | undefined;
  extra?: Readonly<Record<string, string>> | undefined;
  onOutput?: GitCall['onOutput'];
}

const LOCATE_TIMEOUT_MS = 60_000;
const FETCH_TIMEOUT_MS = 15 * 60_000;
const LOCAL_TIMEOUT_MS = 5 * 60_000;
/** git's own word for it. */
const INFINITE_DEPTH = 2 ** 31 - 1;

interface RemoteLimits extends Pick<GitCall, 'timeoutMs' | 'signal' | 'onStarted'> {
  repository: string;
}

export function createMirror(deps: {
  directory: string;
  context: FailureContext;
  knownHosts: readonly string[];
  secrets: Pick<Secrets, 'get'>;
}): Mirror {
  const { directory, context, knownHosts, secrets } = deps;
  const { address, credential } = context;
  const fetchLimits = { repository: directory, timeoutMs: FETCH_TIMEOUT_MS };

  /** `repository` is where objects go; /dev/null where a call only asks. */
  async function remote(args: readonly string[], { repository, ...limits }: RemoteLimits): Promise<string> {
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
      onOutput: options.onOutput,
      directory: options.directory ?? directory,
      timeoutMs: LOCAL_TIMEOUT_MS,
      signal: options.signal,
    });
  }

  async function locate(wanted: WantedRef, signal: AbortSignal): Promise<Located & { commit: string }> {
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

  async function bring(located: Located, signal: AbortSignal): Promise<{ reader: ObjectReader | null }> {
    await ensureMirror({ directory, address: address.url, signal });
    const started: { reader: ObjectReader | null } = { reader: null };
    try {
      await bringInto(started, located, signal);
      return started;
    } catch (error) {
      started.reader?.end();
      throw error;
    }
  }

  async function bringInto(
    started: { reader: ObjectReader | null },
    located: Located,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await remote(fetchCommand(address, { depth: 1, refspecs: [`+${located.ref}:${WANTED}`] }), {
        ...fetchLimits,
        // A git takes some milliseconds to start: by the time that the fetch has ended it waits for questions.
        onStarted: () => {
          started.reader = startObjectReader(directory, signal);
        },
        signal,
      });
    } catch (error) {
      // Not translated: the caller begins with a new mirror.
      if (isLocalDamage(error)) throw error;
      if (isRefGone(error)) throw refMissing(context);
      const { commit } = located;
      if (commit === null || !isUnadvertised(error)) return translate(error, signal);
      await fetchEverything(signal);
      await local(['update-ref', WANTED, commit], { signal }).catch(() => {
        throw refMissing(context);
      });
    }
  }

  async function fetch(located: Located, signal: AbortSignal): Promise<string> {
    const { reader } = await bring(located, signal);
    reader?.end();
    const commit = await local(['rev-parse', '--verify', `${WANTED}^{commit}`], { signal });
    return commit.trim();
  }

  async function push(refspec: string, signal: AbortSignal): Promise<void> {
    const options = ['--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no'];
    await remote(['push', ...options, '--', address.url, refspec], { ...fetchLimits, signal });
  }

  /** For a server that gives no commit by its id: what it has is brought, and the commit looked for in that. */
  async function fetchEverything(signal: AbortSignal): Promise<void> {
    const all = ['+refs/heads/*:refs/tinyforge/all/heads/*', '+refs/tags/*:refs/tinyforge/all/tags/*'];
    await remote(fetchCommand(address, { depth: INFINITE_DEPTH, refspecs: all }), {
      ...fetchLimits,
      signal,
    }).catch((error: unknown) => translate(error, signal));
  }

  function translate(error: unknown, signal: AbortSignal): never {
    signal.throwIfAborted();
    throw gitFault(error, context);
  }

  return {
    directory,
    locate,
    bring,
    fetch,
    push,
    local,
    tidy: (commit, signal) => tidyMirror({ directory, local, commit, signal }),
    discard: () => rm(directory, { recursive: true, force: true }),
  };
}

function fetchCommand(
  address: RemoteAddress,
  { depth, refspecs }: { depth: number; refspecs: readonly string[] },
): string[] {
  // Without --quiet: simple-git waits 50 ms more for a call that said nothing at all.
  const options = ['--force', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'];
  return ['fetch', ...options, '--no-auto-maintenance', `--depth=${depth}`, '--', address.url, ...refspecs];
}
