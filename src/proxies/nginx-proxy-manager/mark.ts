// Whose a host is: a mark in `meta`, which the API keeps, and once more in our own lines, for an edit in the interface drops `meta`. Pure.
import { shortHash } from '../../core/canonical.ts';
import type { RouteKey } from '../../model/route.ts';
import type { UnitId } from '../../model/unit.ts';
import type { Row } from './fields.ts';
import { readFacts, splitConfig } from './lines.ts';

const KEY = 'tinyforge';

export interface Owner {
  controller: string;
  unit: UnitId;
  key: RouteKey;
}

/** Ids of what was named in the wish, as they were when it was written. */
export interface Mark extends Owner {
  version: 1;
  /** Over what our lines in `advanced_config` are: whoever edits them is seen. */
  lines: string | null;
  revision: string;
  access: { name: string; id: number } | null;
  certificate: { wish: string; id: number; fingerprint: string | null } | null;
}

export function markedMeta(
  meta: Readonly<Record<string, unknown>>,
  mark: Mark,
): Readonly<Record<string, unknown>> {
  return { ...meta, [KEY]: mark };
}

export function unmarkedMeta(meta: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { [KEY]: _mark, nginx_online: _online, nginx_err: _error, ...rest } = meta;
  return rest;
}

/** Null where there is none, or none that we know how to read. */
export function readMark(meta: Readonly<Record<string, unknown>>): Mark | null {
  const mark = meta[KEY] as Partial<Mark> | null | undefined;
  if (typeof mark !== 'object' || mark === null || mark.version !== 1) return null;
  const { controller, unit, key } = mark;
  if (typeof controller !== 'string' || typeof unit !== 'string' || typeof key !== 'string') return null;
  return {
    version: 1,
    controller,
    unit,
    key,
    lines: mark.lines ?? null,
    revision: mark.revision ?? '',
    access: mark.access ?? null,
    certificate: mark.certificate ?? null,
  };
}

/** Of any controller; the mark first, else what our lines say. */
export function ownerOf(row: Row): Owner | null {
  const mark = readMark(row.meta);
  const facts = mark ?? readFacts(splitConfig(String(row.fields.advanced_config ?? '')).ours);
  return facts === null ? null : { controller: facts.controller, unit: facts.unit, key: facts.key };
}

export function linesHash(ours: string | null): string | null {
  return ours === null ? null : shortHash(ours);
}
