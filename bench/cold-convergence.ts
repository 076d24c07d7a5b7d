// Cold convergence of twenty stacks: nothing runs, nothing is remembered, and the process starts.
import { expectRunning } from './engine.ts';
import { type Bench, inTurns, rowOf, timed } from './row.ts';
import { containerCount, labelOf, writeStacks } from './stacks.ts';

export const coldConvergence: Bench = {
  name: 'cold',
  async measure(lab) {
    const stacks = writeStacks(lab, { resync: '30s' });
    const measured = await inTurns({
      ...lab,
      async ours() {
        await stacks.down('baseline');
        stacks.forget();
        const ms = await timed(stacks.apply);
        await expectRunning(lab, labelOf.ours, containerCount);
        return ms / 1000;
      },
      async baseline() {
        await stacks.down('ours');
        const ms = await timed(stacks.composeUp);
        await expectRunning(lab, labelOf.baseline, containerCount);
        return ms / 1000;
      },
    });
    await stacks.down('baseline');
    return [rowOf({ name: '20 stacks from nothing: `tinyforge apply`', ...measured, unit: 's', target: 1 })];
  },
};
