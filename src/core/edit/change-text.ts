// Makes one change in one document of a text, and proves that it is this change and nothing else.
import { isAlias, isMap, isSeq } from 'yaml';
import type { Path } from '../documents.ts';
import type { Change } from './changes.ts';
import {
  byHand,
  type EditRefusal,
  type EditResult,
  edited,
  refuseEdit,
  shownPath,
  splice,
} from './edit-result.ts';
import { type OpenText, openText } from './open-text.ts';
import { firstOther } from './proof.ts';
import { appendEntry, replaceValue, type Splices, unclear } from './put-value.ts';
import { type Container, type Slot, slotOf } from './slot.ts';
import { takeValue } from './take-value.ts';
import { applied } from './values.ts';

/**
 * The text with one change made in the document of this index. What cannot be proven to be exactly that, by reading the
 * new text again, is refused: other documents byte for byte, the rest of this one by its value.
 */
export function changeText(text: string, { index, change }: { index: number; change: Change }): EditResult {
  const before = openText(text);
  if ('refusal' in before) return refuseEdit(before.refusal);
  const splices = splicesOf(before.opened, { index, change });
  if (!Array.isArray(splices)) return refuseEdit(splices);
  const changed = splice(text, splices);
  const doubt = disproof(before.opened, { changed, index, change });
  return doubt === null ? edited(changed) : refuseEdit(doubt);
}

function splicesOf(opened: OpenText, { index, change }: { index: number; change: Change }): Splices {
  const { path } = change;
  const root = opened.documents[index]?.node.contents;
  if (!isMap(root)) return unclear(path);
  let container: Container = root;
  let inFlow = false;
  let holder: Slot | null = null;
  for (const [depth, step] of path.entries()) {
    const slot: Slot | null = slotOf(opened, container, { step, inFlow });
    const isLast = depth === path.length - 1;
    if (slot === null) {
      if (change.type !== 'put' || !isMap(container)) return unclear(path);
      const value = nested(path.slice(depth + 1), change.value);
      return value === undefined
        ? unclear(path)
        : appendEntry(opened, container, { key: String(step), value, inFlow, path });
    }
    if (isLast && change.type === 'put') return replaceValue(opened, slot, { value: change.value, path });
    if (isLast && change.type === 'take') return takeValue(opened, slot, { holder, path });
    const node: unknown = slot.value?.node;
    if (isAlias(node)) return aliased(path.slice(0, depth + 1));
    if (slot.value === null && change.type === 'put') {
      const value = nested(path.slice(depth + 1), change.value);
      return value === undefined ? unclear(path) : replaceValue(opened, slot, { value, path });
    }
    if (!isMap(node) && !isSeq(node)) return notInside(path.slice(0, depth + 1));
    holder = slot;
    inFlow = slot.inFlow;
    container = node;
  }
  if (change.type !== 'append' || !isSeq(container)) return unclear(path);
  return appendEntry(opened, container, { key: null, value: change.value, inFlow, path });
}

/** The maps that are missing on the way, made with the value; undefined where a list would have to be made up. */
function nested(rest: Path, value: unknown): unknown {
  return rest.reduceRight<unknown>(
    (inner, step) => (typeof step === 'string' && inner !== undefined ? { [step]: inner } : undefined),
    value,
  );
}

function disproof(
  { text, documents }: OpenText,
  { changed, index, change }: { changed: string; index: number; change: Change },
): EditRefusal | null {
  const wanted = documents.map(({ text: document }, at) => {
    const { value } = document.read();
    return at === index ? applied(value, change) : value;
  });
  const wrong = firstOther(changed, wanted);
  if (wrong === null) return null;
  return wrong === index && /(^|\s)&\S/.test(text) ? elsewhere(change.path) : unclear(change.path);
}

function aliased(path: Path): EditRefusal {
  return byHand(
    'AliasTouched',
    `${shownPath(path)} is an alias: its value stands somewhere else, for others too.`,
  );
}

function elsewhere(path: Path): EditRefusal {
  return byHand(
    'AnchorTouched',
    `Changing ${shownPath(path)} would change other places too that refer to it by an alias.`,
  );
}

function notInside(path: Path): EditRefusal {
  return byHand('NotAMap', `${shownPath(path)} is a single value, so nothing can be set below it.`);
}
