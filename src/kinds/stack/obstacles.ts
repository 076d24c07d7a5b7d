// What would make `up` fail or take what is not ours: told before anything is stopped.
import { adoptedFrom, type Collision, projectCollision } from '../../core/compose-collision.ts';
import { caughtName, type NetworkNames } from '../../core/generation/caught-names.ts';
import { nameConflict, portConflict } from '../../core/generation/conflicts.ts';
import { problem } from '../../core/problem.ts';
import { commas } from '../../core/words-names.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { ComposeMark } from '../../model/observed.ts';
import type { Problem } from '../../model/problem.ts';
import type { StackModel } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { mayAdopt } from './adopt.ts';
import { namesTaken } from './names.ts';
import type { ServiceView } from './service-state.ts';
import type { Survey } from './survey.ts';
import { membersOf } from './switch-plan.ts';

export function obstacles(
  world: UnitWorld<DesiredStack>,
  model: StackModel,
  { wrong, switches, standing }: Survey,
): Problem | null {
  const { desired, host } = world;
  const mine = new Set(standing.map((container) => container.id));
  for (const container of world.mine) mine.add(container.id);
  const { unit } = desired;
  const isOpen = (mark: ComposeMark) => mayAdopt(desired, mark);
  const { project, projectDirectory } = model;
  const collision = projectCollision(host.containers, { unit, project, projectDirectory, isOpen });
  if (collision) return projectTaken(desired, project, collision);
  const other = standing.length === 0 ? runsByAnotherName(world, model) : null;
  if (other !== null) return other;
  const names = [
    ...wrong.flatMap((view) => namesTaken(view, model.project)),
    ...switches.flatMap((one) => membersOf(one, model).map(({ name }) => name)),
  ];
  const ports = wrong.flatMap((view) => view.service.publishedPorts);
  return (
    missing(desired, 'network', model.externalNetworks, host.networks) ??
    missing(desired, 'volume', model.externalVolumes, host.volumes) ??
    nameConflict(desired.unit, names, host, mine) ??
    caughtName(
      [...wrong, ...switches.map(({ view }) => view)].flatMap((view) => namesOnNetworks(world, view)),
      world,
      mine,
    ) ??
    portConflict(desired.unit, ports, host, mine)
  );
}

/** On those that its file names, and on the one of the proxy that we put its routed services on. */
function namesOnNetworks({ proxy, desired }: UnitWorld<DesiredStack>, view: ServiceView): NetworkNames[] {
  const { name, service } = view;
  const given = (names: readonly string[]) => names.map((one) => ({ name: one, from: 'given' as const }));
  const host = given(service.hostname == null ? [] : [service.hostname]);
  const shared = proxy?.reach === 'network' ? proxy.network : null;
  const isJoined = shared !== null && desired.services[name]?.route != null && !(shared in service.endpoints);
  return [
    ...Object.entries(service.endpoints).map(([network, { aliases }]) => ({
      network,
      names: [...given(aliases), ...host, { name, from: 'service' as const }],
    })),
    ...(isJoined ? [{ network: shared, names: host }] : []),
  ];
}

function projectTaken(
  { unit, place }: DesiredStack,
  project: string,
  { container, workingDir }: Collision,
): Problem {
  const from = workingDir === '' ? ',' : `, started from ${workingDir},`;
  return problem({
    ...common(unit),
    reason: 'ProjectTaken',
    message: `The Compose project ${project} is already there with container ${container}${from} which is not ours`,
    hint: `Give the stack another \`project:\`, or hand it over with \`adopt: true\` (${place.file}:${place.line}).`,
  });
}

/** Started from the very folder, by a name that neither its files nor a manifest say: a second one would share its data. */
function runsByAnotherName({ desired, host }: UnitWorld<DesiredStack>, model: StackModel): Problem | null {
  if (desired.discovered === undefined) return null;
  const other = host.containers.find(
    ({ ours, compose }) =>
      ours === null &&
      compose !== null &&
      !compose.oneOff &&
      compose.project !== model.project &&
      compose.workingDir === model.projectDirectory &&
      Object.hasOwn(model.services, compose.service),
  );
  if (other?.compose == null) return null;
  return problem({
    ...common(desired.unit),
    reason: 'ProjectName',
    message: `The files in ${model.projectDirectory} run as the Compose project ${other.compose.project} already (${other.name}), and here they are called ${model.project}`,
    hint: `Write \`name: ${other.compose.project}\` into the Compose file, or a manifest with \`project: ${other.compose.project}\`.`,
  });
}

/** What is taken over on trust, and what is left as it is. */
export function adoptingNotices(
  { desired }: UnitWorld<DesiredStack>,
  model: StackModel,
  { adopting, left }: Survey,
): Problem[] {
  const unknown = adopting.filter(({ isCompared }) => !isCompared).map(({ container }) => container.name);
  const about = { severity: 'info' as const, workload: desired.unit };
  const told: Problem[] = [];
  if (unknown.length > 0)
    told.push(
      problem({
        ...about,
        reason: 'AdoptedUncompared',
        message: `Nothing tells whether ${commas(unknown, 4)} ${unknown.length === 1 ? 'is' : 'are'} as the files say: another version of Compose made ${unknown.length === 1 ? 'it' : 'them'}, or it shares the network of another service. Taken over as it runs.`,
        hint: 'Where the files were changed since, `docker compose up -d` in the folder before makes sure.',
      }),
    );
  if (left.length > 0)
    told.push(
      problem({
        ...about,
        reason: 'LeftRunning',
        message: `${commas(
          left.map(({ name }) => name),
          4,
        )} of the project ${model.project} ${left.length === 1 ? 'belongs' : 'belong'} to no service that is declared or switched on, and ${left.length === 1 ? 'stays as it is' : 'stay as they are'}.`,
        hint: 'Remove what is not needed with `docker rm -f`, or add its profile to COMPOSE_PROFILES in `.env`.',
      }),
    );
  return told;
}

/** Told before: what lies beside the Compose file that it was started with stays there. */
export function adoptionNotice(
  { desired }: UnitWorld<DesiredStack>,
  model: StackModel,
  { wrong, standing }: Survey,
): Problem[] {
  if (!desired.adopt || wrong.length === 0) return [];
  const from = adoptedFrom(standing, model);
  if (from === null) return [];
  return [
    problem({
      severity: 'warning',
      workload: desired.unit,
      reason: 'AdoptedFromElsewhere',
      message: `The project ${model.project} was started from ${from} and runs from ${model.projectDirectory} once it is ours: folders such as ./data are taken from there`,
      hint: `Move what lies beside its Compose file in ${from} to the new folder before, or bind it by its absolute path.`,
    }),
  ];
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
