// Replaces or adds one value in the text; everything around it stays as it is written.
import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { Path } from '../documents.ts';
import { byHand, type EditRefusal, type Splice, shownPath } from './edit-result.ts';
import { hasAnchor, isFlow, type OpenText } from './open-text.ts';
import { entryLines, inlineText, itemLines, valueLines } from './render-value.ts';
import { beginsLine, type Container, indentTo, lineEnd, type Slot, slotAt } from './slot.ts';

export type Splices = Splice[] | EditRefusal;

/** Puts a value where another stands. */
export function replaceValue(
  opened: OpenText,
  slot: Slot,
  { value, path }: { value: unknown; path: Path },
): Splices {
  const { text, eol, isJson } = opened;
  const old = slot.value;
  if (old !== null && hasAnchor(old.node)) return anchored(path);
  if (old !== null && opened.hasComment(slot.afterMark, old.end)) return commented(path);
  if (old !== null && isScalar(old.node) && typeof value === 'string') {
    const quoted = inQuotesOf(old.node, value);
    if (quoted !== null) return [{ start: old.start, end: old.end, put: quoted }];
  }
  if (slot.inFlow) {
    const put = inlineText(value, { isJson });
    return [
      old === null
        ? { start: slot.afterMark, end: slot.afterMark, put: ` ${put}` }
        : { start: old.start, end: old.end, put },
    ];
  }
  if (isSeq(slot.container)) {
    const indent = indentTo(text, slot.start);
    const put = itemLines(value, indent)
      .join(eol)
      .slice(indent.length + 1);
    return [{ start: slot.afterMark, end: slot.end, put }];
  }
  const inner = `${indentTo(text, slot.start)}  `;
  const [head = '', ...below] = valueLines(value, { head: '', inner });
  const isOnLine = old === null || lineEnd(text, slot.afterMark) === lineEnd(text, old.start);
  if (below.length === 0 && isOnLine && old !== null) {
    // The blanks between the key and its value may line up with others.
    return [{ start: old.start, end: old.end, put: head.trimStart() }];
  }
  const end = lineEnd(text, slot.end);
  if (below.length === 0 || end === slot.end) {
    return [{ start: slot.afterMark, end: slot.end, put: [head, ...below].join(eol) }];
  }
  // A comment behind the old value stays on the line of its key.
  return [
    { start: slot.afterMark, end: slot.end, put: head },
    { start: end, end, put: eol + below.join(eol) },
  ];
}

/** Adds a key to a map, or an item to a list, behind the last one. */
export function appendEntry(
  opened: OpenText,
  container: Container,
  { key, value, inFlow, path }: { key: string | null; value: unknown; inFlow: boolean; path: Path },
): Splices {
  const { text, eol } = opened;
  const last =
    container.items.length === 0
      ? null
      : slotAt(opened, container, { index: container.items.length - 1, inFlow });
  if (inFlow || isFlow(container)) return appendInFlow(opened, container, { key, value, last, path });
  if (last === null) return unclear(path);
  const first = slotAt(opened, container, { index: 0, inFlow });
  const indent = indentTo(text, first?.start ?? last.start);
  const lines = key === null ? itemLines(value, indent) : entryLines(key, value, indent);
  const end = lineEnd(text, last.end);
  return [{ start: end, end, put: eol + lines.join(eol) }];
}

function appendInFlow(
  opened: OpenText,
  container: Container,
  { key, value, last, path }: { key: string | null; value: unknown; last: Slot | null; path: Path },
): Splices {
  const { text, eol } = opened;
  const range = container.range;
  if (!range) return unclear(path);
  const isJson = opened.isJson || isQuoted(container);
  const written = inlineText(value, { isJson });
  const put = key === null ? written : `${isJson ? JSON.stringify(key) : inlineText(key)}: ${written}`;
  if (last === null) {
    const [start, end] = [range[0] + 1, range[1] - 1];
    if (opened.hasComment(start, end)) return commented(path);
    return [{ start, end, put: isMap(container) ? ` ${put} ` : put }];
  }
  if (!beginsLine(text, last.start)) return [{ start: last.end, end: last.end, put: `, ${put}` }];
  const end = Math.min(lineEnd(text, last.end), range[1] - 1);
  const comma = text
    .slice(last.end, range[1] - 1)
    .trimStart()
    .startsWith(',')
    ? []
    : [{ start: last.end, end: last.end, put: ',' }];
  return [...comma, { start: end, end, put: `${eol}${indentTo(text, last.start)}${put}` }];
}

/** Keys in double quotes, as in JSON. */
function isQuoted(container: Container): boolean {
  if (!isMap(container)) return false;
  const key = container.items[0]?.key;
  return isScalar(key) && key.type === 'QUOTE_DOUBLE';
}

/** Quotes are kept; null where the text needs no or other ones. */
function inQuotesOf(node: Node, value: string): string | null {
  const { type } = node as Scalar;
  if (type === 'QUOTE_DOUBLE') return JSON.stringify(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what single quotes cannot hold
  const isPlain = !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(value);
  return type === 'QUOTE_SINGLE' && isPlain ? `'${value.replaceAll("'", "''")}'` : null;
}

export function anchored(path: Path): EditRefusal {
  return byHand(
    'AnchorTouched',
    `At ${shownPath(path)} stands an anchor that other places refer to, so it is not changed.`,
  );
}

export function commented(path: Path): EditRefusal {
  return byHand('CommentTouched', `There are comments inside of ${shownPath(path)} that would be lost.`);
}

export function unclear(path: Path): EditRefusal {
  return byHand(
    'EditUnclear',
    `${shownPath(path).replace('the', 'The')} is written in a form that cannot be changed safely.`,
  );
}
