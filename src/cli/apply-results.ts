// How an apply ended: a line per unit that was touched or stands still, and one sentence for all.
import { arrow, deployView, needsYou, outcomeView, type StateView, sortUnits } from '../core/status-view.ts';
import { duration } from '../core/time-words.ts';
import { commas, count, listed, shortRevision, shortVersion } from '../core/words-names.ts';
import type { DeployRow, EventRow } from '../model/record.ts';
import type { UnitStatus } from '../model/status.ts';
import type { Store } from '../ports/store.ts';
import { deploysSince } from './progress-rows.ts';

export interface ResultLine {
  unit: string;
  view: StateView;
  text: string;
  /** What others said, and hints: below the line. */
  below: string[];
}

export interface Results {
  lines: ResultLine[];
  summary: string;
}

export interface ResultFacts {
  store: Pick<Store, 'deploys' | 'deployLogs' | 'events'>;
  /** All units as they stand now; those that were asked for only. */
  units: readonly UnitStatus[];
  startedMs: number;
}

const MOST_EVENTS = 500;
const MOST_EVIDENCE = 5;

export function resultsOf(facts: ResultFacts): Results {
  const { store, units, startedMs } = facts;
  const deploys = deploysSince(store, startedMs);
  const events = store.events({ limit: MOST_EVENTS }).filter((event) => event.atMs >= startedMs);
  const deployed = deploys.map((deploy) => deployLine(facts, deploy));
  const touched = new Set(deployed.map((line) => line.unit));
  const other = otherWork(events).filter((line) => !touched.has(line.unit));
  for (const line of other) touched.add(line.unit);
  const standing = sortUnits(units)
    .filter(
      (unit) => !touched.has(unit.unit) && !['converged', 'suspended', 'ejected'].includes(unit.outcome),
    )
    .map(standingLine);
  const lines = [...deployed, ...other, ...standing].sort((a, b) => severity(a) - severity(b));
  return { lines, summary: summaryOf({ deploys, other, standing, units }) };
}

function deployLine({ store, units }: ResultFacts, deploy: DeployRow): ResultLine {
  const status = units.find((unit) => unit.unit === deploy.unit);
  const view = deployView(deploy.status);
  const tookMs = (deploy.finishedAtMs ?? deploy.startedAtMs) - deploy.startedAtMs;
  const took = deploy.finishedAtMs === null ? 'still under way' : duration(tookMs);
  if (deploy.status === 'success') {
    const down = deploy.steps.flatMap((step) => (step.detail?.startsWith('down ') ? [step.detail] : []));
    const text = [arrow(deploy.fromVersion, deploy.toVersion), took, ...down].filter(Boolean).join(', ');
    return { unit: deploy.unit, view, text, below: [] };
  }
  const back = deploy.status === 'rolled_back' ? `rolled back to ${runsNow(status, deploy)}` : view.word;
  const said = store
    .deployLogs(deploy.id)
    .filter((row) => row.phase === 'evidence')
    .slice(-MOST_EVIDENCE)
    .map((row) => row.text);
  const hints = deploy.finishedAtMs === null ? [] : [`hint: tinyforge logs ${deploy.unit} --failed`];
  const why = deploy.message === null ? '' : `: ${deploy.message}`;
  return { unit: deploy.unit, view, text: `${back}, ${took}${why}`, below: [...said, ...hints] };
}

function runsNow(status: UnitStatus | undefined, deploy: DeployRow): string {
  return shortVersion(status?.runs ?? deploy.fromVersion ?? 'what ran before');
}

/** Healing and removing are no deploys, but they were done. */
function otherWork(events: readonly EventRow[]): ResultLine[] {
  const lines = new Map<string, ResultLine>();
  for (const event of events) {
    if (event.unit === null || lines.has(event.unit)) continue;
    if (event.reason !== 'Removed' && event.reason !== 'DriftHealed') continue;
    const text = event.reason === 'Removed' ? `${event.message}; volumes are kept` : event.message;
    lines.set(event.unit, { unit: event.unit, view: deployView('success'), text, below: [] });
  }
  return [...lines.values()];
}

function standingLine(unit: UnitStatus): ResultLine {
  const hint = needsYou(unit) ? [`hint: tinyforge why ${unit.unit}`] : [];
  return { unit: unit.unit, view: outcomeView(unit.outcome), text: unit.sentence, below: hint };
}

/** The good news first: the last lines stay in view. */
function severity(line: ResultLine): number {
  return ['ok', 'off', 'wait', 'busy', 'held', 'warn', 'bad'].indexOf(line.view.tone);
}

function summaryOf(facts: {
  deploys: readonly DeployRow[];
  other: readonly ResultLine[];
  standing: readonly ResultLine[];
  units: readonly UnitStatus[];
}): string {
  const { deploys, other, standing, units } = facts;
  const worked = deploys.length + other.length;
  const well = deploys.filter((deploy) => deploy.status === 'success').length + other.length;
  const back = deploys.filter((deploy) => deploy.status === 'rolled_back');
  const failed = deploys.filter((deploy) => deploy.status === 'failed');
  const still = standing.length === 0 ? '' : ` ${stillWords(standing)}`;
  if (worked === 0 && standing.length === 0) return nothingDone(units);
  if (worked === 0) return `Nothing was done.${still}`;
  const parts = [
    `${well} of ${worked} applied`,
    ...(back.length > 0 ? [`${back.length} rolled back`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ];
  const heldBack = [...back, ...failed].map(
    (deploy) => `${shortVersion(deploy.toVersion ?? '?')} is held until ${deploy.unit.split('/')[0]} changes`,
  );
  const held = heldBack.length === 0 ? '' : ` ${listed(heldBack)}.`;
  return `${parts.join(', ')}.${held}${still}`;
}

function stillWords(standing: readonly ResultLine[]): string {
  const words = new Map<string, string[]>();
  for (const line of standing) words.set(line.view.word, [...(words.get(line.view.word) ?? []), line.unit]);
  return [...words]
    .map(([word, list]) => {
      const is = word === 'failed' ? '' : list.length === 1 ? 'is ' : 'are ';
      return `${commas(list)} ${is}${word}.`;
    })
    .join(' ');
}

function nothingDone(units: readonly UnitStatus[]): string {
  const revisions = [...new Set(units.flatMap((unit) => unit.lastAttemptedRevision ?? []))].map(
    shortRevision,
  );
  const at = revisions.length === 0 ? '' : ` at ${listed(revisions)}`;
  if (units.length === 0) return 'Nothing to do: no workload is declared.';
  return `Nothing to do: ${count(units.length, 'workload')} ${units.length === 1 ? 'is' : 'are'} as declared${at}.`;
}
