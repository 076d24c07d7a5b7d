// Takes one entry out of a map or a list, with the lines that are its own.
import { isMap } from 'yaml';
import type { Path } from '../documents.ts';
import { hasAnchor, type OpenText } from './open-text.ts';
import { anchored, commented, type Splices, unclear } from './put-value.ts';
import { beginsLine, lineEnd, lineStart, nextLine, type Slot, slotAt } from './slot.ts';

/** `holder` is the slot that the container itself stands in; null at the top of a document. */
export function takeValue(
  opened: OpenText,
  slot: Slot,
  { holder, path }: { holder: Slot | null; path: Path },
): Splices {
  const { text } = opened;
  const { container, index } = slot;
  if (slot.value !== null && hasAnchor(slot.value.node)) return anchored(path);
  if (container.items.length === 1) return takeLast(opened, slot, { holder, path });
  if (slot.inFlow) return takeFromFlow(opened, slot, path);
  if (beginsLine(text, slot.start)) {
    const start = lineStart(text, slot.start);
    const end = nextLine(text, slot.end);
    // A last line without its end: the line before it loses its own.
    return end === text.length && !text.endsWith('\n')
      ? [{ start: lineEnd(text, start - 1 - (text[start - 2] === '\r' ? 1 : 0)), end, put: '' }]
      : [{ start, end, put: '' }];
  }
  // The first key of a list's item: it stands behind the dash, and the next one takes its place.
  const next = slotAt(opened, container, { index: index + 1, inFlow: false });
  if (next === null) return unclear(path);
  if (opened.hasComment(lineEnd(text, slot.end), next.start)) return commented(path);
  return [{ start: slot.start, end: next.start, put: '' }];
}

/** What becomes empty says so: nothing after a key would be null. */
function takeLast(
  opened: OpenText,
  slot: Slot,
  { holder, path }: { holder: Slot | null; path: Path },
): Splices {
  const put = isMap(slot.container) ? '{}' : '[]';
  if (holder?.value === null || holder === null) return unclear(path);
  const { start, end } = holder.value;
  if (opened.hasComment(holder.afterMark, slot.start)) return commented(path);
  return holder.inFlow ? [{ start, end, put }] : [{ start: holder.afterMark, end, put: ` ${put}` }];
}

function takeFromFlow(opened: OpenText, slot: Slot, path: Path): Splices {
  const { text } = opened;
  const { container, index, inFlow } = slot;
  const next = slotAt(opened, container, { index: index + 1, inFlow });
  if (next !== null) {
    const own = Math.min(lineEnd(text, slot.end), next.start);
    if (opened.hasComment(own, next.start)) return commented(path);
    return [{ start: slot.start, end: next.start, put: '' }];
  }
  const before = slotAt(opened, container, { index: index - 1, inFlow });
  if (before === null) return unclear(path);
  if (opened.hasComment(before.end, slot.start)) return commented(path);
  return [{ start: before.end, end: slot.end, put: '' }];
}
