// Brings a source from what the other side has to a checkout on disk, step by step, so that a kill between any two is harmless.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeLimits } from '../../core/tree-limits.ts';
import type { Clock } from '../../ports/clock.ts';
import { removeOtherCheckouts, writeCheckout } from './checkout.ts';
import { readCommitFacts } from './commit-facts.ts';
import { isDamaged } from './failures.ts';
import { withLock } from './lock.ts';
import { keepMarker, type Marker, readMarker, stageMarker, sweepMarkers, writeMarker } from './marker.ts';
import type { Located, Mirror } from './mirror.ts';
import { sweepMirror } from './mirror-folder.ts';
import { WANTED } from './mirror-tidy.ts';
import { bootId } from './owner.ts';
import type { SourcePlaces } from './settings.ts';
import { verifySignature } from './signature.ts';

export interface UpdateDeps {
  mirror: Mirror;
  places: SourcePlaces;
  identity: string;
  path: string;
  /** Of a checkout. */
  limits: TreeLimits;
  allowedSigners: string | null;
  clock: Clock;
}

/** The marker of a good checkout that is on disk and whole, or null. Changes nothing. */
export async function findGoodCheckout(deps: UpdateDeps): Promise<Marker | null> {
  const marker = await readMarker(deps.places.marker, deps.identity);
  if (marker === null || marker.boot !== bootId()) return null;
  return existsSync(join(deps.places.checkouts, marker.revision)) ? marker : null;
}

/**
 * Makes the checkout of the marker again from the mirror, where it is missing or older than this boot: files that were
 * not yet on the disk in a power failure are empty afterwards. Null when there is no marker, or the mirror cannot.
 */
export async function restoreCheckout(deps: UpdateDeps, signal: AbortSignal): Promise<Marker | null> {
  return await withLock({ path: deps.places.lock, clock: deps.clock, signal }, async () => {
    const good = await findGoodCheckout(deps);
    if (good !== null) return good;
    const marker = await readMarker(deps.places.marker, deps.identity);
    if (marker === null) return null;
    try {
      const { mirror, path, limits } = deps;
      const { revision } = marker;
      const { checkouts } = deps.places;
      await writeCheckout({ mirror, checkouts, revision, path, limits, reader: null, signal });
    } catch (error) {
      if (!isDamaged(error)) throw error;
      return null;
    }
    const restored = { ...marker, boot: bootId() };
    await writeMarker(deps.places.marker, restored);
    return restored;
  });
}

/** Removes what killed processes left behind. Once per process is enough. */
export async function sweepSource(deps: UpdateDeps, signal: AbortSignal): Promise<void> {
  await withLock({ path: deps.places.lock, clock: deps.clock, signal }, async () => {
    await sweepMirror(deps.places.mirror);
    await sweepMarkers(deps.places.marker);
    const marker = await readMarker(deps.places.marker, deps.identity);
    await removeOtherCheckouts(deps.places.checkouts, kept(marker));
  });
}

export interface UpdateRequest {
  located: Located;
  /** When it was located: the other side answered then. */
  fetchedMs: number;
  /** The checkout is whole and in its place, and may be read and told of while the marker is on its way to the disk. */
  onWritten?: (marker: Marker) => void;
  signal: AbortSignal;
}

/**
 * Fetches, verifies, writes the checkout, and only then says in the marker that it is the good one.
 * Throws the faults of `fetch`, `verifySignature` and `writeCheckout`; the marker is then as it was.
 */
export async function update(deps: UpdateDeps, request: UpdateRequest): Promise<Marker> {
  const { clock, mirror, places } = deps;
  return await withLock({ path: places.lock, clock, signal: request.signal }, async () => {
    try {
      return await updateOnce(deps, request);
    } catch (error) {
      if (!isDamaged(error)) throw error;
      // Objects that were lost or cut: brought again from the beginning, once.
      await mirror.discard();
      return await updateOnce(deps, request);
    }
  });
}

async function updateOnce(deps: UpdateDeps, request: UpdateRequest): Promise<Marker> {
  const { mirror, places, path, limits } = deps;
  const { located, fetchedMs, onWritten, signal } = request;
  const { reader } = await mirror.bring(located, signal);
  try {
    const { revision, ...commit } = await readCommitFacts(mirror, { at: WANTED, reader, signal });
    if (deps.allowedSigners !== null) {
      const { allowedSigners } = deps;
      await verifySignature({ mirror: mirror.directory, revision, allowedSigners, signal });
    }
    const [good, before] = await Promise.all([
      findGoodCheckout(deps),
      readMarker(places.marker, deps.identity),
    ]);
    // Nothing new after all, or somebody else has brought it meanwhile, such as a command beside the controller.
    if (good?.revision === revision) return { ...good, fetchedMs };
    const previous = before === null || before.revision === revision ? null : before.revision;
    const marker = {
      identity: deps.identity,
      revision,
      previous: previous ?? before?.previous ?? null,
      fetchedMs,
      boot: bootId(),
      commit,
    };
    await writeCheckout({ mirror, checkouts: places.checkouts, revision, path, limits, reader, signal });
    onWritten?.(marker);
    const putInPlace = await stageMarker(places.marker, marker);
    await putInPlace();
    return marker;
  } finally {
    reader?.end();
  }
}

/**
 * Sees to it that the newest commit outlives a power failure, and removes checkouts and objects that nobody needs any
 * more. Nobody waits for it who waits for the commit.
 */
export async function tidySource(deps: UpdateDeps, signal: AbortSignal): Promise<void> {
  await withLock({ path: deps.places.lock, clock: deps.clock, signal }, async () => {
    const marker = await readMarker(deps.places.marker, deps.identity);
    if (marker === null) return;
    await keepMarker(deps.places.marker);
    await removeOtherCheckouts(deps.places.checkouts, kept(marker));
    // What fails now is tried again after the next commit.
    await deps.mirror.tidy(marker.revision, signal).catch(() => signal.throwIfAborted());
  });
}

function kept(marker: Marker | null): string[] {
  return [marker?.revision, marker?.previous].filter((one) => typeof one === 'string');
}
