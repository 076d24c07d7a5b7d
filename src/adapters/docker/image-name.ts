// Image names as an engine reads them: what is left out is Docker Hub, `library/` and `latest`.

export interface ImageName {
  /** With registry and path: `docker.io/library/nginx`. */
  repository: string;
  tag: string | null;
  digest: string | null;
}

/** `nginx`, `acme/shop:2`, `localhost:5000/shop@sha256:…`, `ghcr.io/acme/shop:2@sha256:…`. */
export function readImageName(image: string): ImageName {
  const [named = '', digest = null] = image.split('@', 2);
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const path = colon < 0 ? named : named.slice(0, colon);
  return {
    repository: fullRepository(path),
    tag: colon < 0 ? null : named.slice(colon + 1),
    digest,
  };
}

function fullRepository(path: string): string {
  const [first = '', ...rest] = path.split('/');
  if (rest.length === 0) return `docker.io/library/${first}`;
  const isRegistry = first.includes('.') || first.includes(':') || first === 'localhost';
  if (!isRegistry) return `docker.io/${path}`;
  if (first === 'docker.io' && rest.length === 1) return `docker.io/library/${rest[0]}`;
  return path;
}

/** What `GET /images/create` must be given: without a tag the engine would pull all tags there are. */
export function explicitImage(image: string): string {
  const { tag, digest } = readImageName(image);
  return tag === null && digest === null ? `${image}:latest` : image;
}

/**
 * The digest an image is known by in its registry: asked for by digest, or recorded by the engine for that repository.
 * For an image made on the spot, which no registry knows, its id.
 */
export function digestOf(image: string, local: { id: string; repoDigests: readonly string[] }): string {
  const asked = readImageName(image);
  if (asked.digest !== null) return asked.digest;
  const match = local.repoDigests
    .map(readImageName)
    .find(({ repository }) => repository === asked.repository);
  return match?.digest ?? local.id;
}
