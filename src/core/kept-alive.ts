// What is done while the wish cannot be told: it keeps alive what was applied, and is no deploy of anything.
import type { Cause, UnitPlan } from '../model/plan.ts';
import type { UnitWorld } from '../model/world.ts';
import { isRollout } from './dependencies.ts';

/**
 * `plan` is of what was applied, in the place of a wish that nobody knows now. It wants nothing new: what it makes is
 * made again, and what it takes away had not come to its end, or had failed.
 */
export function keptAlive(plan: UnitPlan, world: UnitWorld): UnitPlan {
  const back = wayBack(plan, world);
  const { cause } = back;
  if (cause === null || !isRollout(back) || world.desired.state === 'stopped')
    return { ...back, wants: null };
  return { ...back, cause: healing(plan, cause), wants: null };
}

/** What a failed version leaves behind it is its own deploy, rolled back, and not one more. */
export function wayBack(plan: UnitPlan, { quarantine, desired }: UnitWorld): UnitPlan {
  const { generation, wants } = plan;
  if (generation === null || desired.state === 'stopped' || !isRollout(plan)) return plan;
  const failed = quarantine.find(
    ({ specHash, digest }) => specHash !== generation.specHash || digest !== generation.digest,
  );
  if (failed === undefined) return plan;
  const text = `${failed.release || 'the new version'} failed, back to ${wants ?? 'the one before'}`;
  return { ...plan, cause: { type: 'rollback', text } };
}

function healing({ runs, wants }: UnitPlan, { text }: Cause): Cause {
  if (runs === null) return { type: 'drift', text: `nothing of ${wants ?? 'what was applied'} was there` };
  if (runs === wants) return { type: 'drift', text };
  return {
    type: 'rollback',
    text: `${runs} → ${wants ?? 'what was applied'}, as long as its wish cannot be told`,
  };
}
