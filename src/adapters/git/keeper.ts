// Keeps the checkout that is shown: the one found on disk at first, then each commit that may be applied.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Fault, isFault } from '../../model/errors.ts';
import type { SourceSnapshot } from '../../model/source.ts';
import { readCheckout } from './checkout-files.ts';
import { endOrphans } from './children.ts';
import type { Marker } from './marker.ts';
import { sweepScratch } from './scratch.ts';
import { signersStamp, verifySignature } from './signature.ts';
import {
  findGoodCheckout,
  restoreCheckout,
  sweepSource,
  tidySource,
  type UpdateDeps,
  type UpdateRequest,
  update,
} from './update.ts';

export interface Keeper {
  snapshot(): SourceSnapshot | null;
  /** Shows the checkout on disk, if there is a good one; resolves with when it was fetched. Throws as `update`. */
  open(signal: AbortSignal): Promise<number | null>;
  /** Removes what killed processes left: once, at the first call. */
  sweep(signal: AbortSignal): Promise<void>;
  /**
   * Shows the located commit, and resolves then; that the next process begins with it is seen to meanwhile, and `tidy`
   * waits for that. Throws as `update`; one that was refused before is refused again without a fetch.
   */
  bring(request: UpdateRequest): Promise<void>;
  /** Removes what the commits before have left; only once after each that was brought. */
  tidy(signal: AbortSignal): Promise<void>;
}

export function createKeeper(source: string, deps: UpdateDeps): Keeper {
  const { mirror, places, path, allowedSigners } = deps;
  let snapshot: SourceSnapshot | null = null;
  let isSwept = false;
  let isTidy = true;
  /** That what is shown is what the marker says, or is about to. */
  let keeping: Promise<unknown> | null = null;
  let isKept = true;
  /** A commit that was looked at and refused: not fetched again until it, or who may sign, changes. */
  let refusal: { key: string; fault: Fault } | null = null;

  async function read({ revision, commit }: Marker): Promise<SourceSnapshot> {
    const root = join(places.checkouts, revision, path);
    const files = await readCheckout(root, snapshot?.files ?? []);
    return { source, type: 'git', revision, root, files, commit };
  }

  async function open(signal: AbortSignal): Promise<number | null> {
    const marker = (await findGoodCheckout(deps)) ?? (await restoreCheckout(deps, signal));
    if (marker === null) return null;
    const { revision } = marker;
    // Who may sign may have changed while we were not running.
    if (allowedSigners !== null) {
      await verifySignature({ mirror: mirror.directory, revision, allowedSigners, signal });
    }
    snapshot = await read(marker);
    return marker.fetchedMs;
  }

  async function sweep(signal: AbortSignal): Promise<void> {
    if (isSwept) return;
    await endOrphans();
    await sweepScratch();
    await sweepSource(deps, signal);
    isSwept = true;
  }

  async function bring(request: UpdateRequest): Promise<void> {
    const { located } = request;
    const isShown = (revision: string | null): boolean =>
      isKept && snapshot !== null && snapshot.revision === revision && existsSync(snapshot.root);
    if (isShown(located.commit)) return;
    const signers = allowedSigners === null ? '' : await signersStamp(allowedSigners);
    const key = `${located.commit} ${signers}`;
    if (refusal?.key === key) throw refusal.fault;
    try {
      const written = Promise.withResolvers<Marker>();
      const updating = update(deps, { ...request, onWritten: written.resolve });
      updating.catch(() => undefined);
      const marker = await Promise.race([written.promise, updating]);
      if (isShown(marker.revision)) return;
      isTidy = false;
      isKept = false;
      keeping = updating;
      snapshot = await read(marker);
    } catch (error) {
      if (located.commit !== null && isFault(error) && error.disposition === 'stalled')
        refusal = { key, fault: error };
      throw error;
    }
  }

  async function tidy(signal: AbortSignal): Promise<void> {
    if (keeping !== null) {
      const ending = keeping;
      keeping = null;
      await ending;
      isKept = true;
    }
    // By the marker before, what is shown would be removed: it is brought again first.
    if (isTidy || !isKept) return;
    await tidySource(deps, signal);
    isTidy = true;
  }

  return { snapshot: () => snapshot, open, sweep, bring, tidy };
}
