// Blue-green only where it is safe; elsewhere stop first, and say how long that may take (law 1).
import type { HealthCheck } from '../../model/container-spec.ts';
import type { Wanted } from './wanted.ts';

export interface Strategy {
  type: 'blue-green' | 'rolling' | 'canary' | 'recreate';
  /** Why two generations may not run side by side; null where they may. */
  why: string | null;
}

export function chooseStrategy(wanted: Wanted): Strategy {
  const why = obstacle(wanted);
  if (wanted.strategy === 'recreate') return { type: 'recreate', why: 'the manifest says recreate' };
  if (why !== null) return { type: 'recreate', why };
  return { type: wanted.strategy === 'auto' ? 'blue-green' : wanted.strategy, why: null };
}

function obstacle({ spec, sharedVolumes }: Wanted): string | null {
  const port = spec.ports.find((binding) => binding.published !== null);
  if (port) return `port ${port.published} of the host can be held by one only`;
  if (spec.networkMode !== null) return `network_mode ${spec.networkMode} shares its ports`;
  return oneWriter({ spec, sharedVolumes });
}

/** Why nothing else may write to its volumes meanwhile, as a part of a sentence; null where it may. */
export function oneWriter({ spec, sharedVolumes }: Pick<Wanted, 'spec' | 'sharedVolumes'>): string | null {
  if (sharedVolumes) return null;
  const mount = spec.mounts.find((entry) => !entry.readOnly && entry.type !== 'tmpfs' && entry.source !== '');
  if (mount === undefined) return null;
  return `${mount.type === 'bind' ? 'folder' : 'volume'} ${mount.source} has one writer`;
}

/** Expected time without service when the old one is stopped first: its end, the new one's start and first good check. */
export function expectedDowntimeMs(wanted: Wanted): number {
  const start = 1_000;
  const stop = Math.min(wanted.spec.stopGraceMs, 2_000);
  return start + stop + firstGoodMs(wanted.spec.health);
}

function firstGoodMs(check: HealthCheck): number {
  if (check.type === 'none') return 0;
  if (check.type === 'image') return check.settleMs;
  return check.timing.intervalMs;
}
