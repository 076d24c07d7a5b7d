// The laws of the planner over a pure simulator, for every kind. docs/laws.md tells which planted mistake dies of which.
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { planUnit, unitNeeds } from '../../src/core/plan-unit.ts';
import { simulate } from '../../src/core/simulate.ts';
import { planners } from '../../src/kinds/registry.ts';
import type { UnitWorld } from '../../src/model/world.ts';
import { lawsOf } from '../support/laws.ts';
import { proxyWorlds } from '../support/proxy-worlds.ts';
import { worldsOfEachKind } from '../support/worlds-of-each-kind.ts';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 2_000);
/** The same worlds for everybody who runs the gate; `PROPERTY_SEED=random` explores others, and prints what it finds. */
const SEED = process.env.PROPERTY_SEED ?? '20261128';

const all = [...worldsOfEachKind(), ['proxy', proxyWorlds() as fc.Arbitrary<UnitWorld>] as const];

for (const [kind, worlds] of all) {
  describe(`laws of ${kind}`, () => {
    for (const law of lawsOf({ planUnit, unitNeeds, simulate, planners })) {
      it(`${law.name}: ${law.promise}`, () => {
        fc.assert(fc.property(worlds, law.check), {
          numRuns: RUNS,
          ...(SEED === 'random' ? {} : { seed: Number(SEED) }),
        });
      });
    }
  });
}
