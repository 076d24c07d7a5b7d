// What was received by webhook, and small facts that may be lost.
import type { Migration } from './migration.ts';

export const deliveriesAndCache: Migration = {
  name: 'deliveries and cache',
  up: `
    CREATE TABLE deliveries (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      hook TEXT NOT NULL,
      sender TEXT NOT NULL,
      delivery_id TEXT NOT NULL,
      received_at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      summary TEXT NOT NULL,
      outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'duplicate', 'ignored')),
      UNIQUE (hook, delivery_id)
    ) STRICT;

    CREATE TABLE cache (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  down: `
    DROP TABLE cache;
    DROP TABLE deliveries;
  `,
};
