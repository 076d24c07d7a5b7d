// Which sources and which units a webhook's hint is about. Being wrong here costs one look too many or too late, no more.
import type { SourceConfig } from '../model/config.ts';
import type { Desired } from '../model/desired.ts';
import type { Hint } from '../model/hint.ts';
import type { UnitId } from '../model/unit.ts';
import { gitPlace } from './hint-address.ts';
import { type ImageReference, isLoopbackRegistry, readImageReference } from './image-reference.ts';

type GitHint = Extract<Hint, { kind: 'git' }>;
type ImageHint = Extract<Hint, { kind: 'image' }>;

/** Both lists are empty where nobody is concerned. `imagesOf` tells the images of a stack, where they are known. */
export function matchHint(
  hint: Hint,
  world: {
    sources: readonly SourceConfig[];
    units: readonly Desired[];
    imagesOf?: (unit: UnitId) => readonly string[] | null;
  },
): { sources: string[]; units: UnitId[] } {
  if (hint.kind === 'git') return { sources: matchSources(hint, world.sources), units: [] };
  if (hint.kind !== 'image') return { sources: [], units: [] };
  const byUnit = world.units.map(
    (unit) => [unit.unit, world.imagesOf?.(unit.unit) ?? imagesOf(unit)] as const,
  );
  const touched = new Set(matchImages(hint, new Set(byUnit.flatMap(([, images]) => images ?? []))));
  // A stack whose images are not known yet is looked at if it follows any.
  const isTouched = (images: readonly string[] | null) =>
    images === null || images.some((image) => touched.has(image));
  return { sources: [], units: byUnit.filter(([, images]) => isTouched(images)).map(([unit]) => unit) };
}

/**
 * Names of the git sources whose branch or tag was pushed. The repository's name is enough: one place is reached by
 * many addresses (mirrors, ssh aliases), of which the payload knows but its own.
 */
export function matchSources(hint: GitHint, sources: readonly SourceConfig[]): string[] {
  if (hint.deleted) return [];
  const name = hint.repository.toLowerCase();
  const told = (hint.urls ?? []).map(gitPlace);
  const isMeant = (url: string): boolean => {
    const own = gitPlace(url);
    if (own === null) return false;
    if (own.path === name || own.path.endsWith(`/${name}`)) return true;
    return told.some((place) => place?.host === own.host && place.path === own.path);
  };
  const meant = sources.filter(
    (source) => source.type === 'git' && isSameRef(source.ref, hint.ref) && isMeant(source.url),
  );
  return meant.map((source) => source.name);
}

function isSameRef(ref: string, pushed: string): boolean {
  if (ref === 'HEAD') return pushed.startsWith('refs/heads/');
  return [ref, `refs/heads/${ref}`, `refs/tags/${ref}`].includes(pushed);
}

/**
 * Those of the images that the push has changed. A registry calls itself as the pusher did, so where no image has its
 * very address, those of the same name elsewhere are meant.
 */
export function matchImages(hint: ImageHint, images: Iterable<string>): string[] {
  const pushed = readPushed(hint.repository);
  if (pushed === null) return [];
  const named = [...images].flatMap((image) => {
    const read = readImageReference(image);
    const isMeant =
      read.ok && read.reference.repository === pushed.repository && isSameVersion(hint, read.reference);
    return isMeant ? [{ image, registry: plainRegistry(read.reference.registry) }] : [];
  });
  const here = named.filter(({ registry }) => registry === pushed.registry);
  return (here.length > 0 ? here : named).map(({ image }) => image);
}

/** A payload without a host names a path alone, which is no image of Docker Hub. */
function readPushed(repository: string): { registry: string | null; repository: string } | null {
  const read = readImageReference(repository);
  if (!read.ok) return null;
  const hasHost = read.reference.registry !== 'docker.io' || /^(?:index\.)?docker\.io\//.test(repository);
  return hasHost
    ? { registry: plainRegistry(read.reference.registry), repository: read.reference.repository }
    : { registry: null, repository };
}

function isSameVersion(hint: ImageHint, { tag, digest }: ImageReference): boolean {
  if (digest !== null) return digest === hint.digest;
  return (tag ?? 'latest') === hint.tag;
}

/** Default ports and the many names of one's own machine are no difference. */
function plainRegistry(registry: string): string {
  const plain = registry.toLowerCase().replace(/:(?:80|443)$/, '');
  if (!isLoopbackRegistry(plain)) return plain;
  return `loopback${/:\d+$/.exec(plain)?.[0] ?? ''}`;
}

/** Null where it cannot be told from the wish alone; such a stack counts when it follows any digest. */
function imagesOf(unit: Desired): readonly string[] | null {
  if (unit.kind === 'site') return [unit.image];
  if (unit.kind === 'project') {
    const { repository, tag, digest } = unit.image;
    return [`${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`];
  }
  if (unit.kind === 'proxy') return [];
  const follows = Object.values(unit.services).some((service) => service.follow !== null);
  return follows ? null : [];
}
