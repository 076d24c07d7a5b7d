// A git repository as a source: polls, brings new commits as whole checkouts, and keeps the last good one.
import { TREE_LIMITS, type TreeLimits } from '../../core/tree-limits.ts';
import type { GitSourceConfig } from '../../model/config.ts';
import { isFault } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { Source, SourceReading } from '../../ports/source.ts';
import { gitFault } from './failures.ts';
import { createKeeper } from './keeper.ts';
import { createMirror } from './mirror.ts';
import { pollDelayMs, startPolling } from './poll.ts';
import { type SourceTrouble, sourceProblem } from './problem.ts';
import { createRefusedSource } from './refused-source.ts';
import { type GitSourceSettings, readSettings, sourcePlaces } from './settings.ts';
import { createSingleFlight } from './single-flight.ts';

export interface GitSourceDeps {
  config: GitSourceConfig;
  /** The data directory; everything of this source lies in `sources/NAME` below it. */
  dataDirectory: string;
  /** Files by which ssh knows its host, where that is not for the source itself to say. */
  knownHosts?: readonly string[];
  secrets: Pick<Secrets, 'get' | 'redact'>;
  clock: Clock;
  log: Log;
  /** Of a commit below `path`; what is more is refused before any of it is written. */
  limits?: TreeLimits;
}

/**
 * A source over one branch, tag or commit. Begins with the checkout that an earlier process left on disk, if there is
 * one, so that a start needs no network; `refresh` (or `watch`) then looks at the outside. Never throws for what is
 * configured or for what is outside: that is the `problem` of a reading.
 */
export function createGitSource(deps: GitSourceDeps): Source {
  try {
    return createWorkingSource(deps, readSettings(deps.config));
  } catch (error) {
    if (!isFault(error)) throw error;
    return createRefusedSource(deps.config, { refusal: error, clock: deps.clock });
  }
}

function createWorkingSource(deps: GitSourceDeps, settings: GitSourceSettings): Source {
  const { config, secrets, clock, log, limits = TREE_LIMITS } = deps;
  const { address, wanted, path, identity } = settings;
  const { ref, credential } = config;
  const knownHosts = deps.knownHosts ?? (config.knownHosts === null ? [] : [config.knownHosts]);
  const places = sourcePlaces(deps.dataDirectory, config.name);
  const context = { address, ref, credential, redact: (text: string) => secrets.redact(text) };
  const mirror = createMirror({ directory: places.mirror, context, knownHosts, secrets });
  const { allowedSigners } = config;
  const keeper = createKeeper(config.name, { mirror, places, identity, path, limits, allowedSigners, clock });
  const listeners = new Set<(why: string) => void>();
  let fetchedMs: number | null = null;
  let trouble: SourceTrouble | null = null;
  let failures = 0;
  let isOpen = false;
  /** The name under which the ref was found, where no other name would come before it. */
  let surelyNamed: string | null = null;
  /** Somebody said that there is something new. */
  let isNewsTold = false;

  async function open(signal: AbortSignal): Promise<void> {
    if (isOpen) return;
    await unlessBlamed(signal, async () => {
      fetchedMs = await keeper.open(signal);
    });
    isOpen = true;
  }

  async function look(signal: AbortSignal): Promise<void> {
    await openOnce(signal);
    await unlessBlamed(signal, async () => {
      await keeper.sweep(signal);
      if (!(await bringNews(signal))) {
        const located = await mirror.locate(wanted, signal);
        fetchedMs = clock.nowMs();
        surelyNamed = located.ref === wanted.candidates[0] ? located.ref : null;
        await keeper.bring({ located, fetchedMs, signal });
      }
      failures = 0;
      trouble = null;
    });
  }

  /** What was told to be new is fetched without asking first: one round trip instead of two. False where that cannot be. */
  async function bringNews(signal: AbortSignal): Promise<boolean> {
    const ref = isNewsTold ? surelyNamed : null;
    isNewsTold = false;
    if (ref === null) return false;
    const fetchingMs = clock.nowMs();
    try {
      await keeper.bring({ located: { ref, commit: null }, fetchedMs: fetchingMs, signal });
    } catch (error) {
      // It may have another name by now: a tag that was a branch.
      if (!isFault(error) || error.reason !== 'GitRefMissing') throw error;
      return false;
    }
    fetchedMs = fetchingMs;
    return true;
  }

  /** What fails is the trouble of the source from then on; only the end of the signal is the caller's. */
  async function unlessBlamed(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      const fault = gitFault(error, context);
      if (fault.disposition === 'retry') failures += 1;
      const sinceMs = trouble?.fault.reason === fault.reason ? trouble.sinceMs : clock.nowMs();
      trouble = { fault, sinceMs };
    }
  }

  // Apart from `refresh`: reading from disk does not wait for a fetch that is under way.
  const openOnce = createSingleFlight(open);

  /** The news first, the housekeeping after. */
  async function lookTellAndTidy(signal: AbortSignal): Promise<void> {
    await lookAndTell(signal);
    await unlessBlamed(signal, () => keeper.tidy(signal));
  }

  async function lookAndTell(signal: AbortSignal): Promise<void> {
    const before = { revision: keeper.snapshot()?.revision, reason: trouble?.fault.reason };
    await look(signal);
    const revision = keeper.snapshot()?.revision;
    const reason = trouble?.fault.reason;
    if (revision === before.revision && reason === before.reason) return;
    if (revision !== before.revision) log.info('source moved', { source: config.name, revision });
    if (trouble !== null) log.warn('source not up to date', { source: config.name, reason });
    else if (before.reason !== undefined) log.info('source is back', { source: config.name });
    const short = revision?.slice(0, 7);
    const why = revision === before.revision ? (reason ?? 'source is back') : `commit ${short} on ${ref}`;
    for (const tell of listeners) tell(why);
  }

  const lookOnce = createSingleFlight(lookTellAndTidy);

  function refresh(signal: AbortSignal): Promise<void> {
    isNewsTold = true;
    return lookOnce(signal);
  }

  async function read(signal: AbortSignal): Promise<SourceReading> {
    await openOnce(signal);
    if (keeper.snapshot() === null && trouble === null) await refresh(signal);
    const snapshot = keeper.snapshot();
    const retryMs = listeners.size === 0 ? null : pollDelayMs(config.pollMs, failures);
    const revision = snapshot?.revision ?? null;
    const problem =
      trouble === null
        ? null
        : sourceProblem({ source: config.name, trouble, nowMs: clock.nowMs(), revision, retryMs });
    return { snapshot, problem, fetchedMs };
  }

  function watch(onChange: (why: string) => void): () => Promise<void> {
    listeners.add(onChange);
    const stop = startPolling({ clock, look: lookOnce, delayMs: () => pollDelayMs(config.pollMs, failures) });
    return async () => {
      listeners.delete(onChange);
      await stop();
    };
  }

  return {
    name: config.name,
    type: 'git',
    address: address.shown,
    ref,
    read,
    refresh,
    watch,
    setReferenced: () => undefined,
  };
}
