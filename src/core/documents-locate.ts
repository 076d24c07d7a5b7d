// Finds where in the text a path of a document was written, through anchors and merges.
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { AliasTargets } from './documents-aliases.ts';

export type Part = 'key' | 'value';

/** A document's root with its aliases resolved. */
export interface Rooted {
  root: unknown;
  targets: AliasTargets;
}

/** Offset of the key or the value at a path; where it is not written, of the nearest ancestor that is. */
export function locate({ root, targets }: Rooted, path: readonly (string | number)[], part: Part): number {
  let node = root;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const found = child(node, step, { targets, merges: 0 });
    if (found === null) return offset;
    const wantsKey = depth === path.length - 1 && part === 'key';
    const key = startOf(found.key);
    const value = startOf(found.value);
    offset = (wantsKey ? (key ?? value) : (value ?? key)) ?? offset;
    node = found.value;
  }
  return offset;
}

/** The node at a path, aliases followed; undefined where there is none. */
export function nodeAt({ root, targets }: Rooted, path: readonly (string | number)[]): unknown {
  let node = root;
  for (const step of path) {
    const found = child(node, step, { targets, merges: 0 });
    if (found === null) return undefined;
    node = found.value;
  }
  return follow(node, targets);
}

interface Found {
  key: unknown;
  value: unknown;
}

function child(parent: unknown, step: string | number, walk: Walk): Found | null {
  const node = follow(parent, walk.targets);
  if (isSeq(node)) {
    const item = typeof step === 'number' ? node.items[step] : undefined;
    return item === undefined ? null : { key: null, value: item };
  }
  return isMap(node) ? (own(node, String(step)) ?? merged(node, step, walk)) : null;
}

/** The first one, as when the value is read: a second one is a fault. */
function own(map: YAMLMap, key: string): Found | null {
  const isShort = map.items.length <= SHORT_MAP;
  const pair = isShort ? map.items.find((item) => keyText(item) === key) : pairsOf(map).get(key);
  return pair === undefined ? null : { key: pair.key, value: pair.value };
}

/** Of so few, the one is found before an index of them is made. */
const SHORT_MAP = 32;

const pairs = new WeakMap<YAMLMap, Map<string, Pair>>();

/** Found by key and not by a walk, or a map of fifty thousand keys would be walked fifty thousand times. */
function pairsOf(map: YAMLMap): Map<string, Pair> {
  const known = pairs.get(map);
  if (known !== undefined) return known;
  const index = new Map<string, Pair>();
  for (const pair of map.items) {
    const key = keyText(pair);
    if (key !== null && !index.has(key)) index.set(key, pair);
  }
  pairs.set(map, index);
  return index;
}

function merged(map: YAMLMap, step: string | number, { targets, merges }: Walk): Found | null {
  // A merge of itself would be walked for ever.
  if (merges > MOST_MERGES) return null;
  for (const pair of map.items) {
    if (!isMergeKey(pair)) continue;
    const from = follow(pair.value, targets);
    for (const source of isSeq(from) ? from.items : [from]) {
      const found = child(source, step, { targets, merges: merges + 1 });
      if (found !== null) return found;
    }
  }
  return null;
}

interface Walk {
  targets: AliasTargets;
  merges: number;
}

const MOST_MERGES = 64;

/** `<<`, written plainly. */
export function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN';
}

/** A key as a plain object holds it; null where the key is a map or a list. */
export function keyText(pair: Pair): string | null {
  if (!isScalar(pair.key)) return null;
  return pair.key.value === null ? (pair.key.source ?? '') : String(pair.key.value);
}

export function follow(node: unknown, targets: AliasTargets): unknown {
  return isAlias(node) ? targets.get(node) : node;
}

export function startOf(node: unknown): number | null {
  const range = (node as Node | null | undefined)?.range;
  return range ? range[0] : null;
}
