// Replaces every known secret in a text by its reference, whatever way it is written there.
import { formsOf, MIN_SECRET_CHARACTERS } from './redact-forms.ts';

export interface KnownSecret {
  name: string;
  value: string;
}

export type Redact = (text: string) => string;

/** From this length the cut-off beginning or end of a secret at the edge of a text counts as the secret. */
const MIN_CUT_CHARACTERS = 8;

/** Forms that begin, or end, with the same characters; so short that every form has that many. */
type Index = ReadonlyMap<string, readonly Pattern[]>;

interface Pattern {
  name: string;
  form: string;
}

interface Found {
  start: number;
  end: number;
  name: string;
}

/**
 * Makes the function that log, errors and answers pass through when they are made, before anything is cut to length.
 * `${secret:NAME}` takes the place of each value; secrets that overlap are replaced as one, by the first one's name.
 * What it costs depends on the length of the text, hardly on the number of secrets.
 */
export function createRedactor(secrets: readonly KnownSecret[]): Redact {
  const patterns = new Map<string, Pattern>();
  for (const { name, value } of secrets) {
    for (const form of formsOf(value)) if (!patterns.has(form)) patterns.set(form, { name, form });
  }
  if (patterns.size === 0) return (text) => text;
  const byStart = Map.groupBy(patterns.values(), ({ form }) => form.slice(0, MIN_SECRET_CHARACTERS));
  const byEnd = Map.groupBy(patterns.values(), ({ form }) => form.slice(-MIN_SECRET_CHARACTERS));
  return (text) => replaceFound(text, merge(findAll(text, { byStart, byEnd })));
}

function findAll(text: string, { byStart, byEnd }: { byStart: Index; byEnd: Index }): Found[] {
  const found: Found[] = [];
  for (let start = 0; start + MIN_SECRET_CHARACTERS <= text.length; start += 1) {
    const end = start + MIN_SECRET_CHARACTERS;
    const piece = text.slice(start, end);
    for (const { form, name } of byStart.get(piece) ?? []) {
      if (text.startsWith(form, start)) found.push({ start, end: start + form.length, name });
      else if (isCutEnd(text, { form, start })) found.push({ start, end: text.length, name });
    }
    for (const { form, name } of byEnd.get(piece) ?? []) {
      if (isCutBeginning(text, { form, end })) found.push({ start: 0, end, name });
    }
  }
  return found;
}

/** The engine cuts the output of health checks in the middle of a value. */
function isCutEnd(text: string, { form, start }: { form: string; start: number }): boolean {
  const length = text.length - start;
  return length >= MIN_CUT_CHARACTERS && length < form.length && form.startsWith(text.slice(start));
}

/** A tail of a log may begin in the middle of one. */
function isCutBeginning(text: string, { form, end }: { form: string; end: number }): boolean {
  return end >= MIN_CUT_CHARACTERS && end < form.length && form.endsWith(text.slice(0, end));
}

function merge(found: Found[]): Found[] {
  const merged: Found[] = [];
  for (const next of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last !== undefined && next.start < last.end) last.end = Math.max(last.end, next.end);
    else merged.push({ ...next });
  }
  return merged;
}

function replaceFound(text: string, found: readonly Found[]): string {
  if (found.length === 0) return text;
  let result = '';
  let from = 0;
  for (const { start, end, name } of found) {
    result += `${text.slice(from, start)}\${secret:${name}}`;
    from = end;
  }
  return result + text.slice(from);
}
