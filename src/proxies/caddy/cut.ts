// A call that was cut before its answer: with each change Caddy opens its admin socket anew and closes the one before,
// and who waited in that one's queue is reset without having been heard. So it is asked again where that does no harm.
import { canonicalJson } from '../../core/canonical.ts';
import { isRecord } from './config.ts';

/** A cut call meets the new socket the next time; more often than this, something else is wrong. */
const MOST_CALLS = 3;
const CUT: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

/** What to do about a call that was cut; what it did before, nobody has told us. */
export type AfterCut = 'again' | 'give-up' | (() => Promise<'again' | 'done'>);

/** Null where the call was cut and has done all the same what it should. */
export async function overCuts<T>(call: () => Promise<T>, afterCut: AfterCut): Promise<T | null> {
  for (let calls = 1; ; calls++) {
    try {
      return await call();
    } catch (error) {
      if (calls === MOST_CALLS || afterCut === 'give-up' || !CUT.has(codeOf(error))) throw error;
      if (afterCut !== 'again' && (await afterCut()) === 'done') return null;
    }
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

/** Whether what was to be added stands in the whole configuration: at its path, or in the list that it goes into. */
export function stands(config: unknown, { path, body }: { path: readonly string[]; body: unknown }): boolean {
  const wanted = canonicalJson(body);
  const segments = path.slice(1);
  // The list itself is named, or a place in it, which may have moved since.
  for (const list of [at(config, segments), at(config, segments.slice(0, -1))])
    if (Array.isArray(list) && list.some((one) => canonicalJson(one) === wanted)) return true;
  const value = at(config, segments);
  return value !== undefined && canonicalJson(value) === wanted;
}

function at(config: unknown, segments: readonly string[]): unknown {
  let value = config;
  for (const segment of segments) {
    if (!isRecord(value) || !Object.hasOwn(value, segment)) return undefined;
    value = value[segment];
  }
  return value;
}
