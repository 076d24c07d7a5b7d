// What changed between two wishes of one unit, value by value, in the words of the manifest.
import type { Desired } from '../model/desired.ts';
import { duration, size } from './time-words.ts';

export interface DiffLine {
  mark: '+' | '-';
  /** `environment.LOG_LEVEL`. */
  path: string;
  value: string;
}

/** Where it comes from, not what it is: these change with every commit and with every checkout. */
const NOT_WISHES: ReadonlySet<string> = new Set([
  'unit',
  'workload_id',
  'kind',
  'name',
  'role',
  'source',
  'revision',
  'place',
  'held',
  'root',
  'in_place',
]);

/** Lines in pairs, the old value before the new one, sorted by path. Secrets are told by name, never by value. */
export function diffDesired(before: Desired | null, after: Desired | null): DiffLine[] {
  const old = valuesOf(before);
  const fresh = valuesOf(after);
  const paths = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  return paths.flatMap((path) => {
    const [gone, come] = without(old.get(path) ?? [], fresh.get(path) ?? []);
    return [...gone.map((value) => entry('-', path, value)), ...come.map((value) => entry('+', path, value))];
  });
}

/** Names of the secrets that a wish refers to. */
export function secretsIn(desired: Desired): string[] {
  const found = [...JSON.stringify(desired).matchAll(/\$\{secret:([^}]+)\}/g)].map(([, name]) => name ?? '');
  return [...new Set(found)].sort();
}

function entry(mark: DiffLine['mark'], path: string, value: string): DiffLine {
  return { mark, path, value };
}

/** What is only in the one and only in the other; the same value twice counts twice. */
function without(old: readonly string[], fresh: readonly string[]): [gone: string[], come: string[]] {
  const left = [...fresh];
  const gone = old.filter((value) => {
    const index = left.indexOf(value);
    if (index < 0) return true;
    left.splice(index, 1);
    return false;
  });
  return [gone, left];
}

/** Lists have all their values under one path, so that a new first entry is one line and not a shift of all. */
function valuesOf(desired: Desired | null): Map<string, string[]> {
  const values = new Map<string, string[]>();
  if (desired === null) return values;
  for (const [key, value] of Object.entries(desired)) {
    const name = snake(key);
    if (!NOT_WISHES.has(name)) collect(values, name === 'spec' ? [] : [name], value);
  }
  return values;
}

function collect(values: Map<string, string[]>, path: readonly string[], value: unknown): void {
  if (value === null || value === undefined || value === '') return;
  if (Array.isArray(value)) {
    for (const item of value) add(values, path, item);
    return;
  }
  if (typeof value === 'object') {
    // The keys of environment and labels are somebody's own: they stay as they are written.
    const own = path.at(-1);
    const verbatim = own === 'environment' || own === 'labels' || own === 'sysctls' || own === 'services';
    for (const [key, part] of Object.entries(value))
      collect(values, [...path, verbatim ? key : snake(key)], part);
    return;
  }
  add(values, path, value);
}

function add(values: Map<string, string[]>, path: readonly string[], value: unknown): void {
  const { name, text } = worded(path.join('.'), value);
  values.set(name, [...(values.get(name) ?? []), text]);
}

/** `stop_grace_ms: 20000` is written `stop_grace: 20 s`. */
function worded(name: string, value: unknown): { name: string; text: string } {
  if (typeof value === 'number' && name.endsWith('_ms'))
    return { name: name.slice(0, -3), text: duration(value) };
  if (typeof value === 'number' && name.endsWith('_bytes'))
    return { name: name.slice(0, -6), text: size(value) };
  const text = typeof value === 'object' ? compact(value) : String(value);
  return { name, text: text.replaceAll(/\$\{secret:([^}]+)\}/g, '(secret $1)') };
}

/** One entry of a list of objects on one line: `target: 80, published: 8080`. */
function compact(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .filter(([, part]) => part !== null && part !== '')
    .map(([key, part]) => `${snake(key)}: ${compact(part)}`)
    .join(', ');
}

function snake(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
