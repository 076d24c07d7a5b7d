// Tells whether a part of a page says something new: its hash without the ages, which the browser renews itself.
import { createHash } from 'node:crypto';
import type { Part } from '../pages/page.ts';

/** Hash by id of the part. */
export type PartKeys = ReadonlyMap<string, string>;

export function keysOf(parts: readonly Part[]): PartKeys {
  return new Map(parts.map((part) => [part.id, keyOf(part)]));
}

function keyOf({ html, fixed }: Part): string {
  if (fixed === true) return '';
  const ageless = String(html).replace(/(<time [^>]*>)[^<]*/g, '$1');
  return createHash('sha1').update(ageless).digest('base64');
}
