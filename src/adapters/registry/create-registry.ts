// Asks registries which digest a tag has now, in a way that is not counted as a pull and gives nothing away.
import { createHash } from 'node:crypto';
import { type ImageReference, readImageReference } from '../../core/image-reference.ts';
import { fault, isFault } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Registry } from '../../ports/registry.ts';
import { createAsker } from './ask.ts';
import type { FindCredential } from './credential.ts';
import { endpointsOf } from './endpoint.ts';
import { imageMissing, networkWords, pullDenied, registryAway } from './failures.ts';
import { type Answer, createHttp } from './http.ts';
import { createTokens } from './tokens.ts';

export interface RegistryDeps {
  clock: Clock;
  credentials?: FindCredential | undefined;
  fetch?: typeof fetch | undefined;
  /** Addresses of a host name; the system's own by default. */
  resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
}

/**
 * All four, always: without the index types a registry answers 404 for a multi-platform image, or silently gives the
 * digest of one platform. (distribution and OCI image specifications)
 */
const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** The distribution specification lets a registry refuse larger ones. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** Where a registry says "not now" and not until when. */
const DEFAULT_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

type Asked = Pick<ImageReference, 'registry' | 'repository'> & { tag: string; signal: AbortSignal };

export function createRegistry(deps: RegistryDeps): Registry {
  const { clock, credentials = () => null, resolve } = deps;
  const http = createHttp({ fetch: deps.fetch ?? fetch, resolve });
  const ask = createAsker({ http, tokens: createTokens({ http, clock, resolve }), credentials });
  /** The address that answered last, where there are several. */
  const working = new Map<string, string>();
  const pausedUntilMs = new Map<string, number>();

  async function resolveDigest(image: string, signal: AbortSignal): Promise<string> {
    const read = readImageReference(image);
    if (!read.ok) throw nameRefused(image, read.why);
    const { registry, repository, tag, digest } = read.reference;
    if (digest !== null) return digest;
    const pauseMs = (pausedUntilMs.get(registry) ?? 0) - clock.nowMs();
    if (pauseMs > 0) throw registryAway(registry, `it asked us to wait ${Math.ceil(pauseMs / 1000)} s more`);
    return await askAnywhere({ registry, repository, tag: tag ?? 'latest', signal });
  }

  async function askAnywhere(asked: Asked): Promise<string> {
    const { registry, signal } = asked;
    const known = working.get(registry);
    const endpoints = known === undefined ? endpointsOf(registry) : [known];
    let first: unknown;
    for (const endpoint of endpoints) {
      try {
        const digest = await askAt(endpoint, asked);
        working.set(registry, endpoint);
        return digest;
      } catch (error) {
        signal.throwIfAborted();
        if (isFault(error) && error.disposition !== 'retry') {
          working.set(registry, endpoint);
          throw error;
        }
        first ??= error;
      }
    }
    working.delete(registry);
    throw isFault(first) ? first : registryAway(registry, wordsOf(first), first);
  }

  async function askAt(endpoint: string, asked: Asked): Promise<string> {
    const url = new URL(`${endpoint}/v2/${asked.repository}/manifests/${asked.tag}`);
    const head = await ask({
      ...asked,
      method: 'HEAD',
      url,
      accept: MANIFEST_TYPES,
      maxBytes: MAX_MANIFEST_BYTES,
    });
    const digest = head.headers.get('docker-content-digest') ?? '';
    if (head.status === 200 && DIGEST.test(digest)) return digest;
    // Some proxies drop the header, some know no HEAD: then the manifest itself is what the digest is made of.
    if (head.status !== 200 && head.status !== 405 && head.status !== 501) throw refusal(asked, head);
    const whole = await ask({
      ...asked,
      method: 'GET',
      url,
      accept: MANIFEST_TYPES,
      maxBytes: MAX_MANIFEST_BYTES,
    });
    if (whole.status !== 200) throw refusal(asked, whole);
    const made = `sha256:${createHash('sha256').update(whole.body).digest('hex')}`;
    const told = whole.headers.get('docker-content-digest') ?? made;
    if (told.startsWith('sha256:') && told !== made) throw new Error('its digest does not fit its manifest');
    return made;
  }

  function refusal({ registry, repository, tag }: Asked, answer: Answer): Error {
    const { status } = answer;
    if (status === 404) return imageMissing(registry, { repository, tag });
    if (status === 401 || status === 403) return pullDenied(registry, { repository, status });
    if (status === 429) {
      const pauseMs = retryAfterMs(answer.headers.get('retry-after'), clock.nowMs());
      pausedUntilMs.set(registry, clock.nowMs() + pauseMs);
      return registryAway(
        registry,
        `429, too many requests; asked again after ${Math.ceil(pauseMs / 1000)} s`,
      );
    }
    return registryAway(registry, `it answered ${status}`);
  }

  return { resolveDigest };
}

function retryAfterMs(header: string | null, nowMs: number): number {
  const seconds = Number(header ?? '');
  const ms = header === null || header === '' ? DEFAULT_PAUSE_MS : seconds * 1000;
  const asked = Number.isFinite(ms) ? ms : Date.parse(header ?? '') - nowMs;
  return Number.isFinite(asked) ? Math.min(Math.max(asked, 1_000), LONGEST_PAUSE_MS) : DEFAULT_PAUSE_MS;
}

/** Our own bounds say what was broken; errors of fetch hide it in their causes. */
function wordsOf(error: unknown): string {
  const isOwn = error instanceof Error && error.name === 'Error' && error.cause === undefined;
  return isOwn ? error.message : networkWords(error);
}

function nameRefused(image: string, why: string): Error {
  return fault({
    code: 'IMAGE_NAME_REFUSED',
    reason: 'ImageNameRefused',
    message: `${JSON.stringify(image.slice(0, 80))} is not the name of an image: ${why}.`,
    hint: 'Write it as `docker pull` takes it, such as ghcr.io/acme/shop:2.1.4.',
    disposition: 'stalled',
  });
}
