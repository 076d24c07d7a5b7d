// Tells whether a Compose project of this name is somebody else's already: two stacks of one name remove each other's parts.
import type { ComposeMark, ObservedContainer } from '../model/observed.ts';
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
 * The first container of the project that is not this unit's. Our own label settles it; without one, `isOpen` says
 * whether it may be taken over. What a person runs once in the stack's own folder (`docker compose run`) claims nothing.
 */
export function projectCollision(
  containers: readonly ObservedContainer[],
  stack: { unit: string; project: string; projectDirectory: string; isOpen(mark: ComposeMark): boolean },
): Collision | null {
  for (const { name, ours, compose } of containers) {
    if (compose === null || compose.project !== stack.project) continue;
    const isHere = withoutSlash(compose.workingDir) === withoutSlash(stack.projectDirectory);
    if (ours === null && compose.oneOff && isHere) continue;
    if (ours === null ? stack.isOpen(compose) : ours.unit === stack.unit) continue;
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
    const adopts = actions.find((action) => action.type === 'adoptContainers');
    const claim = adopts ?? actions.find((action) => action.type === 'composeUp');
    if (claim === undefined) return [];
    return [{ unit, key: `${host} ${claim.project}`, project: claim.project, isThere: adopts !== undefined }];
  });
  // Who runs from its own files has it before who would make it anew from others.
  const rank = ({ unit, isThere }: { unit: UnitId; isThere: boolean }): string =>
    `${isBusy(unit) ? 0 : 1} ${isThere ? 0 : 1} ${unit}`;
  claims.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
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
