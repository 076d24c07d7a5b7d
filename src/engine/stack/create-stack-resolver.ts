// Turns a stack's files into a model for the planner, and the model into the one file that Compose is given.

import {
  asFrom,
  type HostMount,
  type MovedMount,
  movedMounts,
  movedWords,
} from '../../core/compose-mounts.ts';
import type { AdoptedContainer } from '../../model/action.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { Problem } from '../../model/problem.ts';
import type { StackModel, StackService } from '../../model/resolved.ts';
import { type AdoptedContainers, createAdoptedContainers } from './adopted.ts';
import { type BuiltImages, createBuiltImages } from './built.ts';
import { createGoodFiles, type GoodSummary } from './good-file.ts';
import { asItRan, goodGeneration, putBack } from './good-generation.ts';
import { type Layout, layoutOf } from './layout.ts';
import { leftBehind } from './left-behind.ts';
import { createModelSource } from './model-source.ts';
import { movedAlong } from './moved-along.ts';
import { nothingGood, redacted, stackChanged, stackRefused } from './refused.ts';
import { createRenderedFiles, type RenderedStack } from './rendered.ts';
import type { ImageInput } from './service-image.ts';
import { createStableFiles } from './stable-files.ts';
import { createStoppedContainers } from './stopped.ts';
import type { StackDeps } from './types.ts';

export interface StackResolver {
  /**
   * The model of a stack as its files are now. Cheap while nothing changed: some looks at files, no child, no write.
   * Throws faults; one that carries `problems` (see refused.ts) says all that is wrong, each with its place.
   */
  resolve(desired: DesiredStack): Promise<StackModel>;
  /**
   * What services that ran from this folder would begin anew without, where no good generation tells: looked for in that
   * folder under the names of now. Otherwise `resolve` has it.
   */
  leftBehind(
    desired: DesiredStack,
    from: { folder: string; services: readonly string[] },
  ): Promise<readonly Problem[]>;
  /** A good generation as a model of its own, the last one without `hash`; null where it is not kept. */
  good(desired: DesiredStack, hash?: string | null): Promise<StackModel | null>;
  /**
   * Writes the file for `up`. Throws a fault: StackChanged (conflict) where the files are not those that the plan was
   * made from (`expected` are the plan's hashes by service), NothingGood (stalled), and what `resolve` throws.
   */
  render(
    desired: DesiredStack,
    which: 'desired' | 'good',
    expected?: Readonly<Record<string, string>>,
    /** Which good generation; the last one without it. */
    hash?: string | null,
  ): Promise<RenderedStack>;
  /** What an image of the files as they are now is built from; null where they ask for another one. */
  image(desired: DesiredStack, image: string): Promise<ImageInput | null>;
  /** What was built, of all units. */
  readonly built: BuiltImages;
  /** For git: writes the files of the commit into the stable folder. Idempotent; what is not tracked is never touched. */
  materialise(desired: DesiredStack): Promise<void>;
  /**
   * Keeps this generation to fall back on; writes only when it is another one. `ran` are the images of its services by
   * digest, which a tag may not tell later. False where the files are not those of `hash` any more.
   */
  markGood(
    desired: DesiredStack,
    facts?: { hash: string; ran: Readonly<Record<string, string>> },
  ): Promise<boolean>;
  /** Drops the good generations but these. */
  keepGood(unit: string, hashes: readonly string[]): Promise<void>;
  /** These containers are the unit's as they run. */
  adopt(desired: DesiredStack, containers: readonly AdoptedContainer[]): Promise<void>;
  /** A container is about to be stopped by us. */
  willStop(unit: string, container: string): Promise<void>;
  /** It was started again, or removed. */
  noLongerStopped(unit: string, container: string): Promise<void>;
  /** Drops what is known of a unit. Its folder and what runs stay. */
  forget(unit: string): Promise<void>;
  /** Paths from the source's root that the stack was made from when it was last resolved, and those it looked for. */
  referenced(unit: string): readonly string[];
}

