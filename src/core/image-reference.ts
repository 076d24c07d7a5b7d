// Reads and writes image references, so that every room means the same image by the same words.

/** The parts of `registry/repository:tag@digest`, with Docker's defaults filled in. */
export interface ImageReference {
  /** `docker.io`, `ghcr.io`, `127.0.0.1:5000`. */
  registry: string;
  /** Below the registry: `library/busybox`, `acme/shop`. */
  repository: string;
  tag: string | null;
  /** `sha256:` and 64 hex digits. */
  digest: string | null;
}

export type ReadReference = { ok: true; reference: ImageReference } | { ok: false; why: string };

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const REGISTRY =
  /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::\d{1,5})?$/;

/**
 * Reads a reference by the rules of the engine: what stands before the first slash is a registry only if it has a dot,
 * a colon or a capital in it or is `localhost`; without one it is Docker Hub, where a single word lives under `library/`.
 * (The grammar is that of github.com/distribution/reference.)
 */
export function readImageReference(text: string): ReadReference {
  const [named = '', digest, ...more] = text.split('@');
  if (more.length > 0) return refused('there is more than one @');
  if (digest !== undefined && !DIGEST.test(digest)) {
    return refused('a digest is sha256: and 64 hex digits');
  }
  // A colon after the last slash begins the tag; one before it is the port of the registry.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const name = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? null : named.slice(colon + 1);
  if (tag !== null && !TAG.test(tag)) {
    return refused('a tag is 1 to 128 letters, digits, dots, dashes and underscores');
  }
  const { registry, repository } = splitName(name);
  const why = judgeName(registry, repository);
  if (why !== null) return refused(why);
  return { ok: true, reference: { registry, repository, tag, digest: digest ?? null } };
}

/** The whole name: `docker.io/library/busybox:1.36@sha256:…`. */
export function fullImageName(reference: ImageReference): string {
  return `${reference.registry}/${reference.repository}${suffix(reference)}`;
}

/** The name as people write it: `busybox:1.36`, `acme/shop:2`, `ghcr.io/acme/shop:2`. */
export function familiarImageName(reference: ImageReference): string {
  if (reference.registry !== 'docker.io') return fullImageName(reference);
  const repository = reference.repository.replace(/^library\/(?!.*\/)/, '');
  // A first word with a dot would be read as a registry.
  if (splitName(repository).registry !== 'docker.io') return fullImageName(reference);
  return `${repository}${suffix(reference)}`;
}

/** True for `127.0.0.1:5000`, `localhost` and `[::1]:5000`: the engine speaks plain http to these without being told. */
export function isLoopbackRegistry(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '').toLowerCase();
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, slash);
  const isRegistry = slash > 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  const registry = isRegistry ? first : 'docker.io';
  const path = isRegistry ? name.slice(slash + 1) : name;
  if (registry !== 'docker.io' && registry !== 'index.docker.io') return { registry, repository: path };
  return { registry: 'docker.io', repository: path.includes('/') ? path : `library/${path}` };
}

function judgeName(registry: string, repository: string): string | null {
  if (!REGISTRY.test(registry)) return `${JSON.stringify(registry)} is not the address of a registry`;
  if (registry.length + 1 + repository.length > 255) return 'the name is longer than 255 characters';
  if (/[A-Z]/.test(repository)) return 'repositories are written in lower case';
  if (!repository.split('/').every((component) => COMPONENT.test(component))) {
    return 'a repository is words of a-z and 0-9, joined by dots, dashes or underscores, with slashes between';
  }
  // The engine reads 64 hex digits as the id of an image that is already there.
  if (/^library\/[0-9a-f]{64}$/.test(repository)) return 'this is an image id, not a name';
  return null;
}

function suffix(reference: ImageReference): string {
  const tag = reference.tag === null ? '' : `:${reference.tag}`;
  return reference.digest === null ? tag : `${tag}@${reference.digest}`;
}

function refused(why: string): ReadReference {
  return { ok: false, why };
}
