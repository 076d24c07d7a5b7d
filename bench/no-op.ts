// Nothing to do in twenty stacks: a pass of the running controller, and `tinyforge apply` from its start to its end.
import { expectRunning, startsOf } from './engine.ts';
import { type Bench, inTurns, rowOf, timed } from './row.ts';
import { startController } from './running-controller.ts';
import { containerCount, labelOf, writeStacks } from './stacks.ts';

export const noOp: Bench = {
  name: 'no-op',
  async measure(lab) {
    const stacks = writeStacks(lab, { resync: '1s' });
    await stacks.apply();
    await stacks.composeUp();
    const before = await startsOf(lab, labelOf.ours);

    lab.say('A pass of the running controller, with nothing to do');
    const controller = await startController(lab, stacks.configuration);
    const composeUp = () => timed(stacks.composeUp);
    const pass = await inTurns({
      ...lab,
      ours: () => controller.meanPassMs(3),
      baseline: () => controller.frozenDuring(composeUp),
    }).finally(() => controller.stop());

    lab.say('`tinyforge apply` with nothing to do, its start included');
    const cold = await inTurns({ ...lab, ours: () => timed(stacks.apply), baseline: composeUp });

    await expectRunning(lab, labelOf.ours, containerCount);
    if ((await startsOf(lab, labelOf.ours)) !== before)
      throw new Error('A pass with nothing to do has touched containers.');
    await stacks.down('ours');
    await stacks.down('baseline');
    return [
      rowOf({ name: '20 stacks, nothing to do: a pass', ...pass, unit: 'ms', target: 1 / 30 }),
      rowOf({ name: '20 stacks, nothing to do: `tinyforge apply`', ...cold, unit: 'ms', target: 1 / 3 }),
    ];
  },
};
