// Reads the body of POST /api/sync: which units and sources, and whether to wait for them.
import { didYouMean } from '../../core/did-you-mean.ts';
import type { Overview } from '../../model/status.ts';
import { type Answered, answered, badRequest, quoted, refused } from '../refusal.ts';

export interface SyncRequest {
  /** Units by id; empty for all. */
  units: string[];
  /** Sources by name; empty for all. */
  sources: string[];
  /** Confirms, for once, the removals that are held back. */
  prune: boolean;
  wait: boolean;
  /** How long `wait` may hold the answer. */
  timeoutMs: number;
}

const KEYS = ['units', 'sources', 'prune', 'wait', 'timeout_ms'] as const;
const LONGEST_WAIT_MS = 10 * 60_000;
const USUAL_WAIT_MS = 2 * 60_000;

/** A workload's name stands for all of its units. Names that nobody knows are refused, not passed over. */
export function readSyncRequest(
  body: Readonly<Record<string, unknown>>,
  overview: Overview,
): Answered<SyncRequest> {
  const odd = Object.keys(body).find((key) => !(KEYS as readonly string[]).includes(key));
  if (odd !== undefined) {
    const message = `${quoted(odd)} is not a key of a sync.${didYouMean(odd, KEYS)}`;
    return refused(badRequest('UnknownKey', message, `Known are ${KEYS.join(', ')}.`));
  }
  const units = names('units', body.units);
  if (!units.ok) return units;
  const sources = names('sources', body.sources);
  if (!sources.ok) return sources;

  const knownSources = overview.sources.map((source) => source.name);
  const strange = sources.value.find((name) => !knownSources.includes(name));
  if (strange !== undefined) return unknown('source', strange, knownSources);

  const expanded = new Set<string>();
  for (const name of units.value) {
    const found = overview.units.filter(
      (unit) => unit.unit === name || unit.name === name || unit.workloadId === name,
    );
    if (found.length === 0) {
      return unknown(
        'workload',
        name,
        overview.units.flatMap((unit) => [unit.unit, unit.name]),
      );
    }
    for (const { unit } of found) expanded.add(unit);
  }

  const wait = body.wait ?? false;
  if (typeof wait !== 'boolean') return wrongType('wait', 'true or false');
  const prune = body.prune ?? false;
  if (typeof prune !== 'boolean') return wrongType('prune', 'true or false');
  const timeoutMs = body.timeout_ms ?? USUAL_WAIT_MS;
  if (
    typeof timeoutMs !== 'number' ||
    !Number.isInteger(timeoutMs) ||
    timeoutMs < 1 ||
    timeoutMs > LONGEST_WAIT_MS
  )
    return wrongType('timeout_ms', `a whole number of milliseconds, at most ${LONGEST_WAIT_MS}`);
  return answered({ units: [...expanded], sources: sources.value, prune, wait, timeoutMs });
}

function names(key: string, value: unknown): Answered<string[]> {
  if (value === undefined || value === null) return answered([]);
  if (Array.isArray(value) && value.length <= 10_000 && value.every((name) => typeof name === 'string'))
    return answered([...new Set(value as string[])]);
  return wrongType(key, 'a list of names, for example ["shop/prod"]');
}

function wrongType(key: string, wanted: string) {
  return refused(badRequest('WrongType', `\`${key}\` must be ${wanted}.`, 'Nothing was enqueued.'));
}

function unknown(what: 'source' | 'workload', name: string, known: readonly string[]) {
  return refused(
    badRequest(
      what === 'source' ? 'SourceUnknown' : 'WorkloadUnknown',
      `No ${what} is called ${quoted(name)}.${didYouMean(name, known)}`,
      'Nothing was enqueued.',
    ),
  );
}
