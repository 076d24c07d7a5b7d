// Reads who a container belongs to from its labels: us, Compose, or neither.
import { type ControllerNames, isOwnName, presentName } from '../../core/controller-names.ts';
import { LABEL } from '../../model/labels.ts';
import type { ComposeMark, ObservedContainer, Ours } from '../../model/observed.ts';

export type Labels = Readonly<Record<string, string>>;

/** Gives back an equal string that is kept already, so that ten thousand records share one copy. */
export type Intern = (text: string) => string;

/** Null for what another controller made, or nobody of us: it is a stranger's and is never touched. */
export function readOurs(labels: Labels, names: ControllerNames, intern: Intern): Ours | null {
  if (!isManaged(labels) || !isOwnName(labels[LABEL.controller], names)) return null;
  const read = (name: string) => intern(labels[name] ?? '');
  return {
    controller: names.controller,
    unit: read(LABEL.unit),
    workloadId: read(LABEL.workloadId),
    kind: read(LABEL.workloadKind),
    role: read(LABEL.role),
    replica: Number(labels[LABEL.replica] ?? 1) || 1,
    specHash: read(LABEL.specHash),
    imageDigest: read(LABEL.imageDigest),
    release: read(LABEL.release),
    ...(labels[LABEL.renamedFrom] === undefined ? {} : { renamedFrom: read(LABEL.renamedFrom) }),
  };
}

/** Of what is not ours: whose it is, where another controller made it. */
export function readStranger(labels: Labels, intern: Intern): Pick<ObservedContainer, 'stranger'> {
  const [controller, unit] = [labels[LABEL.controller], labels[LABEL.unit]];
  if (!isManaged(labels) || controller === undefined || unit === undefined) return {};
  return { stranger: { controller: intern(controller), unit: intern(unit) } };
}

/** The controller that made a network or a volume, by its present name; null for a stranger's. */
export function maker(labels: Labels, names: ControllerNames): string | null {
  const name = isManaged(labels) ? labels[LABEL.controller] : undefined;
  return name === undefined ? null : presentName(name, names);
}

function isManaged(labels: Labels): boolean {
  return labels[LABEL.managed] === 'true';
}

export function readComposeMark(labels: Labels, intern: Intern): ComposeMark | null {
  const project = labels['com.docker.compose.project'];
  if (project === undefined) return null;
  return {
    project: intern(project),
    service: intern(labels['com.docker.compose.service'] ?? ''),
    number: Number(labels['com.docker.compose.container-number'] ?? 1) || 1,
    // What Compose starts for a hook of a service carries the service's labels, and is no replica of it either.
    oneOff:
      labels['com.docker.compose.oneoff']?.toLowerCase() === 'true' || 'com.docker.compose.hook' in labels,
    workingDir: intern(labels['com.docker.compose.project.working_dir'] ?? ''),
    configFiles: intern(labels['com.docker.compose.project.config_files'] ?? ''),
    replaces: labels['com.docker.compose.replace'] ?? null,
    ...facts(labels, intern),
  };
}

/** Only what is there: ten thousand records are kept. */
function facts(labels: Labels, intern: Intern): Partial<ComposeMark> {
  const configHash = labels['com.docker.compose.config-hash'];
  const version = labels['com.docker.compose.version'];
  const controller = isManaged(labels) ? labels[LABEL.controller] : undefined;
  return {
    ...(configHash === undefined ? {} : { configHash }),
    ...(version === undefined ? {} : { version: intern(version) }),
    ...(controller === undefined ? {} : { controller: intern(controller) }),
  };
}

/** A task of a Swarm service: Swarm heals it, and touching it would fight with Swarm. */
export function isSwarmTask(labels: Labels): boolean {
  return 'com.docker.swarm.task.id' in labels;
}
