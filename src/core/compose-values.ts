// Values as Compose writes them, read into numbers with units and maps: durations, sizes, names with values.

/** What a value turned out to be, or why it cannot be taken. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; wrong: Wrong };

export interface Wrong {
  reason: string;
  message: string;
  hint: string | null;
}

export function right<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function wrong(
  reason: string,
  message: string,
  hint: string | null = null,
): { ok: false; wrong: Wrong } {
  return { ok: false, wrong: { reason, message, hint } };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A year: longer waits are slips of the finger. */
const MAX_DURATION_MS = 366 * 86_400_000;

/** `20s`, `1m30s`, `500ms`: milliseconds. Days are ours, the rest is Compose's. */
export function durationMs(text: string): Parsed<number> {
  let total = 0;
  let rest = text.trim();
  while (rest !== '') {
    const [all = '', amount = '', unit = ''] = /^(\d+(?:\.\d+)?)(us|µs|ms|s|m|h|d)/.exec(rest) ?? [];
    if (all === '')
      return wrong('BadFormat', 'A duration needs its unit.', 'for example `20s`, `1m30s` or `500ms`');
    total += Number(amount) * (UNIT_MS[unit] ?? 0);
    rest = rest.slice(all.length);
  }
  if (total > MAX_DURATION_MS)
    return wrong('OutOfRange', 'A duration can be a year at most.', 'for example `20s`');
  return right(Math.round(total));
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

/** `512m`, `1.5g`, `64kb` or a plain number: bytes. Units are powers of 1024, as Docker takes them. */
export function byteCount(value: string | number): Parsed<number> {
  if (typeof value === 'number') return right(value);
  const found = /^(\d+(?:\.\d+)?)\s?(?:([kmgt])i?)?b?$/i.exec(value.trim());
  const bytes = Number(found?.[1]) * (UNIT_BYTES[(found?.[2] ?? '').toLowerCase()] ?? Number.NaN);
  if (!Number.isFinite(bytes))
    return wrong('BadFormat', 'A size is a number with a unit.', 'for example `512m` or `1g`');
  if (bytes > Number.MAX_SAFE_INTEGER)
    return wrong('OutOfRange', 'The size is larger than any machine.', null);
  return right(Math.round(bytes));
}

export type NamedValue = string | number | boolean | null;

/** Names with values, from a map or a list of NAME=value. A value of null is a name alone. */
export function namedValueEntries(
  values: Readonly<Record<string, NamedValue>> | readonly string[],
): { name: string; value: NamedValue; at: string | number }[] {
  if (!isList(values)) return Object.entries(values).map(([name, value]) => ({ name, value, at: name }));
  return values.map((entry, at) => {
    const equals = entry.indexOf('=');
    if (equals < 0) return { name: entry, value: null, at };
    return { name: entry.slice(0, equals), value: entry.slice(equals + 1), at };
  });
}

export function isList<T>(value: T | readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}
