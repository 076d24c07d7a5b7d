// Whether a plan's actions are carried out, now or later: one rule for the loop and for what `plan` prints.
import type { UnitPlan } from '../model/plan.ts';

/**
 * A blocked unit stands still, except where its actions only keep alive what was applied before: then nothing new is
 * wanted, and healing waits for nobody (law 12).
 */
export function isWalkedNow({ blocked, wants, generation }: UnitPlan): boolean {
  return blocked === null || wants === null || generation === null;
}

/** Also what waits for something that ends by itself. */
export function isWalked(plan: UnitPlan): boolean {
  return isWalkedNow(plan) || plan.blocked?.wait === true;
}
