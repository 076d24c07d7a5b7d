// Keeps what converged as a numbered revision: its manifest, its images by digest, and a stack's resolved files.
import { BUILT_PREFIX } from '../core/build/built-image.ts';
import { readImageReference } from '../core/image-reference.ts';
import type { Desired } from '../model/desired.ts';
import { BUILT_LABEL } from '../model/labels.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { LocalImage } from '../model/resolved.ts';
import type { Revision, RevisionImage } from '../model/revision.ts';
import type { EngineDeps } from './deps.ts';

export interface Converged {
  desired: Desired;
  specHash: string;
  digest: string;
  release: string;
  containers: readonly ObservedContainer[];
}

type Deps = Pick<EngineDeps, 'control' | 'stacks' | 'runtimes' | 'clock' | 'config'>;

/** Images that were looked at in this pass, by engine and id: forty workloads of one image ask once. */
export type LookedAt = Map<string, Promise<LocalImage | null>>;

/**
 * The revision to save. Null where it cannot be kept yet, since the files have changed again; the next pass sees
 * another generation.
 */
export async function makeRevision(
  deps: Deps,
  facts: Converged,
  lookedAt: LookedAt,
): Promise<Revision | null> {
  const { control, clock } = deps;
  const { desired, specHash, digest, release } = facts;
  const { unit, host } = desired;
  const known = control.revisions(unit);
  const newest = known[0];
  const last = Math.max(
    0,
    ...control.allRevisions().flatMap((entry) => (entry.unit === unit ? entry.number : [])),
  );
  const isKnown = newest?.specHash === specHash && newest.digest === digest;
  const live = facts.containers.filter((container) => isLive(container, facts));
  const images = isKnown ? new Map() : await imagesOf(deps, { host, containers: live, lookedAt });
  if (desired.kind === 'stack') {
    const ran = Object.fromEntries(
      live.flatMap(({ compose, imageId }) => {
        const image = images.get(imageId);
        return compose === null || image === undefined ? [] : [[compose.service, image.reference]];
      }),
    );
    if (!(await deps.stacks.markGood(desired, { hash: specHash, ran }))) return null;
  }
  const first = images.values().next().value;
  const before = isKnown ? control.revision(unit, newest.number) : null;
  return {
    unit,
    number: isKnown ? newest.number : last + 1,
    host,
    specHash,
    digest,
    release,
    revision: desired.revision,
    atMs: before?.atMs ?? clock.nowMs(),
    keepable: isKeepable(desired),
    images: before?.images ?? [...images.values()],
    desired,
    image: before?.image ?? (desired.kind === 'project' ? (first?.reference ?? null) : null),
  };
}

/** The same again is the newest now; one and the same is not offered twice. */
export function dropDoubles({ control }: Pick<EngineDeps, 'control'>, saved: Revision): void {
  for (const { number, specHash, digest } of control.revisions(saved.unit))
    if (number !== saved.number && specHash === saved.specHash && digest === saved.digest)
      control.dropRevision(saved.unit, number);
}

/** Docker starts what has `restart: always` with the engine, stopped by hand or not: two versions would run. */
export function isKeepable(desired: Desired): boolean {
  return desired.kind === 'site' || (desired.kind === 'project' && desired.spec.restart.name !== 'always');
}

function isLive({ state, name, ours }: ObservedContainer, { desired, specHash }: Converged): boolean {
  if (state === 'created' || name.endsWith('-failed')) return false;
  return desired.kind === 'stack' || ours?.specHash === specHash;
}

/** By the engine's id. An image that is gone from under its container is left out. */
async function imagesOf(
  { runtimes }: Deps,
  facts: { host: string; containers: readonly ObservedContainer[]; lookedAt: LookedAt },
): Promise<Map<string, RevisionImage>> {
  const { host, containers, lookedAt } = facts;
  const images = new Map<string, RevisionImage>();
  for (const { imageId, image } of containers) {
    if (images.has(imageId)) continue;
    const key = `${host} ${imageId}`;
    const looking = lookedAt.get(key) ?? runtimes.get(host)?.inspectImage(imageId);
    if (looking === undefined) continue;
    lookedAt.set(key, looking);
    const local = await looking;
    if (local === null) continue;
    const { id, sizeBytes, repoDigests } = local;
    // Some engines give what was built here a digest as well, which no registry knows.
    if (image.startsWith(BUILT_PREFIX) && local.marks?.[BUILT_LABEL.by] !== undefined) {
      images.set(imageId, { reference: image, id, pulled: false, built: true, sizeBytes });
      continue;
    }
    const reference = byDigest(image, repoDigests) ?? (repoDigests.length > 0 ? image : imageId);
    images.set(imageId, { reference, id, pulled: repoDigests.length > 0, sizeBytes });
  }
  return images;
}

/** `repository@digest`, as this repository knows the image. */
function byDigest(image: string, repoDigests: readonly string[]): string | null {
  const own = nameOf(image);
  return repoDigests.find((entry) => nameOf(entry) === own) ?? null;
}

function nameOf(image: string): string {
  const read = readImageReference(image);
  return read.ok ? `${read.reference.registry}/${read.reference.repository}` : image;
}
