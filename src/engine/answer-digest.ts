// The digest behind a followed tag: asked seldom, remembered over restarts, and kept when the registry is away (law 12).

import { isFault } from '../model/errors.ts';
import type { Answer } from '../model/resolved.ts';
import type { EngineDeps } from './deps.ts';

export interface DigestCache {
  entries: Map<string, { digest: string | null; askedMs: number; error: string | null }>;
}

/** A registry is asked again after this time, or at once when a webhook or `sync` says so. */
export const DIGEST_TTL_MS = 300_000;
const DIGEST_RETRY_MS = 30_000;
const DEADLINE_MS = 10_000;

type Deps = Pick<EngineDeps, 'registry' | 'store' | 'clock' | 'log'>;

/** `null` where nobody knows: the kind then keeps what runs. */
export async function answerDigest(deps: Deps, cache: DigestCache, image: string): Promise<Answer> {
  const known = cache.entries.get(image);
  const now = deps.clock.nowMs();
  const ttl = known?.error === null ? DIGEST_TTL_MS : DIGEST_RETRY_MS;
  if (known !== undefined && now - known.askedMs < ttl)
    return { ok: true, type: 'digest', digest: known.digest };
  const stored = deps.store.cacheGet(`digest:${image}`);
  try {
    const digest = await deps.registry.resolveDigest(image, AbortSignal.timeout(DEADLINE_MS));
    if (digest !== stored) deps.store.cacheSet(`digest:${image}`, digest);
    cache.entries.set(image, { digest, askedMs: now, error: null });
    return { ok: true, type: 'digest', digest };
  } catch (error) {
    if (!isFault(error)) throw error;
    deps.log.warn('registry did not tell the digest', { image, reason: error.reason });
    cache.entries.set(image, { digest: stored, askedMs: now, error: error.message });
    return { ok: true, type: 'digest', digest: stored };
  }
}
