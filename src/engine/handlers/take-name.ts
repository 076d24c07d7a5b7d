// Writes down what a workload was called before: from then on it is known without its manifest.
import { recordOf } from '../../core/renames.ts';
import type { ActionOf } from '../../model/action.ts';
import type { HandlerContext } from './context.ts';

/** Stages of one project share it: the first one writes, and the others find it written. */
export async function takeName(
  { from, unit }: ActionOf<'takeName'>,
  { deps, desired }: HandlerContext,
): Promise<void> {
  const { control, store, clock } = deps;
  const records = control.allRenamed();
  const record = recordOf(desired, { from, records });
  if (control.renamed(desired.name)?.from !== from) {
    control.saveRenamed(record);
    store.addEvent({
      atMs: clock.nowMs(),
      severity: 'info',
      unit,
      reason: 'Renamed',
      message: `renamed from ${from}: its data, history and holds went along`,
    });
  }
  control.dropRenamed(from);
}
