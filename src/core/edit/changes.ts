// The single steps from one value to another, so that what stays the same is not written again.
import type { Path } from '../documents.ts';

export type Change =
  | { type: 'put'; path: Path; value: unknown }
  /** Behind the last item of a list. */
  | { type: 'append'; path: Path; value: unknown }
  | { type: 'take'; path: Path };

/** In an order in which each can be made in the text that the one before left. */
export function changesBetween(before: unknown, after: unknown, path: Path = []): Change[] {
  if (isSame(before, after)) return [];
  if (isMap(before) && isMap(after)) return betweenMaps(before, after, path);
  if (Array.isArray(before) && Array.isArray(after) && before.length > 0 && after.length > 0) {
    return betweenLists(before, after, path);
  }
  return [{ type: 'put', path, value: after }];
}

type PlainMap = Readonly<Record<string, unknown>>;

function betweenMaps(before: PlainMap, after: PlainMap, path: Path): Change[] {
  const kept = Object.keys(after).flatMap((key): Change[] =>
    Object.hasOwn(before, key)
      ? changesBetween(before[key], after[key], [...path, key])
      : [{ type: 'put', path: [...path, key], value: after[key] }],
  );
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return [...kept, ...gone.map((key): Change => ({ type: 'take', path: [...path, key] }))];
}

/** Items that stay keep their lines where those that go and those that come allow it; else item by item. */
function betweenLists(before: readonly unknown[], after: readonly unknown[], path: Path): Change[] {
  const stays = before.map((item) => after.some((other) => isSame(item, other)));
  const kept = before.filter((_, index) => stays[index]);
  if (kept.length > 0 && isSame(kept, after.slice(0, kept.length))) {
    const gone = [...before.keys()].filter((index) => !stays[index]).reverse();
    return [
      ...gone.map((index): Change => ({ type: 'take', path: [...path, index] })),
      ...after.slice(kept.length).map((value): Change => ({ type: 'append', path, value })),
    ];
  }
  const shared = Math.min(before.length, after.length);
  const surplus = [...before.keys()].slice(shared).reverse();
  return [
    ...after.slice(0, shared).flatMap((item, index) => changesBetween(before[index], item, [...path, index])),
    ...surplus.map((index): Change => ({ type: 'take', path: [...path, index] })),
    ...after.slice(shared).map((value): Change => ({ type: 'append', path, value })),
  ];
}

/** Equal as JSON, whatever the order of keys. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => isSame(item, b[index]))
    );
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
  );
}

function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
