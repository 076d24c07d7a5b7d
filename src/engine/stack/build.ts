// From what Compose resolved to what may run: moved into place, judged, chosen, hashed, labelled.

import { shortHash } from '../../core/canonical.ts';
import { labelled } from '../../core/compose-labels.ts';
import { isJson, type Json, list, type ResolvedModel, readModel, text } from '../../core/compose-model.ts';
import { judge } from '../../core/compose-policy.ts';
import { chooseServices } from '../../core/compose-profiles.ts';
import { secretsInPublic } from '../../core/compose-public.ts';
import { relocate } from '../../core/compose-relocate.ts';
import { stackServices } from '../../core/compose-service.ts';
import { serviceSpecs } from '../../core/compose-spec.ts';
import { problem } from '../../core/problem.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { Problem } from '../../model/problem.ts';
import type { StackService } from '../../model/resolved.ts';
import { type Contents, hashesByTarget, stackContents } from './contents.ts';
import { type StackImages, stackImages } from './images.ts';
import type { Layout } from './layout.ts';
import { hashesOfCopy, type Resolved } from './private-copy.ts';
import type { ImageInput } from './service-image.ts';
import type { Gathered, StackDeps } from './types.ts';

export interface Built {
  hash: string;
  project: string;
  services: Record<string, StackService>;
  externalNetworks: string[];
  externalVolumes: string[];
  /** The file for `up`, values and all. */
  text: string;
  /** For configs and secrets that Compose fills while it makes containers. */
  variables: Record<string, string>;
  contents: Contents;
  /** What is sent to the engine for each image that is built. */
  images: readonly ImageInput[];
  notices: readonly Problem[];
  composeVersion?: string;
}

/** Throws nothing for what people wrote: problems are given back, and then nothing is built. */
export async function build(
  deps: StackDeps,
  options: { desired: DesiredStack; layout: Layout; gathered: Gathered; resolved: Resolved },
): Promise<{ built: Built } | { problems: Problem[] }> {
  const { desired, layout, gathered, resolved } = options;
  const read = readModel(resolved.json);
  // A file that lost its services is more likely an accident than a wish to have all of them removed.
  if (read === null || Object.keys(read.services).length === 0) return { problems: [notAModel()] };
  const moved = relocate(read, {
    copy: resolved.copy,
    runDirectory: deps.runDirectory,
    root: desired.root,
    target: layout.target,
  });
  const composeVersion = await deps.compose.version();
  const facts = { ...deps, stackDirectory: layout.projectDirectory, composeVersion };
  // A path that could not be moved still leads into the copy: judging it would say the same in other words.
  if (moved.problems.length > 0) return { problems: moved.problems };
  const chosen = chooseServices(moved.model, gathered.profiles);
  const inUse = gathered.secrets.map((name) => ({ name, value: deps.secrets.get(name) ?? '' }));
  const told = secretsInPublic(moved.model, inUse);
  const problems = [...judge(moved.model, facts), ...told, ...chosen.problems];
  if (problems.length > 0) return { problems };
  const { project } = gathered;
  const images = await stackImages(deps.tree, { desired, layout, model: chosen.model, project });
  if (images.problems.length > 0) return { problems: images.problems };
  const contents = await stackContents(deps.tree, desired, {
    model: images.model,
    layout,
    missing: gathered.missing,
  });
  if (contents.problems.length > 0) return { problems: contents.problems };
  const built = finish(deps, { desired, layout, gathered, images, contents });
  return {
    built: desired.adopt ? await comparable(deps, { built, layout, gathered, model: moved.model }) : built,
  };
}

/**
 * With what Compose itself would call each service, so that what it made before can be told from what changed since.
 * Of the model as it is written, for the profiles of a service are part of its hash (seen on 2.26).
 */
