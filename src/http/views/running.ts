// The deploys that are going on, with what they usually take.
import { sortUnits } from '../../core/status-view.ts';
import type { RunningView } from '../page/running-now.ts';
import type { PageRead } from '../pages/page.ts';
import { usualTimes } from './usual.ts';

export function runningOf({ overview, store }: Pick<PageRead, 'overview' | 'store'>): RunningView[] {
  return sortUnits(overview.units).flatMap((unit) => {
    const deploy = unit.deployId === null ? null : store.deploy(unit.deployId);
    if (deploy === null) return [];
    const usual = usualTimes(store.deploys(unit.unit, { limit: 20 }));
    const id = `deploy-${deploy.id}-steps`;
    return [
      {
        deploy,
        usualMs: usual.totalMs,
        steps: { id, steps: deploy.steps, usualMs: usual.stepsMs, doing: unit.sentence },
      },
    ];
  });
}
