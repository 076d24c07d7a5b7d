// HTML as tests read it: one tag a line for golden files, and checked to be well formed.
import assert from 'node:assert/strict';

const VOID = new Set(['br', 'hr', 'img', 'input', 'link', 'meta', 'wbr', 'path', 'use', 'rect', 'circle']);

/** A line break between tags, so that a change is a line of a diff. */
export function oneTagALine(html: string): string {
  return `${html.replace(/></g, '>\n<').trim()}\n`;
}

/** Fails where a tag is closed that was not opened, or left open. */
export function assertWellFormed(html: string): void {
  const open: string[] = [];
  for (const [, slash, name = '', end] of html.matchAll(
    /<(\/?)([a-z][a-z0-9]*)(?:\s[^>"]*(?:"[^"]*"[^>"]*)*)?(\/?)>/g,
  )) {
    if (slash === '/') assert.equal(open.pop(), name, `</${name}> in ${html.slice(0, 200)}`);
    else if (end !== '/' && !VOID.has(name)) open.push(name);
  }
  assert.deepEqual(open, []);
}

/** The content of the element with this id, with its own tag. */
export function elementOf(html: string, id: string): string {
  const start = html.search(new RegExp(`<[a-z0-9]+ [^>]*id="${id}"`));
  assert.ok(start >= 0, `#${id} is not there`);
  const name = /^<([a-z0-9]+)/.exec(html.slice(start))?.[1] ?? '';
  let depth = 0;
  for (const found of html.slice(start).matchAll(new RegExp(`<(/?)${name}[\\s>]`, 'g'))) {
    depth += found[1] === '/' ? -1 : 1;
    if (depth === 0) return html.slice(start, start + found.index + name.length + 3);
  }
  throw new Error(`#${id} does not end`);
}

/** What a person reads. */
export function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}
