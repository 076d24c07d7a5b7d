// A site is called after the commit whose files it serves: later commits that change none of them make it no older.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { planUnit } from '../../src/core/plan-unit.ts';
import { simulate } from '../../src/core/simulate.ts';
import { planners } from '../../src/kinds/registry.ts';
import type { UnitWorld } from '../../src/model/world.ts';
import { siteWorlds } from '../support/worlds.ts';

const plan = (world: UnitWorld) => planUnit(planners, world);

/** Where walking its plan leads. */
function atRest(world: UnitWorld): UnitWorld {
  let now = world;
  for (let pass = 0; pass < 10; pass += 1) now = plan(now).actions.reduce(simulate, now);
  return now;
}

/** Another commit, with the same files. */
function at(revision: string, { desired, answers, ...rest }: UnitWorld): UnitWorld {
  const same = [...answers].map(
    ([key, answer]) => [key.replace(`:${desired.revision}:`, `:${revision}:`), answer] as const,
  );
  return { ...rest, desired: { ...desired, revision }, answers: new Map(same) };
}

describe('a site at rest', () => {
  it('wants what runs, whichever commit was looked at last', () => {
    let calm = 0;
    const property = fc.property(
      siteWorlds() as fc.Arbitrary<UnitWorld>,
      fc.stringMatching(/^[0-9a-f]{40}$/),
      (world, revision) => {
        const rested = atRest(world);
        const { desired } = rested;
        const { actions, blocked, runs, wants } = plan(at(revision, rested));
        if (actions.length > 0 || blocked !== null || runs === null || desired.state === 'stopped') return;
        calm += 1;
        assert.equal(wants, runs);
      },
    );
    fc.assert(property, { numRuns: 500 });
    assert.ok(calm > 10, `only ${calm} of the worlds were at rest`);
  });
});
