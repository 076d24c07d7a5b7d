// What is remembered of routes by the container or the unit that it is about.
import type { UnitId } from '../../model/unit.ts';

/** That a container served this share of the clients for its time, and stayed well. */
export function canaryFact(share: number): string {
  return `canary-${share}`;
}

/** That this one had its time to leave, after that one took over from it. */
export function farewellFact(heir: string, leaving: string): string {
  return `drained-by-${heir}:${leaving}`;
}

/** Among the verdicts of our probes: the other end of a stand-alone proxy. */
export function targetVerdict(unit: UnitId): string {
  return `${TARGET}${unit}`;
}

export function isTargetVerdict(key: string): boolean {
  return key.startsWith(TARGET);
}

/** No container's id has a colon. */
const TARGET = 'target:';
