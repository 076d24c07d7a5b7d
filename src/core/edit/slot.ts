// Where one entry of a map or one item of a list stands in the text.
import { type CST, isAlias, isMap, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { keyText } from '../documents-locate.ts';
import type { OpenText } from './open-text.ts';
import { isFlow } from './open-text.ts';

export type Container = YAMLMap | YAMLSeq;

export interface Slot {
  container: Container;
  index: number;
  /** In brackets or braces, here or further out. */
  inFlow: boolean;
  /** Where its key or its dash begins; in a list in brackets the value. */
  start: number;
  /** Behind the colon or the dash: where a value that is missing would stand. */
  afterMark: number;
  /** The value; null where none is written. */
  value: { node: Node; start: number; end: number } | null;
  /** Where all of it ends, without the blanks and comments after it. */
  end: number;
}

/** The slot of a key or an index; null where it is not written there itself. */
export function slotOf(
  opened: OpenText,
  container: Container,
  { step, inFlow }: { step: string | number; inFlow: boolean },
): Slot | null {
  const index = isMap(container) ? container.items.findIndex((pair) => keyText(pair) === String(step)) : step;
  return typeof index === 'number' ? slotAt(opened, container, { index, inFlow }) : null;
}

/** The slot of an index; null where there is none. */
export function slotAt(
  { text }: OpenText,
  container: Container,
  { index, inFlow }: { index: number; inFlow: boolean },
): Slot | null {
  const inside = inFlow || isFlow(container);
  const item = container.items[index];
  if (item === undefined) return null;
  const pair = isMap(container) ? (item as Pair) : null;
  const node = (pair === null ? item : pair.value) as Node | null | undefined;
  const key = pair?.key as Node | undefined;
  const value = writtenValue(text, node);
  const token = tokenOf(container, index);
  const mark = token?.find(({ type }) => type === (isMap(container) ? 'map-value-ind' : 'seq-item-ind'));
  const start = key?.range?.[0] ?? (inside ? value?.start : mark?.offset);
  const afterMark = mark === undefined ? (key?.range?.[1] ?? value?.start) : mark.offset + 1;
  if (start === undefined || afterMark === undefined) return null;
  return { container, index, inFlow: inside, start, afterMark, value, end: value?.end ?? afterMark };
}

/** As YAML has them: other blanks of Unicode are letters to it. */
const BLANKS = /[ \t\r\n]+$/;

/** Where a node is written, without the line ends that belong to a block; null for one that is not written at all. */
function writtenValue(text: string, node: Node | null | undefined): Slot['value'] {
  if (node === null || node === undefined || !node.range) return null;
  const [start, end] = node.range;
  const written = text.slice(start, end).replace(BLANKS, '');
  if (written === '') return null;
  // What follows the last line of a block that is no part of it: comments on lines of their own.
  return { node, start: withProperties(text, node, start), end: start + trimmed(written, node).length };
}

function trimmed(written: string, node: Node): string {
  if (isAlias(node) || isFlow(node) || !(isMap(node) || isSeq(node))) return written;
  let end = written.length;
  for (;;) {
    const start = lineStart(written, end);
    const line = written.slice(start, end).trim();
    if (start === 0 || (line !== '' && !line.startsWith('#')))
      return written.slice(0, end).replace(BLANKS, '');
    end = start - 1;
  }
}

/** A tag stands before its node; ranges begin behind it. */
function withProperties(text: string, node: Node, start: number): number {
  const tag = /![^\s]*[ \t]+$/.exec(text.slice(Math.max(0, start - 100), start));
  return node.tag !== undefined && tag !== null ? start - tag[0].length : start;
}

function tokenOf(container: Container, index: number): CST.SourceToken[] | null {
  const token = container.srcToken;
  if (token === undefined) return null;
  if (token.type === 'flow-collection' || token.type === 'block-map' || token.type === 'block-seq') {
    const written = token.items.filter(
      (item) =>
        item.key !== undefined ||
        item.sep !== undefined ||
        item.value !== undefined ||
        item.start.some(({ type }) => type === 'seq-item-ind'),
    );
    const item = written[index];
    return item === undefined ? null : [...item.start, ...(item.sep ?? [])];
  }
  return null;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Before the line end, carriage return and all. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at < 0) return text.length;
  return at > offset && text[at - 1] === '\r' ? at - 1 : at;
}

/** Where the next line begins. */
export function nextLine(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  return at < 0 ? text.length : at + 1;
}

/** The blanks that a line of this column begins with. */
export function indentTo(text: string, offset: number): string {
  return ' '.repeat(offset - lineStart(text, offset));
}

/** True where nothing but blanks stands before it on its line. */
export function beginsLine(text: string, offset: number): boolean {
  return /^[ \t]*$/.test(text.slice(lineStart(text, offset), offset));
}
