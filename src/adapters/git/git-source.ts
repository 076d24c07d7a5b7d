// A git repository as a source: polls, brings new commits as whole checkouts, and keeps the last good one.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GitSourceConfig } from '../../model/config.ts';
import { isFault } from '../../model/errors.ts';
import type { SourceSnapshot } from '../../model/source.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { Source, SourceReading } from '../../ports/source.ts';
import { readCheckout } from './checkout-files.ts';
import { endOrphans } from './children.ts';
import { gitFault } from './failures.ts';
import type { Marker } from './marker.ts';
import { createMirror, type Located } from './mirror.ts';
import { pollDelayMs, startPolling } from './poll.ts';
import { type SourceTrouble, sourceProblem } from './problem.ts';
import { createRefusedSource } from './refused-source.ts';
import { sweepScratch } from './scratch.ts';
import { type GitSourceSettings, readSettings, sourcePlaces } from './settings.ts';
import { signersStamp, verifySignature } from './signature.ts';
import { createSingleFlight } from './single-flight.ts';
import { findGoodCheckout, restoreCheckout, sweepSource, type UpdateDeps, update } from './update.ts';

export interface GitSourceDeps {
  config: GitSourceConfig;
  /** The data directory; everything of this source lies in `sources/NAME` below it. */
  dataDirectory: string;
  secrets: Pick<Secrets, 'get' | 'redact'>;
  clock: Clock;
  log: Log;
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
  const { config, secrets, clock, log } = deps;
  const { address, wanted, path, identity } = settings;
  const { ref, credential, knownHosts, allowedSigners } = config;
  const places = sourcePlaces(deps.dataDirectory, config.name);
  const context = { address, ref, credential, redact: (text: string) => secrets.redact(text) };
  const mirror = createMirror({ directory: places.mirror, context, knownHosts, secrets });
  const work: UpdateDeps = { mirror, places, identity, path, allowedSigners, clock };
  const listeners = new Set<(why: string) => void>();

  let snapshot: SourceSnapshot | null = null;
  let fetchedMs: number | null = null;
  let trouble: SourceTrouble | null = null;
  let failures = 0;
  /** A commit that was looked at and refused: not fetched again until it, or who may sign, changes. */
  let refusal: { key: string; trouble: SourceTrouble } | null = null;
  let opened = false;
  let swept = false;

  async function open(signal: AbortSignal): Promise<void> {
    if (opened) return;
    try {
      const marker = (await findGoodCheckout(work)) ?? (await restoreCheckout(work, signal));
      if (marker !== null && (await isStillTrusted(marker, signal))) {
        await show(marker);
        fetchedMs = marker.fetchedMs;
      }
    } catch (error) {
      signal.throwIfAborted();
      blame(error);
    }
    opened = true;
  }

  /** Who may sign may have changed while we were not running. */
  async function isStillTrusted({ revision }: Marker, signal: AbortSignal): Promise<boolean> {
    if (allowedSigners === null) return true;
    try {
      await verifySignature({ mirror: mirror.directory, revision, allowedSigners, signal });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      blame(error);
      return false;
    }
  }

  async function show({ revision, commit }: Marker): Promise<void> {
    const root = join(places.checkouts, revision, path);
    const files = await readCheckout(root, snapshot?.files ?? []);
    snapshot = { source: config.name, type: 'git', revision, root, files, commit };
  }

  async function look(signal: AbortSignal): Promise<void> {
    try {
      await openOnce(signal);
      await sweep(signal);
      const located = await mirror.locate(wanted, signal);
      fetchedMs = clock.nowMs();
      failures = 0;
      trouble = await bring(located, signal);
    } catch (error) {
      signal.throwIfAborted();
      blame(error);
    }
  }

  /** What keeps the located commit from being applied, or null when it is the one that is shown now. */
  async function bring(located: Located, signal: AbortSignal): Promise<SourceTrouble | null> {
    if (snapshot?.revision === located.commit && existsSync(snapshot.root)) return null;
    const signers = allowedSigners === null ? '' : await signersStamp(allowedSigners);
    const key = `${located.commit} ${signers}`;
    if (refusal?.key === key) return refusal.trouble;
    try {
      const marker = await update(work, { located, signal });
      await show(marker);
      fetchedMs = marker.fetchedMs;
      return null;
    } catch (error) {
      signal.throwIfAborted();
      const verdict = blame(error);
      if (verdict.fault.disposition === 'stalled') refusal = { key, trouble: verdict };
      return verdict;
    }
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    if (swept) return;
    await endOrphans();
    await sweepScratch();
    await sweepSource(work, signal);
    swept = true;
  }

  function blame(error: unknown): SourceTrouble {
    const fault = gitFault(error, context);
    if (fault.disposition === 'retry') failures += 1;
    const sinceMs = trouble?.fault.reason === fault.reason ? trouble.sinceMs : clock.nowMs();
    trouble = { fault, sinceMs };
    return trouble;
  }

  // Apart from `refresh`: reading from disk does not wait for a fetch that is under way.
  const openOnce = createSingleFlight(open);

  async function lookAndTell(signal: AbortSignal): Promise<void> {
    const before = { revision: snapshot?.revision, reason: trouble?.fault.reason };
    await look(signal);
    const revision = snapshot?.revision;
    const reason = trouble?.fault.reason;
    if (revision === before.revision && reason === before.reason) return;
    if (revision !== before.revision) log.info('source moved', { source: config.name, revision });
    if (trouble !== null) log.warn('source not up to date', { source: config.name, reason });
    else if (before.reason !== undefined) log.info('source is back', { source: config.name });
    const short = revision?.slice(0, 7);
    const why = revision === before.revision ? (reason ?? 'source is back') : `commit ${short} on ${ref}`;
    for (const tell of listeners) tell(why);
  }

  const refresh = createSingleFlight(lookAndTell);

  async function read(signal: AbortSignal): Promise<SourceReading> {
    await openOnce(signal);
    if (snapshot === null && fetchedMs === null && trouble === null) await refresh(signal);
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
    const stop = startPolling({ clock, look: refresh, delayMs: () => pollDelayMs(config.pollMs, failures) });
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
