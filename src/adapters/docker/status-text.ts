// Reads the sentence that an engine writes about a container in its list: how long, how it ended, how well it is.
import type { EngineHealth } from '../../model/observed.ts';

export interface StatusFacts {
  upSeconds: number | null;
  exitCode: number | null;
  health: EngineHealth;
}

const SECONDS: Record<string, number> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  year: 31_536_000,
};

/**
 * `Up 3 seconds`, `Up About a minute`, `Up 2 hours (healthy)`, `Up 5 minutes (Paused)`, `Exited (137) 3 minutes ago`,
 * `Restarting (1) Less than a second ago`, `Created`. The engine rounds: 90 minutes are `About an hour`.
 */
export function readStatus(status: string): StatusFacts {
  const up = /^Up (.+?)(?: \(([^)]*)\))?$/.exec(status);
  if (up !== null) {
    return { upSeconds: readDuration(up[1] ?? ''), exitCode: null, health: readHealth(up[2] ?? '') };
  }
  const ended = /^(?:Exited|Restarting) \((-?\d+)\)/.exec(status);
  return { upSeconds: null, exitCode: ended === null ? null : Number(ended[1]), health: 'none' };
}

function readDuration(text: string): number {
  if (text.startsWith('Less than')) return 0;
  const about = /^About an? (\w+)$/.exec(text);
  if (about !== null) return SECONDS[about[1] ?? ''] ?? 0;
  const counted = /^(\d+) (\w+?)s?(?: ago)?$/.exec(text);
  return counted === null ? 0 : Number(counted[1]) * (SECONDS[counted[2] ?? ''] ?? 0);
}

/** What stands in the brackets, or the structured field of newer engines. */
export function readHealth(text: string): EngineHealth {
  if (text === 'healthy' || text === 'unhealthy') return text;
  return text === 'health: starting' || text === 'starting' ? 'starting' : 'none';
}
