// What was seen of the other ends of stand-alone proxies: the newest looks that say something new.
import type { Migration } from './migration.ts';

export const monitorResults: Migration = {
  name: 'monitor results',
  up: `
    CREATE TABLE monitor_results (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      unit TEXT NOT NULL,
      at INTEGER NOT NULL,
      ok INTEGER NOT NULL CHECK (ok IN (0, 1)),
      state TEXT NOT NULL CHECK (state IN ('up', 'down')),
      duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
      detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX monitor_results_by_unit ON monitor_results (unit, id);
  `,
  down: `
    DROP TABLE monitor_results;
  `,
};
