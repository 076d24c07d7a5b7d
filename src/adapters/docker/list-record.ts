// Makes one slim record of one element of the engine's container list.
import type { ControllerNames } from '../../core/controller-names.ts';
import type { EngineState, ObservedContainer, ObservedEndpoint, ObservedPort } from '../../model/observed.ts';
import {
  type Intern,
  isSwarmTask,
  type Labels,
  readComposeMark,
  readOurs,
  readStranger,
} from './read-labels.ts';
import { readHealth, readStatus } from './status-text.ts';

/** The parts of an element that we read. Engine API 1.41 to 1.52, `ContainerSummary`. */
export interface ListElement {
  Id: string;
  Names?: string[] | null;
  Image: string;
  ImageID: string;
  /** Seconds. */
  Created: number;
  Ports?: { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[] | null;
  Labels?: Labels | null;
  State: string;
  Status: string;
  /** From API 1.52 on. */
  Health?: { Status?: string } | null;
  NetworkSettings?: {
    Networks?: Record<string, { EndpointID?: string; NetworkID?: string; IPAddress?: string } | null> | null;
  } | null;
}

/** What is known of an endpoint's aliases already; null where nobody has looked. */
export type KnownAliases = (endpointId: string) => readonly string[] | null;

const NO_PORTS: readonly ObservedPort[] = Object.freeze([]);
const NO_LABELS: Labels = Object.freeze({});

/** Null for what must not be seen by a host's planner: tasks of Swarm services. */
export function readElement(
  element: ListElement,
  options: ControllerNames & { intern: Intern; aliases: KnownAliases },
): ObservedContainer | null {
  const labels = element.Labels ?? NO_LABELS;
  if (isSwarmTask(labels)) return null;
  const { intern } = options;
  const ours = readOurs(labels, options, intern);
  const status = readStatus(element.Status);
  const health = element.Health?.Status;
  return {
    id: element.Id,
    name: nameOf(element),
    image: intern(element.Image),
    imageId: intern(element.ImageID),
    state: intern(element.State) as EngineState,
    health: health === undefined ? status.health : readHealth(health),
    exitCode: status.exitCode,
    upSeconds: status.upSeconds,
    createdAtMs: element.Created * 1000,
    ports: readPorts(element.Ports ?? [], intern),
    networks: readEndpoints(element.NetworkSettings?.Networks ?? {}, options),
    ours,
    ...(ours === null ? readStranger(labels, intern) : {}),
    compose: readComposeMark(labels, intern),
  };
}

/** Legacy links add names such as `/other/alias`; its own has one slash. */
function nameOf(element: ListElement): string {
  const names = element.Names ?? [];
  const own = names.find((name) => name.lastIndexOf('/') <= 0) ?? names[0] ?? element.Id.slice(0, 12);
  return own.startsWith('/') ? own.slice(1) : own;
}

function readPorts(ports: NonNullable<ListElement['Ports']>, intern: Intern): readonly ObservedPort[] {
  if (ports.length === 0) return NO_PORTS;
  return ports.map((port) => ({
    target: port.PrivatePort,
    published: port.PublicPort ?? null,
    hostIp: intern(port.IP ?? ''),
    protocol: intern(port.Type),
  }));
}

function readEndpoints(
  networks: NonNullable<NonNullable<ListElement['NetworkSettings']>['Networks']>,
  { intern, aliases }: { intern: Intern; aliases: KnownAliases },
): Record<string, ObservedEndpoint> {
  const endpoints: Record<string, ObservedEndpoint> = {};
  for (const name of Object.keys(networks)) {
    const endpoint = networks[name];
    const endpointId = endpoint?.EndpointID ?? '';
    endpoints[intern(name)] = {
      endpointId,
      networkId: intern(endpoint?.NetworkID ?? ''),
      ip: endpoint?.IPAddress ?? '',
      aliases: aliases(endpointId),
    };
  }
  return endpoints;
}
