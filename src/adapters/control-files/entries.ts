// The shapes of control files: what is read back must be whole, for a half-read suspension would be none.
import type { Renamed } from '../../model/rename.ts';
import type { Hold, Revision } from '../../model/revision.ts';
import type { Ejection, QuarantineEntry, Suspension } from '../../model/world.ts';
import type { LastApplied } from '../../ports/control.ts';
import { decodeUnit } from './file-name.ts';

type Shape = Record<string, 'string' | 'string or null' | 'number' | 'strings' | 'object' | 'objects'>;

/** What a person said of a unit. */
const WORD: Shape = { unit: 'string', by: 'string', why: 'string or null', sinceMs: 'number' };

export function parseSuspension(value: unknown, file: string): Suspension {
  return checked(value, { file, shape: WORD }) as unknown as Suspension;
}

export function parseEjection(value: unknown, file: string): Ejection {
  return checked(value, { file, shape: WORD }) as unknown as Ejection;
}

export function parseQuarantine(value: unknown, file: string): QuarantineEntry {
  const shape: Shape = {
    unit: 'string',
    specHash: 'string',
    digest: 'string',
    release: 'string',
    reason: 'string',
    message: 'string',
    evidence: 'strings',
    atMs: 'number',
  };
  return checked(value, { file, shape }) as unknown as QuarantineEntry;
}

export function parseLastApplied(value: unknown, file: string): LastApplied {
  const shape: Shape = {
    unit: 'string',
    source: 'string',
    file: 'string',
    revision: 'string or null',
    desired: 'object',
    specHash: 'string',
    digest: 'string',
    release: 'string',
  };
  return checked(value, { file, shape }) as unknown as LastApplied;
}

export function parseRevision(value: unknown, file: string): Revision {
  const shape: Shape = {
    unit: 'string',
    number: 'number',
    host: 'string',
    desired: 'object',
    specHash: 'string',
    digest: 'string',
    release: 'string',
    revision: 'string or null',
    atMs: 'number',
    images: 'objects',
  };
  return checked(value, { file, shape }) as unknown as Revision;
}

export function parseHold(value: unknown, file: string): Hold {
  const shape: Shape = {
    unit: 'string',
    number: 'number',
    by: 'string',
    atMs: 'number',
    desired: 'object',
    specHash: 'string',
    digest: 'string',
    release: 'string',
    wanted: 'object',
  };
  return checked(value, { file, shape }) as unknown as Hold;
}

export function parseRenamed(value: unknown, file: string): Renamed {
  const shape: Shape = {
    name: 'string',
    kind: 'string',
    from: 'string',
    was: 'strings',
    home: 'string or null',
    project: 'string or null',
  };
  return checked(value, { file, shape, by: 'name' }) as unknown as Renamed;
}

/** The unit that a file name stands for: `shop@prod.json`, `shop@prod.4be1c0a2b3c4d5e6.json`. Null for strange names. */
export function unitOfFile(file: string): string | null {
  return decodeUnit(file.slice(0, file.indexOf('.')));
}

function checked(
  value: unknown,
  { file, shape, by = 'unit' }: { file: string; shape: Shape; by?: 'unit' | 'name' },
): Record<string, unknown> {
  if (!isObject(value) || !isObject(value.entry)) throw new Error('it holds no entry');
  if (value.version !== 1) throw new Error('it was written by another version');
  const { entry } = value as { entry: Record<string, unknown> };
  for (const [key, type] of Object.entries(shape)) {
    if (!isOf(type, entry[key])) throw new Error(`${key} is missing or wrong`);
  }
  if (entry[by] !== unitOfFile(file)) throw new Error('it is about another workload than its name says');
  return entry;
}

function isOf(type: Shape[string], value: unknown): boolean {
  if (type === 'strings') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (type === 'objects') return Array.isArray(value) && value.every(isObject);
  if (type === 'object') return isObject(value);
  if (type === 'string or null') return value === null || typeof value === 'string';
  return typeof value === type;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
