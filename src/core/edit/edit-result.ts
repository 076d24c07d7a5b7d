// What an edit of a file gives: the new text, or why it is left as it is.
import type { Path } from '../documents.ts';

export interface EditRefusal {
  /** Stable, for programs: `ManifestMissing`. */
  reason: string;
  message: string;
  hint: string;
}

export type EditResult = { ok: true; text: string } | { ok: false; refusal: EditRefusal };

/** One place of a text that is replaced. */
export interface Splice {
  start: number;
  end: number;
  put: string;
}

export function edited(text: string): EditResult {
  return { ok: true, text };
}

export function refuseEdit(refusal: EditRefusal): { ok: false; refusal: EditRefusal } {
  return { ok: false, refusal };
}

/** Splices of one text, which must not overlap; of two at one place the first comes first. */
export function splice(text: string, splices: readonly Splice[]): string {
  const fromBehind = [...splices].reverse().sort((a, b) => b.start - a.start);
  return fromBehind.reduce((rest, { start, end, put }) => rest.slice(0, start) + put + rest.slice(end), text);
}

export function byHand(reason: string, what: string): EditRefusal {
  return { reason, message: what, hint: 'Change the file by hand; nothing of it was touched.' };
}

export function shownPath(path: Path): string {
  return path.length === 0 ? 'the manifest' : `\`${path.join('.').slice(0, 80)}\``;
}
