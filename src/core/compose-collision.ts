// Tells whether a Compose project of this name is somebody else's already: two stacks of one name remove each other's parts.
import type { ObservedContainer } from '../model/observed.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import type { UnitId } from '../model/unit.ts';
import { problem } from './problem.ts';

export interface Collision {
  /** The stranger's container. */
  container: string;
  /** Where it was started; '' where it does not say. */
  workingDir: string;
}

/**
 * The first container of the project that is not this unit's. Our own label settles it; without one, `adopt` takes it,
 * from whatever folder: who moves a stack into a repository moves its folder, too.
 */
export function projectCollision(
  containers: readonly ObservedContainer[],
  stack: { unit: string; project: string; adopt: boolean },
): Collision | null {
  for (const { name, ours, compose } of containers) {
    if (compose === null || compose.project !== stack.project) continue;
    if (ours === null ? stack.adopt : ours.unit === stack.unit) continue;
    return { container: name, workingDir: compose.workingDir };
  }
  return null;
}

/**
 * Plans of one pass that would bring up one project: no container tells yet whose it is, so all but one are blocked,
 * and who is at work already is not the one. Names come from the Compose files, where no manifest can compare them.
 */
export function contested(
  plans: Iterable<UnitPlan>,
  isBusy: (unit: UnitId) => boolean,
): Map<UnitId, Problem> {
  const claims = [...plans].flatMap(({ unit, host, actions }) => {
    const up = actions.find((action) => action.type === 'composeUp');
    return up === undefined ? [] : [{ unit, key: `${host} ${up.project}`, project: up.project }];
  });
  const rank = (unit: UnitId): string => `${isBusy(unit) ? 0 : 1} ${unit}`;
  claims.sort((a, b) => (rank(a.unit) < rank(b.unit) ? -1 : 1));
  const owners = new Map<string, UnitId>();
  const problems = new Map<UnitId, Problem>();
  for (const { unit, key, project } of claims) {
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, unit);
    else problems.set(unit, contestedBy(unit, owner, project));
  }
  return problems;
}

function contestedBy(unit: UnitId, owner: UnitId, project: string): Problem {
  return problem({
    workload: unit,
    reason: 'ProjectTaken',
    message: `The Compose project ${project} belongs to ${owner}, whose files give it the same name`,
    effect: 'Nothing was stopped.',
    next: 'Looked at again in each pass.',
    hint: `Give one of the two another \`project:\` in its manifest, or another \`name:\` in its Compose file.`,
  });
}

/** The first folder, other than ours, that containers about to be adopted were started from; null where there is none. */
export function adoptedFrom(
  containers: readonly ObservedContainer[],
  stack: { project: string; projectDirectory: string },
): string | null {
  const own = withoutSlash(stack.projectDirectory);
  const folders = containers.flatMap(({ ours, compose }) =>
    ours === null && compose?.project === stack.project ? [withoutSlash(compose.workingDir)] : [],
  );
  return folders.find((folder) => folder !== '' && folder !== own) ?? null;
}

function withoutSlash(path: string): string {
  return path.replace(/(.)\/+$/, '$1');
}
