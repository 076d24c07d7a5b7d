// A rollback and the versions that can be rolled back to, as JSON.
import type { RevisionSummary, RollbackAnswer } from '../model/revision.ts';
import type { UnitStatus } from '../model/status.ts';
import { time } from './json-envelope.ts';
import { goesBack, isHeldByHand } from './rollback-words.ts';

/** `status` is null while it is under way. */
export function rollbackJson(done: RollbackAnswer, status: UnitStatus | null) {
  return {
    unit: done.unit,
    number: done.number,
    from: done.from,
    to: done.to,
    held: done.wanted,
    kept_since: time(done.keptSince),
    stands_by: done.standsBy,
    settled: status !== null,
    succeeded: status === null ? null : isHeldByHand(status),
    sentence: status?.sentence ?? null,
    goes_back: goesBack(done.kind).goes,
    stays: goesBack(done.kind).stays,
  };
}

export function revisionJson(entry: RevisionSummary, standing: boolean) {
  return {
    number: entry.number,
    version: entry.release,
    spec_hash: entry.specHash,
    digest: entry.digest === '' ? null : entry.digest,
    revision: entry.revision,
    at: time(entry.atMs),
    container: entry.keepable,
    standing,
    images: entry.images.map(({ reference, id }) => ({ reference, id })),
  };
}
