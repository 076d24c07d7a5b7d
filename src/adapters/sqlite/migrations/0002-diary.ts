// The diary: deploys with their logs, and events. It outlives the workloads that it tells about.
import type { Migration } from './migration.ts';

/** Numbers are never given twice (AUTOINCREMENT), so that a page that was read stays where it was. */
export const diary: Migration = {
  name: 'diary',
  up: `
    CREATE TABLE deploys (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      number INTEGER NOT NULL,
      unit TEXT NOT NULL,
      workload_id TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('pending', 'pulling', 'starting', 'health_checking',
        'configuring_proxy', 'success', 'failed', 'rolled_back')),
      from_version TEXT,
      to_version TEXT,
      spec_hash TEXT,
      digest TEXT,
      revision TEXT,
      cause TEXT NOT NULL,
      reason TEXT,
      message TEXT,
      started_at INTEGER NOT NULL,
      finished_at INTEGER,
      steps_json TEXT NOT NULL CHECK (json_valid(steps_json)),
      UNIQUE (unit, number)
    ) STRICT;
    CREATE INDEX deploys_proven ON deploys (unit, spec_hash) WHERE status = 'success';

    CREATE TABLE deploy_logs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      deploy_id INTEGER NOT NULL REFERENCES deploys (id) ON DELETE CASCADE,
      at INTEGER NOT NULL,
      level TEXT NOT NULL CHECK (level IN ('info', 'warn', 'error')),
      phase TEXT NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX deploy_logs_by_deploy ON deploy_logs (deploy_id, id);

    CREATE TABLE event_log (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      severity TEXT NOT NULL CHECK (severity IN ('info', 'warn', 'error')),
      unit TEXT,
      reason TEXT NOT NULL,
      message TEXT NOT NULL
    ) STRICT;
    CREATE INDEX event_log_by_unit ON event_log (unit, id) WHERE unit IS NOT NULL;
  `,
  down: `
    DROP TABLE event_log;
    DROP TABLE deploy_logs;
    DROP TABLE deploys;
  `,
};
