// Whose a label is: ours, ours by a former name, or another controller's, of which nothing is made a second time.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { maker, readOurs, readStranger } from '../../src/adapters/docker/read-labels.ts';
import { planUnit } from '../../src/core/plan-unit.ts';
import { planners } from '../../src/kinds/registry.ts';
import { LABEL } from '../../src/model/labels.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import { createLoopRig } from '../support/loop-rig.ts';
import { stranger } from '../support/worlds.ts';
import { worldsOfEachKind } from '../support/worlds-of-each-kind.ts';

const keep = (text: string): string => text;
const labels = (controller: string) => ({
  [LABEL.managed]: 'true',
  [LABEL.controller]: controller,
  [LABEL.unit]: 'shop/prod',
});
const NAMES = { controller: 'new', formerly: 'old' };

describe('a label', () => {
  it('with the former name is ours by the present one', () => {
    assert.equal(readOurs(labels('old'), NAMES, keep)?.controller, 'new');
    assert.equal(readOurs(labels('new'), NAMES, keep)?.controller, 'new');
    assert.deepEqual([maker(labels('old'), NAMES), maker(labels('new'), NAMES)], ['new', 'new']);
  });
  it('of a third is a stranger’s, who is known', () => {
    assert.equal(readOurs(labels('third'), NAMES, keep), null);
    assert.equal(maker(labels('third'), NAMES), 'third');
    assert.deepEqual(readStranger(labels('third'), keep), {
      stranger: { controller: 'third', unit: 'shop/prod' },
    });
  });
  it('with the former name is a stranger’s where nobody says that it was ours', () => {
    assert.equal(readOurs(labels('old'), { controller: 'new' }, keep), null);
    assert.equal(readOurs(labels('old'), { controller: 'new', formerly: undefined }, keep), null);
  });
  it('of nobody is nobody’s', () => {
    assert.deepEqual(readStranger({ [LABEL.unit]: 'shop' }, keep), {});
    assert.equal(maker({}, NAMES), null);
  });
});

describe('what another controller runs', () => {
  for (const [kind, worlds] of worldsOfEachKind())
    it(`is not made a second time, whatever the world: ${kind}`, () => {
      fc.assert(
        fc.property(worlds, (world) => {
          const theirs: ObservedContainer = {
            ...stranger('theirs'),
            stranger: { controller: 'another', unit: world.desired.unit },
          };
          const containers = world.host.containers.filter((container) => !world.mine.includes(container));
          const alone = { ...world, mine: [], host: { ...world.host, containers: [...containers, theirs] } };
          const plan = planUnit(planners, alone);
          assert.deepEqual([plan.actions, plan.blocked?.problem.reason], [[], 'OtherController']);
        }),
        { numRuns: 50 },
      );
    });

  it('is told with what to write where this controller was renamed', async () => {
    const rig = createLoopRig();
    rig.engine.addImage('example/shop:v1');
    rig.engine.addStranger({ name: 'shop-1', labels: { ...labels('old'), [LABEL.unit]: 'shop' } });
    rig.files.set('shop.yaml', 'kind: project\nname: shop\nimage: example/shop\ntag: v1\n');
    rig.engine.forgetJournal();
    await rig.settle();
    const { outcome, problems } = rig.status('shop');
    assert.equal(outcome, 'failed');
    assert.equal(
      problems[0]?.message,
      'shop runs already under the controller old (shop-1); this one is called default',
    );
    assert.match(
      problems[0]?.hint ?? '',
      /`controller: \{ name: default, formerly: old \}` in tinyforge\.yaml/,
    );
    assert.deepEqual(rig.engine.journal(), []);
  });
});
