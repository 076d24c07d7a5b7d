// An event of the diary as JSON: listed fields, never the row itself.
import type { EventRow } from '../model/record.ts';
import { time } from './json-envelope.ts';

export function eventJson(row: EventRow) {
  return {
    id: row.id,
    at: time(row.atMs),
    severity: row.severity,
    unit: row.unit,
    reason: row.reason,
    message: row.message,
  };
}