export function createStackResolver(
  deps: StackDeps,
  adopted: AdoptedContainers = createAdoptedContainers(deps),
): StackResolver {
  const models = createModelSource(deps);
  const goodFiles = createGoodFiles(deps);
  const stableFiles = createStableFiles(deps);
  const renderedFiles = createRenderedFiles(deps);
  const stopped = createStoppedContainers(deps);
  const builtImages = createBuiltImages(deps);
  /** Hash that the newest plan was made from. */
  const planned = new Map<string, string>();
  /** Where each is to run by its newest files. */
  const places = new Map<string, Layout>();

  /** Throws where data that the last good generation had is not where the files of now look for it. */
  async function movedSince(
    good: GoodSummary | null,
    now: { desired: DesiredStack; layout: Layout; mounts: readonly HostMount[] },
  ): Promise<MovedMount[]> {
    const moved = good === null ? [] : movedMounts(good, { ...now.layout, mounts: now.mounts });
    const behind = await leftBehind(deps.tree, { ...now, moved });
    if (behind.length > 0) throw stackRefused(redacted(behind, deps.secrets));
    return moved.map((mount) => ({ ...mount, source: deps.secrets.redact(mount.source) }));
  }

  return {
    async resolve(desired) {
      const { unit } = desired;
      const layout = layoutOf(desired, deps.dataDirectory);
      places.set(unit, layout);
      const { model, uses, mounts } = await models.entry(desired, layout);
      // Two passes with the same model: nobody has needed the values of it.
      if (planned.get(unit) === model.hash) models.dropValues(unit);
      planned.set(unit, model.hash);
      const good = await goodFiles.summary(unit);
      const moved = await movedSince(good, { desired, layout, mounts });
      return {
        ...model,
        ...(moved.length === 0 ? {} : { moved: movedWords(moved) }),
        pendingFiles: desired.inPlace ? null : await stableFiles.pending(desired, layout, uses),
        stoppedByUs: await stopped.of(unit),
        good: good === null ? null : { hash: good.hash, services: good.services },
      };
    },

    async leftBehind(desired, { folder, services }) {
      if ((await goodFiles.summary(desired.unit)) !== null) return [];
      const layout = layoutOf(desired, deps.dataDirectory);
      const { mounts } = await models.entry(desired, layout);
      const own = mounts.filter(({ service }) => services.includes(service));
      const was = asFrom(folder, own, layout);
      const moved = movedMounts(was, { ...layout, mounts: own });
      const behind = await leftBehind(deps.tree, { desired, layout, moved, isGuessed: true });
      return redacted(behind, deps.secrets);
    },

    async good({ unit }, wanted) {
      const summary = await goodFiles.summary(unit, wanted);
      if (summary === null) return null;
      const { hash, services, mounts: _mounts, ...rest } = summary;
      const stoppedByUs = await stopped.of(unit);
      return {
        ...rest,
        hash,
        services,
        good: { hash, services },
        pendingFiles: null,
        stoppedByUs,
        notices: [],
      };
    },

    async render(desired, which, expected = {}, hash = null) {
      if (which === 'good') {
        const kept = await goodFiles.open(desired.unit, hash);
        if (kept === null) throw nothingGood(desired.unit);
        const place = places.get(desired.unit) ?? layoutOf(desired, deps.dataDirectory);
        const generation = await movedAlong(deps.tree, kept, place);
        if (!matches(generation.services, expected)) throw stackChanged(desired.unit);
        await putBack(deps, desired, generation);
        return renderedFiles.write(desired.unit, generation);
      }
      const layout = layoutOf(desired, deps.dataDirectory);
      const built = await models.built(desired, layout);
      const isPlanned = (planned.get(desired.unit) ?? built.hash) === built.hash;
      if (!isPlanned || !matches(built.services, expected)) throw stackChanged(desired.unit);
      const { mounts } = built.contents;
      await movedSince(await goodFiles.summary(desired.unit), { desired, layout, mounts });
      return renderedFiles.write(desired.unit, { ...built, projectDirectory: layout.projectDirectory });
    },

    async image(desired, image) {
      const built = await models.built(desired, layoutOf(desired, deps.dataDirectory));
      return built.images.find((input) => input.image === image) ?? null;
    },

    built: builtImages,

    async materialise(desired) {
      if (desired.inPlace) return;
      const layout = layoutOf(desired, deps.dataDirectory);
      const { uses } = await models.entry(desired, layout);
      await stableFiles.write(desired, layout, uses);
    },

    async markGood(desired, facts) {
      const layout = layoutOf(desired, deps.dataDirectory);
      const { model } = await models.entry(desired, layout);
      const before = await goodFiles.summary(desired.unit);
      if (facts !== undefined && facts.hash !== model.hash) return false;
      if (before?.hash === model.hash && before.projectDirectory === model.projectDirectory) return true;
      const built = await models.built(desired, layout);
      if (built.hash !== model.hash) return false;
      const generation = await goodGeneration(deps.tree, desired, { built, layout });
      await goodFiles.write(desired.unit, asItRan(generation, facts?.ran ?? {}));
      models.dropValues(desired.unit);
      return true;
    },

    keepGood: goodFiles.keepOnly,

    async forget(unit) {
      planned.delete(unit);
      places.delete(unit);
      models.forget(unit);
      await goodFiles.forget(unit);
      await stableFiles.forget(unit);
      await renderedFiles.forget(unit);
      await stopped.forget(unit);
      await adopted.forget(unit);
    },

    adopt: adopted.add,
    willStop: stopped.add,
    noLongerStopped: stopped.remove,
    referenced: (unit) => models.referenced(unit),
  };
}

export { problemsOf } from './refused.ts';
export type { RenderedStack } from './rendered.ts';

function matches(
  services: Readonly<Record<string, StackService>>,
  expected: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(expected).every(([name, hash]) => services[name]?.specHash === hash);
}
