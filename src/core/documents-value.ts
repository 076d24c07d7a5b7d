// Makes plain values of a parsed document, bounded, and tells what in it cannot be taken as it is written.
import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
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
  const refuse = (node: unknown, path: (string | number)[], fault: Omit<ValueFault, 'offset' | 'path'>) => {
    if (faults.length < MOST_FAULTS) faults.push({ ...fault, offset: startOf(node) ?? 0, path });
    return undefined;
  };
  const { root, targets } = document;
  if (document.hasAliases) {
    const extent = extentOf(root, targets);
    if ('cycle' in extent) return { value: undefined, faults: [cycleFault(startOf(extent.cycle) ?? 0)] };
    if (extent.nodes > MAX_NODES) return { value: undefined, faults: [BOMB(startOf(root) ?? 0)] };
    if (extent.levels > MAX_DEPTH) return { value: undefined, faults: [TOO_DEEP(startOf(root) ?? 0)] };
  }

  const plain = (node: unknown, path: (string | number)[]): unknown => {
    if (isAlias(node)) {
      const target = targets.get(node);
      return target === undefined ? refuse(node, path, unknownAlias(node.source)) : plain(target, path);
    }
    if (isScalar(node)) return hasOddTag(node) ? refuse(node, path, unknownTag(node)) : node.value;
    if (isSeq(node)) {
      if (hasOddTag(node)) return refuse(node, path, unknownTag(node));
      return node.items.map((item, index) => plain(item, [...path, index]) ?? null);
    }
    if (isMap(node)) return hasOddTag(node) ? refuse(node, path, unknownTag(node)) : plainMap(node, path);
    return null;
  };

  const plainMap = (map: YAMLMap, path: (string | number)[]): Record<string, unknown> => {
    const result: Record<string, unknown> = {};
    const own = new Set<string>();
    for (const pair of map.items) {
      if (isMergeKey(pair)) continue;
      const key = keyText(pair);
      if (key === null) refuse(pair.key, path, KEY_IS_NO_TEXT);
      else if (key === '__proto__') refuse(pair.key, path, PROTO_KEY);
      else if (own.has(key)) refuse(pair.key, [...path, key], duplicate(key));
      else {
        own.add(key);
        const value = plain(pair.value, [...path, key]);
        if (value !== undefined) result[key] = value;
      }
    }
    for (const pair of map.items) {
      if (!isMergeKey(pair)) continue;
      const from = follow(pair.value, targets);
      for (const source of isSeq(from) ? from.items : [from]) {
        const base = follow(source, targets);
        if (!isMap(base)) refuse(pair.key, path, MERGE_NEEDS_MAP);
        else
          for (const [key, value] of Object.entries(plainMap(base, path)))
            if (!(key in result)) result[key] = value;
      }
    }
    return result;
  };

  // A fault inside an anchor is met once for each of its aliases, but is one fault.
  const value = root === null ? null : plain(root, []);
  return { value: value ?? null, faults: uniqueBy(faults, ({ offset, reason }) => `${offset} ${reason}`) };
}

const KNOWN_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((tag) => `tag:yaml.org,2002:${tag}`),
);

function hasOddTag(node: Node): boolean {
  const { tag } = node as Scalar;
  return tag !== undefined && tag !== '!' && !KNOWN_TAGS.has(tag);
}
