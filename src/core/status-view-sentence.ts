// Versions and health as words, for tables, plans and explanations.
import type { UnitHealth } from '../model/plan.ts';
import { shortVersion } from './words-names.ts';

/** `2.1.3 → 2.1.4`; the new one alone where nothing ran; the old one alone where nothing changes. */
export function arrow(from: string | null, to: string | null): string {
  if (to === null || from === to) return from === null ? '' : shortVersion(from);
  return from === null ? shortVersion(to) : `${shortVersion(from)} → ${shortVersion(to)}`;
}

/** `2 of 2 healthy`, `1 of 2 unhealthy: …`, or the detail alone where nothing can be counted. */
export function healthWords(health: UnitHealth): string {
  if (health.status === 'none' || health.total === 0) return health.detail ?? 'nothing runs';
  if (health.status === 'healthy') return `${health.ready} of ${health.total} healthy`;
  if (health.status === 'starting') return `${health.ready} of ${health.total} healthy, the rest starting`;
  if (health.status === 'unknown') return health.detail ?? 'health not known';
  const words = `${health.total - health.ready} of ${health.total} unhealthy`;
  return health.detail === null ? words : `${words}: ${health.detail}`;
}
