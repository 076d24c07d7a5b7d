// Which image a stage runs: by tag, by digest, or by the digest that a followed tag has now.
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
  if (digest !== null) {
    return { reference: `${repository}@${digest}`, digest, release: tag ?? shortDigest(digest) };
  }
  const release = tag ?? 'latest';
  if (desired.follow === null) return { reference: tagged, digest: '', release };
  if (world.pin !== null) return pinned(world, repository, tagged, release);
  const local = world.answers.get(`image:${desired.host}:${tagged}`);
  if (local?.ok && local.type === 'image' && local.image && local.image.repoDigests.length === 0) {
    return { reference: tagged, digest: local.image.id, release };
  }
  const answer = world.answers.get(`digest:${tagged}`);
  const found = answer?.ok && answer.type === 'digest' ? answer.digest : null;
  // The registry is away and was never asked: what runs is the best knowledge there is.
  const known =
    found ?? world.mine.find((container) => container.state === 'running')?.ours?.imageDigest ?? null;
  return known === null || known === ''
    ? { reference: tagged, digest: '', release }
    : { reference: `${repository}@${known}`, digest: known, release };
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
    answer.image.repoDigests.length === 0
  );
}

function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 7);
}
