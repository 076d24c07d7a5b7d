// Gives the model of a stack as its files are now, by the cheapest way that is sure.
import type { DesiredStack } from '../../model/desired.ts';
import { isFault } from '../../model/errors.ts';
import type { Built } from './build.ts';
import { type CachedModel, cachedParts, createModelCache, isUnchanged, wishKey } from './cached-model.ts';
import { hashContent, type Tracked } from './content-hash.ts';
import { bindsElsewhere } from './elsewhere.ts';
import type { Layout } from './layout.ts';
import { bindsThroughLinks } from './links.ts';
import { redacted, stackRefused } from './refused.ts';
import { gather, inputsKey, resolveOnce } from './resolution.ts';
import { sweepCopies } from './sweep.ts';
import type { Gathered, StackDeps } from './types.ts';

export interface ModelSource {
  /** Three ways: stamps that have not moved; the same words under other stamps; a child. Throws as `resolve` does. */
  entry(desired: DesiredStack, layout: Layout): Promise<CachedModel>;
  /** The same with all values, from memory where a child has just answered. */
  built(desired: DesiredStack, layout: Layout): Promise<Built>;
  /** Drops the values from memory. */
  dropValues(unit: string): void;
  referenced(unit: string): readonly string[];
  forget(unit: string): void;
}

/** What a child was refused is asked again after this long only where it may have been our machine's fault. */
const HUNG_AGAIN_MS = 300_000;

export function createModelSource(deps: StackDeps): ModelSource {
  const cache = createModelCache(deps);
  const fresh = new Map<string, { inputsKey: string; built: Built }>();
  /** The same files are refused in the same words, without a child in each pass. */
  const refusals = new Map<string, { inputsKey: string; untilMs: number; error: unknown }>();
  const looked = new Map<string, readonly string[]>();
  const { signal } = new AbortController();
  let swept: Promise<void> | null = null;

  async function entry(desired: DesiredStack, layout: Layout): Promise<CachedModel> {
    const version = await deps.compose.version();
    const known = cache.get(desired.unit);
    const found =
      known !== null && (await isCurrent(desired, known, version))
        ? known
        : await lookCloser(desired, layout, version);
    const linked = await bindsThroughLinks(deps.tree, layout.runRoot, found.binds);
    const folder = desired.inPlace ? desired.root : deps.dataDirectory;
    const elsewhere = bindsElsewhere(found, { layout, folder, mounts: deps.ownMounts() });
    const wrong = [...linked, ...elsewhere];
    if (wrong.length > 0) throw stackRefused(redacted(wrong, deps.secrets));
    return found;
  }

  async function isCurrent(desired: DesiredStack, known: CachedModel, version: string): Promise<boolean> {
    const key = wishKey(deps, { desired, secrets: known.secrets, version });
    return key === known.wishKey && (await isUnchanged(deps, desired.root, known));
  }

  async function lookCloser(desired: DesiredStack, layout: Layout, version: string): Promise<CachedModel> {
    const { unit } = desired;
    const known = cache.get(unit);
    const { gathered, inputs } = await read(desired, layout, version);
    const basis = {
      inputsKey: inputs,
      wishKey: wishKey(deps, { desired, secrets: gathered.secrets, version }),
      watched: gathered.watched,
      secrets: gathered.secrets,
    };
    const tracked = known?.inputsKey === inputs ? await sameContents(desired, known.tracked) : null;
    const next =
      known !== null && tracked !== null
        ? { ...known, ...basis, tracked }
        : {
            ...basis,
            ...cachedParts(await resolved(desired, layout, { gathered, inputs }), { layout, gathered }),
          };
    cache.set(unit, next);
    return next;
  }

  async function read(desired: DesiredStack, layout: Layout, version: string) {
    const gathered = await gather(deps, desired);
    looked.set(desired.unit, [...gathered.referenced].sort());
    if (gathered.problems.length > 0) throw stackRefused(gathered.problems);
    return { gathered, inputs: inputsKey(deps, { desired, layout, gathered, version }) };
  }

  /** A new commit, or an editor that saved the same text: other stamps over the same words. Null where they differ. */
  async function sameContents({ root }: DesiredStack, before: readonly Tracked[]): Promise<Tracked[] | null> {
    const now: Tracked[] = [];
    for (const one of before) {
      const seen = await hashContent(deps.tree, { root, ...one });
      if (seen.hash !== one.hash) return null;
      now.push(seen);
    }
    return now;
  }

  async function resolved(
    desired: DesiredStack,
    layout: Layout,
    { gathered, inputs }: { gathered: Gathered; inputs: string },
  ): Promise<Built> {
    const { unit } = desired;
    const refused = refusals.get(unit);
    if (refused?.inputsKey === inputs && deps.clock.nowMs() < refused.untilMs) throw refused.error;
    swept ??= sweepCopies(deps);
    await swept;
    try {
      const built = await resolveOnce(deps, { desired, layout, gathered, signal });
      fresh.set(unit, { inputsKey: inputs, built });
      refusals.delete(unit);
      return built;
    } catch (error) {
      // Without Compose nothing was asked of the files.
      if (isFault(error) && error.disposition === 'stalled' && error.reason !== 'ComposeMissing') {
        const hung = error.reason === 'ComposeHung';
        const untilMs = hung ? deps.clock.nowMs() + HUNG_AGAIN_MS : Number.POSITIVE_INFINITY;
        refusals.set(unit, { inputsKey: inputs, untilMs, error });
      }
      throw error;
    }
  }

  return {
    entry,
    async built(desired, layout) {
      const found = await entry(desired, layout);
      const known = fresh.get(desired.unit);
      if (known?.inputsKey === found.inputsKey && known.built.hash === found.model.hash) return known.built;
      const { gathered, inputs } = await read(desired, layout, await deps.compose.version());
      return resolved(desired, layout, { gathered, inputs });
    },
    dropValues: (unit) => fresh.delete(unit),
    referenced: (unit) =>
      [...new Set([...(looked.get(unit) ?? []), ...(cache.get(unit)?.referenced ?? [])])].sort(),
    forget(unit) {
      cache.forget(unit);
      for (const kept of [fresh, refusals, looked]) kept.delete(unit);
    },
  };
}
