// Stages that came or went: which unit goes on with what another unit of its workload ran.
import type { Desired } from '../model/desired.ts';
import type { UnitId } from '../model/unit.ts';
import { parseUnit, unitId } from './naming.ts';
import { routeWishes } from './route/wishes.ts';

/** The unit that goes on with what this one ran; null where it is wished itself, or goes for good. */
export type HeirOf = (unit: UnitId) => UnitId | null;

export const NO_HEIRS: HeirOf = () => null;

/**
 * A workload has stages or it has none. What had them and has none any more, as the same kind or another, is one unit
 * where there were several, and all of these have given way once it is there. The other way round it is the stage with a
 * name of the route, or the only one.
 */
export function heirRule(
  units: readonly Desired[],
  applied: readonly { unit: UnitId; desired: Desired }[],
): HeirOf {
  const wished = new Set(units.map(({ unit }) => unit));
  const byName = Map.groupBy(units, ({ name }) => name);
  return (unit) => {
    if (wished.has(unit)) return null;
    const parsed = parseUnit(unit);
    const own = parsed === null ? undefined : byName.get(parsed.name);
    if (parsed === null || own === undefined) return null;
    if (own.some((desired) => isStage(desired.unit) === isStage(unit))) return null;
    const [only, ...more] = own;
    if (more.length === 0) return only?.unit ?? null;
    const heirs = own.filter((desired) =>
      applied.some(
        (entry) =>
          (entry.unit === unit && sharesName(desired, entry.desired)) ||
          // What was applied is written down under the heir's name by now, and tells whose it was.
          (entry.unit === desired.unit && unitId(entry.desired) === unit),
      ),
    );
    return heirs[0]?.unit ?? null;
  };
}

/** Both are to be found by one name. */
export function sharesName(a: Desired, b: Desired): boolean {
  const names = new Set(namesOf(a));
  return namesOf(b).some((name) => names.has(name));
}

function namesOf(desired: Desired): readonly string[] {
  return routeWishes(desired).flatMap(({ domains }) => domains);
}

function isStage(unit: UnitId): boolean {
  return unit.includes('/');
}
