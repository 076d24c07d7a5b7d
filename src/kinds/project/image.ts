// Which image a stage runs: by tag, by digest, or by the digest that a followed tag has now.
import { readImageReference } from '../../core/image-reference.ts';
import type { DesiredProject } from '../../model/desired.ts';
import type { Need } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';

export interface ChosenImage {
  /** As asked for at the engine. */
  reference: string;
  /** Digest that is part of the generation; '' where the tag alone decides. */
  digest: string;
  /** What people call it: the tag, else seven digits of the digest. */
  release: string;
}

export function taggedImage({ image }: DesiredProject): string {
  return `${image.repository}:${image.tag ?? 'latest'}`;
}

/** Questions about a followed tag: is it a local build, and if not, what does the registry say. */
export function imageNeeds(world: UnitWorld<DesiredProject>): Need[] {
  const { desired } = world;
  if (desired.follow === null || desired.image.digest !== null || world.pin !== null) return [];
  const image = taggedImage(desired);
  const local: Need = { type: 'image', key: `image:${desired.host}:${image}`, host: desired.host, image };
  const answer = world.answers.get(local.key);
  if (answer === undefined || isLocalBuild(world, local.key)) return [local];
  return [local, { type: 'digest', key: `digest:${image}`, host: desired.host, image }];
}

export function chooseImage(world: UnitWorld<DesiredProject>): ChosenImage {
  const { desired } = world;
  const { repository, tag, digest } = desired.image;
  const tagged = taggedImage(desired);
  if (world.pin?.image)
    return { reference: world.pin.image, digest: world.pin.digest, release: world.pin.release };
  if (digest !== null) {
    return { reference: `${repository}@${digest}`, digest, release: tag ?? shortDigest(digest) };
  }
  const release = tag ?? 'latest';
  if (desired.follow === null) return { reference: tagged, digest: '', release };
  if (world.pin !== null) return pinned(world, repository, tagged, release);
  const local = world.answers.get(`image:${desired.host}:${tagged}`);
  const here = local?.ok && local.type === 'image' ? local.image : null;
  const digestHere = here === null ? null : digestIn(repository, here.repoDigests);
  if (here !== null && digestHere === null) return { reference: tagged, digest: here.id, release };
  const answer = world.answers.get(`digest:${tagged}`);
  const found = answer?.ok && answer.type === 'digest' ? answer.digest : null;
  // The registry is away and was never asked: what runs is the best knowledge there is, then what is on the engine.
  const known = found ?? heldAgainst(world) ?? runningDigest(world) ?? digestHere;
  return known === null
    ? { reference: tagged, digest: '', release }
    : { reference: `${repository}@${known}`, digest: known, release };
}

/** While an earlier version is held, what runs is not what was wanted. */
function heldAgainst({ hold }: UnitWorld<DesiredProject>): string | null {
  return hold?.wanted.digest || null;
}

function pinned(
  world: UnitWorld<DesiredProject>,
  repository: string,
  tagged: string,
  release: string,
): ChosenImage {
  const digest = world.pin?.digest ?? '';
  const fromRegistry = digest !== '' && world.mine.every((container) => container.imageId !== digest);
  return { reference: fromRegistry ? `${repository}@${digest}` : tagged, digest, release };
}

function isLocalBuild(world: UnitWorld<DesiredProject>, key: string): boolean {
  const answer = world.answers.get(key);
  return (
    answer?.ok === true &&
    answer.type === 'image' &&
    answer.image !== null &&
    digestIn(world.desired.image.repository, answer.image.repoDigests) === null
  );
}

/** An image's own id, which stands for a digest where no registry knows the image, cannot be pulled by. */
function runningDigest({ mine }: UnitWorld<DesiredProject>): string | null {
  const running = mine.find((container) => container.state === 'running');
  const digest = running?.ours?.imageDigest ?? '';
  return digest === '' || digest === running?.imageId ? null : digest;
}

/** By which digest this repository knows the image. One that was pushed elsewhere has digests of other repositories. */
function digestIn(repository: string, repoDigests: readonly string[]): string | null {
  const own = nameOf(repository);
  const found = repoDigests.find((entry) => nameOf(entry) === own);
  return found?.slice(found.indexOf('@') + 1) ?? null;
}

function nameOf(image: string): string {
  const read = readImageReference(image);
  return read.ok ? `${read.reference.registry}/${read.reference.repository}` : image;
}

function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 7);
}
