// A Compose file as a tree of plain nodes that know where they were written: anchors and merges are put in already.

export type ComposeNode = ComposeScalar | ComposeList | ComposeMap;

interface Written {
  /** Where it begins in the file's text. */
  offset: number;
  /** Compose's own tags for override files: drop what was there, or replace it instead of merging. */
  tag: 'reset' | 'override' | null;
}

export interface ComposeScalar extends Written {
  type: 'scalar';
  text: string;
  /** Written without quotes, so that it may mean a number, a truth value or nothing. */
  isPlain: boolean;
}

export interface ComposeList extends Written {
  type: 'list';
  items: ComposeNode[];
}

export interface ComposeMap extends Written {
  type: 'map';
  entries: ComposeEntry[];
}

export interface ComposeEntry {
  key: string;
  /** Where the key was written. */
  offset: number;
  value: ComposeNode;
}

/** The value of a key, or null where the node is no map or has no such key. */
export function memberOf(node: ComposeNode | null, key: string): ComposeNode | null {
  return entriesOf(node).find((entry) => entry.key === key)?.value ?? null;
}

export function entriesOf(node: ComposeNode | null): readonly ComposeEntry[] {
  return node?.type === 'map' ? node.entries : [];
}

/** The items of a list; of a single value where Compose takes one value as a list of one. */
export function itemsOf(node: ComposeNode | null): readonly ComposeNode[] {
  if (node === null || isNothing(node)) return [];
  return node.type === 'list' ? node.items : [node];
}

/** The text of a single value; null for maps, lists and nothing. */
export function textOf(node: ComposeNode | null): string | null {
  return node?.type === 'scalar' && !isNothing(node) ? node.text : null;
}

/** An absent value: an empty place, `~` or `null`. */
export function isNothing(node: ComposeNode): boolean {
  return node.type === 'scalar' && node.isPlain && /^(?:|~|null|Null|NULL)$/.test(node.text);
}