async function comparable(
  deps: StackDeps,
  given: { built: Built; layout: Layout; gathered: Gathered; model: ResolvedModel },
): Promise<Built> {
  const { built, layout, gathered, model } = given;
  const hashes = await hashesOfCopy(deps, {
    text: JSON.stringify({ ...model, name: gathered.project }),
    project: gathered.project,
    projectDirectory: layout.projectDirectory,
  });
  const services = Object.entries(built.services).map(([name, service]) => [
    name,
    { ...service, configHash: joinsAnother(model.services[name] ?? {}) ? null : (hashes[name] ?? null) },
  ]);
  return { ...built, services: Object.fromEntries(services), composeVersion: await deps.compose.version() };
}

/** `up` puts the id of the other one's container in before it hashes (seen on 2.26). */
function joinsAnother(service: Json): boolean {
  const isJoined = ['network_mode', 'ipc', 'pid'].some((key) => text(service[key])?.startsWith('service:'));
  return isJoined || list(service.volumes_from).length > 0;
}

function finish(
  deps: StackDeps,
  given: {
    desired: DesiredStack;
    layout: Layout;
    gathered: Gathered;
    images: StackImages;
    contents: Contents;
  },
): Built {
  const { desired, layout, gathered, images, contents } = given;
  const { model } = images;
  const variables = neededAtUp(model, gathered.variables);
  const specs = serviceSpecs(model, { contents: hashesByTarget(contents.tracked, layout), variables });
  const specHashes = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      // Keyed and by unit: nobody with the labels can guess a secret, or see that two stacks share one.
      deps.control.fingerprint(`stack:${desired.unit}:${name}`, spec).slice(0, 32),
    ]),
  );
  const services = stackServices(model, { specHashes, declared: desired.services, builds: images.builds });
  const marked = labelled(
    model,
    {
      ref: desired.called ?? desired,
      controller: deps.controller,
      home: desired.workloadId,
      renamedFrom: desired.called === undefined ? undefined : desired.renamedFrom,
      parts: desired.adopt ? 'services' : 'all',
    },
    specHashes,
  );
  return {
    hash: shortHash({ project: gathered.project, services: scales(services) }),
    project: gathered.project,
    services,
    externalNetworks: externals(model.networks),
    externalVolumes: externals(model.volumes),
    text: `${JSON.stringify({ ...marked, name: gathered.project })}\n`,
    variables,
    contents: { ...contents, tracked: [...contents.tracked, ...images.tracked] },
    images: images.inputs,
    notices: images.notices,
  };
}

/** The generation of a stack: what its services are, and how many of each. */
function scales(services: Readonly<Record<string, StackService>>): Record<string, [string, number]> {
  return Object.fromEntries(
    Object.entries(services).map(([name, { specHash, scale }]) => [name, [specHash, scale]]),
  );
}

function externals(parts: ResolvedModel['networks']): string[] {
  return Object.entries(parts)
    .filter(([, part]) => part.external === true || isJson(part.external))
    .map(([key, part]) => text(part.name) ?? key)
    .sort();
}

function neededAtUp(model: ResolvedModel, all: Readonly<Record<string, string>>): Record<string, string> {
  const names = [...Object.values(model.configs), ...Object.values(model.secrets)].flatMap(
    (part) => text(part.environment) ?? [],
  );
  return Object.fromEntries(
    [...new Set(names)].flatMap((name) => (Object.hasOwn(all, name) ? [[name, all[name] ?? '']] : [])),
  );
}

function notAModel(): Problem {
  return problem({
    reason: 'ComposeRefused',
    message: 'Compose gave no services for these files.',
    hint: 'Write at least one service under `services:`.',
  });
}

/** The manifest's word counts most, then COMPOSE_PROJECT_NAME, then `name:` in the file, as Compose has it. */
export function projectName(
  desired: DesiredStack,
  written: { env: string | null; file: string | null },
): string {
  const isSaid =
    desired.discovered === undefined
      ? desired.project !== desired.name
      : desired.discovered.named === 'manifest';
  if (isSaid) return desired.project;
  const found = written.env ?? written.file;
  return found !== null && /^[a-z0-9][a-z0-9_-]*$/.test(found) ? found : desired.project;
}
