// Makes plain values of a parsed document, bounded, and tells what in it cannot be taken as it is written.
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { extentOf } from './documents-aliases.ts';
import {
  BOMB,
  cycleFault,
  duplicate,
  KEY_IS_NO_TEXT,
  MAX_DEPTH,
  MAX_NODES,
  MERGE_NEEDS_MAP,
  PROTO_KEY,
  TOO_DEEP,
  unknownAlias,
  unknownTag,
  type ValueFault,
} from './documents-faults.ts';
import { follow, isMergeKey, keyText, type Rooted, startOf } from './documents-locate.ts';
import { uniqueBy } from './unique-by.ts';

/** More than anybody reads. */
const MOST_FAULTS = 100;

export interface PlainValue {
  value: unknown;
  faults: ValueFault[];
}

/** The document as JSON would hold it: anchors and `<<` put in, keys as text. Faulty parts are left out. */
export function toPlain(document: Rooted & { hasAliases: boolean }): PlainValue {
  const faults: ValueFault[] = [];
  // Where the walk is: one list that grows and shrinks, and is copied for a fault alone.
  const path: (string | number)[] = [];
  const refuse = (node: unknown, fault: Omit<ValueFault, 'offset' | 'path'>, ...below: string[]) => {
    if (faults.length < MOST_FAULTS)
      faults.push({ ...fault, offset: startOf(node) ?? 0, path: [...path, ...below] });
    return undefined;
  };
  const below = (step: string | number, node: unknown): unknown => {
    path.push(step);
    const value = plain(node);
    path.pop();
    return value;
  };
  const { root, targets } = document;
  if (document.hasAliases) {
    const extent = extentOf(root, targets);
    if ('cycle' in extent) return { value: undefined, faults: [cycleFault(startOf(extent.cycle) ?? 0)] };
    if (extent.nodes > MAX_NODES) return { value: undefined, faults: [BOMB(startOf(root) ?? 0)] };
    if (extent.levels > MAX_DEPTH) return { value: undefined, faults: [TOO_DEEP(startOf(root) ?? 0)] };
  }

  const plain = (node: unknown): unknown => {
    if (isAlias(node)) {
      const target = targets.get(node);
      return target === undefined ? refuse(node, unknownAlias(node.source)) : plain(target);
    }
    if (isScalar(node)) return hasOddTag(node) ? refuse(node, unknownTag(node)) : node.value;
    if (isSeq(node)) {
      if (hasOddTag(node)) return refuse(node, unknownTag(node));
      return node.items.map((item, index) => below(index, item) ?? null);
    }
    if (isMap(node)) return hasOddTag(node) ? refuse(node, unknownTag(node)) : plainMap(node);
    return null;
  };

  const plainMap = (map: YAMLMap): Record<string, unknown> => {
    const result: Record<string, unknown> = {};
    const own = new Set<string>();
    const merges: Pair[] = [];
    for (const pair of map.items) {
      if (isMergeKey(pair)) {
        merges.push(pair);
        continue;
      }
      const key = keyText(pair);
      if (key === null) refuse(pair.key, KEY_IS_NO_TEXT);
      else if (key === '__proto__') refuse(pair.key, PROTO_KEY);
      else if (own.has(key)) refuse(pair.key, duplicate(key), key);
      else {
        own.add(key);
        const value = below(key, pair.value);
        if (value !== undefined) result[key] = value;
      }
    }
    for (const pair of merges) {
      const from = follow(pair.value, targets);
      for (const source of isSeq(from) ? from.items : [from]) {
        const base = follow(source, targets);
        if (!isMap(base)) refuse(pair.key, MERGE_NEEDS_MAP);
        else
          for (const [key, value] of Object.entries(plainMap(base)))
            if (!(key in result)) result[key] = value;
      }
    }
    return result;
  };

  // A fault inside an anchor is met once for each of its aliases, but is one fault.
  const value = root === null ? null : plain(root);
  return { value: value ?? null, faults: uniqueBy(faults, ({ offset, reason }) => `${offset} ${reason}`) };
}

const KNOWN_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((tag) => `tag:yaml.org,2002:${tag}`),
);

function hasOddTag(node: Node): boolean {
  const { tag } = node as Scalar;
  return tag !== undefined && tag !== '!' && !KNOWN_TAGS.has(tag);
}
