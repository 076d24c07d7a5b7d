// The difference between what a browser shows and what is true now, as the fewest parts to replace.
import type { Part } from '../pages/page.ts';
import { keysOf, type PartKeys } from './part-keys.ts';

export interface Fragment {
  id: string;
  /** Empty: the element goes. */
  html: string;
  /** The list it is put into when it is not there yet. */
  into?: string;
}

/** `shown` null means that nobody knows what the browser shows: it gets everything. */
export function patchOf(parts: readonly Part[], shown: PartKeys | null): Fragment[] {
  const keys = keysOf(parts);
  const changed = parts.filter(
    ({ id, fixed }) => fixed !== true && (shown === null || shown.get(id) !== keys.get(id)),
  );
  const gone = [...(shown?.keys() ?? [])].filter((id) => !keys.has(id));
  return [
    ...changed.map(({ id, html, into }) => ({
      id,
      html: String(html),
      ...(into === undefined ? {} : { into }),
    })),
    ...gone.map((id) => ({ id, html: '' })),
  ];
}
