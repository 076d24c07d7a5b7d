// The sentence of each outcome, as it is recorded with a unit's status.
import type { Outcome } from '../model/outcome.ts';
import type { UnitHealth } from '../model/plan.ts';
import { shortVersion } from './words-names.ts';

export interface SentenceFacts {
  outcome: Outcome;
  runs: string | null;
  wants: string | null;
  health: UnitHealth;
  /** Why, in words and without the full stop: `2.1.4 did not become healthy`; null where the outcome says it all. */
  why: string | null;
  /** Wanted to be stopped (`state: stopped`). */
  stopped?: boolean | undefined;
}

/** One sentence for people, subject left out: it stands behind the unit's name. */
export function outcomeSentence(facts: SentenceFacts): string {
  return `${body(facts)}.`;
}

function body({ outcome, runs, wants, health, why, stopped }: SentenceFacts): string {
  const now = runs === null ? 'runs nothing' : `runs ${shortVersion(runs)}`;
  const change = arrow(runs, wants);
  switch (outcome) {
    case 'failed':
      return why === null ? 'failed' : `failed: ${why}`;
    case 'degraded':
      return `${now}, ${why ?? healthWords(health)}`;
    case 'rolled-back':
      return why === null ? `${now} again` : `${now}; ${why}`;
    case 'held':
      return `${runs === null ? 'nothing of it runs' : 'runs as last applied'}${why === null ? '' : `; ${why}`}`;
    case 'progressing':
      return [change, why].filter(Boolean).join(', ') || 'is being changed';
    case 'waiting':
      return `waits${why === null ? '' : ` for ${why}`}`;
    case 'suspended':
      return `suspended${why === null ? '' : ` ${why}`}`;
    case 'converged':
      if (stopped === true) return 'is stopped, as declared';
      return `${runs === null ? 'runs' : now} as declared${health.status === 'healthy' ? ', healthy' : ''}`;
  }
}

/** `2.1.3 → 2.1.4`; the new one alone where nothing ran; empty where nothing changes. */
export function arrow(from: string | null, to: string | null): string {
  if (to === null || from === to) return from === null ? '' : shortVersion(from);
  return from === null ? shortVersion(to) : `${shortVersion(from)} → ${shortVersion(to)}`;
}

/** `1 of 2 replicas unhealthy`, `2 of 2 healthy`, or the detail where there is one. */
export function healthWords(health: UnitHealth): string {
  if (health.status === 'none' || health.total === 0) return health.detail ?? 'nothing runs';
  if (health.status === 'healthy') return `${health.ready} of ${health.total} healthy`;
  if (health.status === 'starting') return `${health.ready} of ${health.total} healthy, the rest starting`;
  if (health.status === 'unknown') return health.detail ?? 'health not known';
  const ill = health.total - health.ready;
  const words = `${ill} of ${health.total} unhealthy`;
  return health.detail === null ? words : `${words}: ${health.detail}`;
}
