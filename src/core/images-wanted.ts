// The images that a unit waits for: what its newest plan would pull. A push of one of them is about that unit.
import type { Plan } from '../model/plan.ts';
import type { UnitId } from '../model/unit.ts';

/** Null where nothing is to be pulled, or nothing was planned yet: then the wish alone tells. */
export function imagesWanted(plan: Plan | null, unit: UnitId): readonly string[] | null {
  const actions = plan?.units.find((entry) => entry.unit === unit)?.actions ?? [];
  const images = actions.flatMap((action) => (action.type === 'pullImage' ? [action.image] : []));
  return images.length === 0 ? null : images;
}
