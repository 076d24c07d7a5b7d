import { buildNotices, readBuild } from '../../core/build/read-build.ts';
import { type Json, type ResolvedModel, text, undoubled } from '../../core/compose-model.ts';
import type { Problem } from '../../model/problem.ts';
import type { StackBuild } from '../../model/resolved.ts';
import type { Tree } from '../../ports/tree.ts';
import type { Tracked } from './content-hash.ts';

import { type Given, type Image, type ImageInput, imageOf } from './service-image.ts';

export interface StackImages {
  /** No service of it is built: images are named by content, and never asked for elsewhere. */
  model: ResolvedModel;
  /** By service. */
  builds: Record<string, StackBuild>;
  inputs: ImageInput[];
  tracked: Tracked[];
  problems: Problem[];
  notices: Problem[];
}

export async function stackImages(tree: Tree, given: Given): Promise<StackImages> {
  const made = new Map<string, Image>();
  const problems: Problem[] = [];
  const notices: Problem[] = [];
  for (const [name, service] of Object.entries(given.model.services)) {
    const wish = readBuild(service);
    if (wish === null) continue;
    const found = await imageOf(tree, { ...given, name, service, wish });
    problems.push(...found.problems);
    notices.push(...buildNotices(name, service), ...found.notices);
    if (found.image !== null) made.set(name, found.image);
  }
  const images = [...made.values()];
  return {
    ...named(given.model, made),
    inputs: images.map(({ input }) => input),
    tracked: images.map(({ tracked }) => tracked),
    problems,
    notices,
  };
}

/** A service that asks for an image by the name that another one gives to what it builds gets the very same. */
function named(
  model: ResolvedModel,
  made: ReadonlyMap<string, Image>,
): Pick<StackImages, 'model' | 'builds'> {
  const byName = new Map([...made.values()].flatMap((image) => image.input.names.map((own) => [own, image])));
  const builds: StackImages['builds'] = {};
  const services = Object.entries(model.services).map(([name, service]): [string, Json] => {
    const image = made.get(name) ?? byName.get(undoubled(text(service.image) ?? ''));
    if (image === undefined) return [name, service];
    builds[name] = image.build;
    const { build: _build, ...rest } = service;
    return [name, { ...rest, image: image.input.image, pull_policy: 'never' }];
  });
  return { builds, model: { ...model, services: Object.fromEntries(services) } };
}
