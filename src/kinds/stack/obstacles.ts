// What would make `up` fail or take what is not ours: told before anything is stopped.
import { nameConflict, portConflict } from '../../core/generation/conflicts.ts';
import { problem } from '../../core/problem.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { Problem } from '../../model/problem.ts';
import type { StackModel } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import type { Survey } from './survey.ts';

export function obstacles(
  world: UnitWorld<DesiredStack>,
  model: StackModel,
  { wrong, standing }: Survey,
): Problem | null {
  const { desired, host } = world;
  const mine = new Set(standing.map((container) => container.id));
  for (const container of world.mine) mine.add(container.id);
  const stranger = host.containers.find(
    (container) => container.compose?.project === model.project && !mine.has(container.id),
  );
  if (stranger) return projectTaken(desired, model.project, stranger.name);
  const names = wrong.flatMap((view) => view.service.containerName ?? []);
  const ports = wrong.flatMap((view) => view.service.publishedPorts);
  return (
    missing(desired, 'network', model.externalNetworks, host.networks) ??
    missing(desired, 'volume', model.externalVolumes, host.volumes) ??
    nameConflict(desired.unit, names, host, mine) ??
    portConflict(desired.unit, ports, host, mine)
  );
}

function projectTaken({ unit, place }: DesiredStack, project: string, container: string): Problem {
  return problem({
    ...common(unit),
    reason: 'ProjectTaken',
    message: `The Compose project ${project} is already there with container ${container}, which is not ours`,
    hint: `Give the stack another \`project:\`, or hand it over with \`adopt: true\` (${place.file}:${place.line}).`,
  });
}

function missing(
  { unit }: DesiredStack,
  what: 'network' | 'volume',
  names: readonly string[],
  existing: readonly { name: string }[],
): Problem | null {
  const absent = names.find((name) => !existing.some((entry) => entry.name === name));
  if (absent === undefined) return null;
  return problem({
    ...common(unit),
    reason: 'ExternalMissing',
    message: `${unit} needs the ${what} ${absent}, declared as external, and the engine has none of that name`,
    hint: `Make it with \`docker ${what} create ${absent}\`, or take \`external: true\` out of the Compose file.`,
  });
}

function common(unit: string): Partial<Problem> {
  return { workload: unit, effect: 'Nothing was stopped.', next: 'Looked at again in each pass.' };
}
