// A unit that another controller runs: nothing is made beside it, for both would share volumes, names and routes.
import type { ObservedContainer } from '../model/observed.ts';
import type { Problem } from '../model/problem.ts';
import type { UnitWorld } from '../model/world.ts';
import { problem } from './problem.ts';

/** Null where nobody else runs it, or some of it is ours already. */
export function runByAnother({ mine, host, desired, controller }: UnitWorld): Problem | null {
  if (mine.length > 0) return null;
  const theirs = host.containers.find(({ stranger }) => stranger?.unit === desired.unit);
  if (theirs?.stranger === undefined) return null;
  const other = theirs.stranger.controller;
  return problem({
    reason: 'OtherController',
    message: `${desired.unit} runs already under the controller ${other} (${theirs.name}); this one is called ${controller}`,
    effect: 'Nothing of it is touched, and nothing is made beside it.',
    hint: `If this is the controller that was called ${other}: \`${formerlyLine(controller, other)}\` in tinyforge.yaml. If ${other} is another one, take the workload out of one of the two.`,
    next: 'Looked at again in each pass.',
    workload: desired.unit,
  });
}

/** What another Tinyforge made, by its name: for whoever renamed this one. */
export function otherControllers(containers: readonly ObservedContainer[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { stranger } of containers)
    if (stranger !== undefined) counts.set(stranger.controller, (counts.get(stranger.controller) ?? 0) + 1);
  return counts;
}

export function formerlyLine(controller: string, former: string): string {
  return `controller: { name: ${controller}, formerly: ${former} }`;
}
