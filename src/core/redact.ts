// Replaces every known secret in a text by its reference, whatever way it is written there.
import { formsOf } from './redact-forms.ts';

export interface KnownSecret {
  name: string;
  value: string;
}

export type Redact = (text: string) => string;

/** From this length the cut-off beginning or end of a secret at the edge of a text counts as the secret. */
const MIN_CUT_CHARACTERS = 8;

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
 */
export function createRedactor(secrets: readonly KnownSecret[]): Redact {
  const patterns: Pattern[] = [];
  const seen = new Set<string>();
  for (const { name, value } of secrets) {
    for (const form of formsOf(value)) {
      if (!seen.has(form)) patterns.push({ name, form });
      seen.add(form);
    }
  }
  if (patterns.length === 0) return (text) => text;
  return (text) => replaceFound(text, merge(findAll(text, patterns)));
}

function findAll(text: string, patterns: readonly Pattern[]): Found[] {
  const found: Found[] = [];
  const tail = text.slice(-MIN_CUT_CHARACTERS);
  const head = text.slice(0, MIN_CUT_CHARACTERS);
  for (const { name, form } of patterns) {
    let start = text.indexOf(form);
    while (start >= 0) {
      found.push({ start, end: start + form.length, name });
      // One step on, not past the end: a value may overlap itself.
      start = text.indexOf(form, start + 1);
    }
    if (form.length > MIN_CUT_CHARACTERS && text.length >= MIN_CUT_CHARACTERS) {
      findCut(text, { form, name, head, tail }, found);
    }
  }
  return found;
}

/** The engine cuts the output of health checks, and a tail of a log may begin in the middle of a line. */
function findCut(
  text: string,
  edge: { form: string; name: string; head: string; tail: string },
  found: Found[],
): void {
  const { form, name, head, tail } = edge;
  for (let at = form.indexOf(tail); at >= 0; at = form.indexOf(tail, at + 1)) {
    const length = at + tail.length;
    if (text.endsWith(form.slice(0, length)))
      found.push({ start: text.length - length, end: text.length, name });
  }
  for (let at = form.indexOf(head); at >= 0; at = form.indexOf(head, at + 1)) {
    if (text.startsWith(form.slice(at))) found.push({ start: 0, end: form.length - at, name });
  }
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
