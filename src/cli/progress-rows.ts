// What is under way, as rows: one per unit that was touched since the start.
import { arrow, deployView, outcomeView, type StateView } from '../core/status-view.ts';
import type { DeployRow } from '../model/record.ts';
import type { UnitStatus } from '../model/status.ts';
import type { Store } from '../ports/store.ts';

export interface ProgressRow {
  unit: string;
  view: StateView;
  /** `health`, or the result once it is over. */
  step: string;
  detail: string;
  elapsedMs: number;
  done: boolean;
}

export interface ProgressFacts {
  store: Pick<Store, 'deploys'>;
  units: readonly UnitStatus[];
  startedMs: number;
  nowMs: number;
}

/** Oldest first, so that rows come in the order of their first appearance. */
export function progressRows({ store, units, startedMs, nowMs }: ProgressFacts): ProgressRow[] {
  const deploys = deploysSince(store, startedMs);
  const rolling = new Set(deploys.map((deploy) => deploy.unit));
  const healing = units.filter((unit) => unit.outcome === 'progressing' && !rolling.has(unit.unit));
  return [
    ...deploys.map((deploy) => deployProgress(deploy, { units, nowMs })),
    ...healing.map((unit) => ({
      unit: unit.unit,
      view: outcomeView('progressing'),
      step: 'at work',
      detail: unit.sentence,
      elapsedMs: Math.max(0, nowMs - unit.sinceMs),
      done: false,
    })),
  ];
}

/** The newest deploy of each unit that was open at or after the start, oldest first. */
export function deploysSince(store: Pick<Store, 'deploys'>, startedMs: number): DeployRow[] {
  const newest = new Map<string, DeployRow>();
  for (const row of store.deploys(null, { limit: 500 })) {
    const concerned = row.finishedAtMs === null || row.finishedAtMs >= startedMs;
    if (concerned && !newest.has(row.unit)) newest.set(row.unit, row);
  }
  return [...newest.values()].sort((a, b) => a.id - b.id);
}

function deployProgress(
  deploy: DeployRow,
  { units, nowMs }: { units: readonly UnitStatus[]; nowMs: number },
): ProgressRow {
  const over = deploy.finishedAtMs !== null;
  const step = deploy.steps.find((candidate) => candidate.status === 'now');
  const doing = units.find((unit) => unit.unit === deploy.unit);
  const detail = over
    ? (deploy.message ?? '')
    : doing?.outcome === 'progressing'
      ? doing.sentence
      : (step?.detail ?? '');
  return {
    unit: deploy.unit,
    view: deployView(deploy.status),
    step: over
      ? deployView(deploy.status).word
      : (step?.name.toLowerCase() ?? deployView(deploy.status).word),
    detail: over ? [arrow(deploy.fromVersion, deploy.toVersion), detail].filter(Boolean).join(', ') : detail,
    elapsedMs: (deploy.finishedAtMs ?? nowMs) - deploy.startedAtMs,
    done: over,
  };
}
