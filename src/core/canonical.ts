// One text for equal values, whatever the order of their keys: what hashes are made from.
import { createHash } from 'node:crypto';

/** JSON with sorted keys; undefined members are left out, as JSON does. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // One text that grows: lists of members cost more than all the rest, and a plan asks for many hashes.
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member !== undefined)
      text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** SHA-256 over the canonical JSON, as 32 hex digits: short enough for a label, long enough to be unique. */
export function shortHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32);
}
