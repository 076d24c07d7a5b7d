// All steps of the schema in order: the place in this list is the `user_version` after it. Only ever append.
import { index } from './0001-index.ts';
import { diary } from './0002-diary.ts';
import { deliveriesAndCache } from './0003-deliveries-and-cache.ts';
import { monitorResults } from './0004-monitor-results.ts';
import { switchProof } from './0005-switch-proof.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  index,
  diary,
  deliveriesAndCache,
  monitorResults,
  switchProof,
];
