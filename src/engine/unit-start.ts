// Starts the work on one unit beside the passes, shows what it does meanwhile, and keeps how it ended.
import type { Change } from '../ports/controller.ts';
import type { EngineDeps } from './deps.ts';
import { closeForGood, endStuck } from './open-deploys.ts';
import type { StartedPlan } from './pass-options.ts';
import { forgetName } from './renames/settle-names.ts';
import type { LoopState } from './state.ts';
import { workUnit } from './work-unit.ts';

interface Surroundings {
  tell(change: Change): void;
  /** Wakes the loop. */
  ring(why: string): void;
  /** Ends the work after its current action. */
  signal: AbortSignal;
}

/** The work goes on when the call returns; what fails is remembered for the next try, and never thrown. */
export function createUnitStart(
  deps: EngineDeps,
  state: LoopState,
  { tell, ring, signal }: Surroundings,
): (started: StartedPlan) => void {
  /** Nothing of a unit that was removed stays. */
  function forget(unit: string): void {
    deps.control.forget(unit);
    deps.store.removeStatus(unit);
    state.records.statuses.delete(unit);
    state.works.forget(unit);
    state.memory.stuck.delete(unit);
    void deps.stacks.forget(unit);
    closeForGood(deps, unit);
    forgetName(deps.control, unit);
  }

  return ({ plan, desired }) => {
    const { unit } = plan;
    const work = state.works.of(unit);
    // However it ends, what is written down of it is looked at when the unit is found converged.
    if (desired !== null) state.saved.delete(desired);
    work.doing = plan.cause?.text ?? 'starting';
    const progress = (text: string): void => {
      work.doing = text;
      const { deployId } = work;
      tell(deployId === null ? { type: 'unit', unit } : { type: 'deploy', unit, deployId });
    };
    const onDeploy = (id: number | null): void => {
      work.deployId = id;
    };
    work.busy = workUnit({ deps, ...state, plan, desired, signal, onDeploy, progress })
      .then(() => {
        state.works.ended(unit);
        if (desired === null) forget(unit);
      })
      .catch((error: unknown) => {
        if (signal.aborted) return;
        state.works.failed(unit, error, desired?.retry);
        const { fault, deployId } = work;
        if (fault?.transient === false && deployId !== null) {
          endStuck(deps, deployId, fault);
          state.memory.stuck.set(unit, deployId);
        }
        deps.log.warn('a plan was not carried out', { workload: unit, error });
      })
      .finally(() => {
        state.memory.doubt(unit);
        Object.assign(work, { busy: null, doing: null, deployId: null });
        tell({ type: 'event' });
        ring(`${unit} was worked on`);
      });
  };
}
