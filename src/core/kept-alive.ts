// What is done while the wish cannot be told: it keeps alive what was applied, and is no deploy of anything.
import type { Cause, UnitPlan } from '../model/plan.ts';
import type { UnitWorld } from '../model/world.ts';
import { isRollout } from './dependencies.ts';

/**
 * `plan` is of what was applied, in the place of a wish that nobody knows now. What it makes is made again, and what it
 * takes away had not come to its end, or had failed: that is told by the deploy of that one, and not by one more.
 */
export function keptAlive(plan: UnitPlan, { quarantine, desired }: UnitWorld): UnitPlan {
  const { cause, generation, runs } = plan;
  if (cause === null || generation === null || !isRollout(plan) || desired.state === 'stopped') return plan;
  const kept = plan.wants ?? 'what was applied';
  const failed = quarantine.find(
    ({ specHash, digest }) => specHash !== generation.specHash || digest !== generation.digest,
  );
  if (failed !== undefined) return back(`${failed.release || 'the new version'} failed, back to ${kept}`);
  if (runs === null) return healed(`nothing of ${kept} was there`);
  return runs === plan.wants ? healed(cause.text) : back(`${runs} → ${kept}, until its wish can be told`);

  function back(text: string): UnitPlan {
    return because({ type: 'rollback', text });
  }

  function healed(text: string): UnitPlan {
    return because({ type: 'drift', text });
  }

  function because(why: Cause): UnitPlan {
    return { ...plan, cause: why };
  }
}
