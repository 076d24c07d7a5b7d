// Reads what an engine tells about one container or one image into our own words.
import type { LocalImage } from '../../model/resolved.ts';
import type { ContainerFacts } from '../../ports/container-runtime.ts';
import type { Labels } from './read-labels.ts';
import { readHealth } from './status-text.ts';

/** The parts of `GET /containers/{id}/json` that we read. */
export interface InspectedContainer {
  Id: string;
  Name: string;
  RestartCount?: number;
  Mounts?: { Source?: string; Destination: string }[] | null;
  HostConfig?: { NetworkMode?: string } | null;
  Config: { Labels?: Labels | null; Tty?: boolean; Image?: string };
  State: {
    Status: string;
    /** 0 while it does not run. */
    Pid?: number;
    Running: boolean;
    ExitCode: number;
    OOMKilled: boolean;
    Error: string;
    StartedAt: string;
    Health?: { Status: string; Log?: { Output: string }[] | null } | null;
  };
  NetworkSettings: {
    Ports?: Record<string, { HostIp: string; HostPort: string }[] | null> | null;
    Networks?: Record<
      string,
      { NetworkID?: string; IPAddress?: string; Aliases?: string[] | null } | null
    > | null;
  };
}

/** The parts of `GET /images/{name}/json` that we read; empty parts are left out from API 1.52 on. */
export interface InspectedImage {
  Id: string;
  RepoDigests?: string[] | null;
  Size?: number;
  Config?: {
    Labels?: Labels | null;
    Healthcheck?: { Test?: string[] | null } | null;
    Volumes?: Record<string, unknown> | null;
    ExposedPorts?: Record<string, unknown> | null;
  } | null;
}

const OUTPUT_LIMIT = 2_000;

export function readContainerFacts(inspected: InspectedContainer): ContainerFacts {
  const { State: state, NetworkSettings: network } = inspected;
  const startedAtMs = Date.parse(state.StartedAt);
  return {
    id: inspected.Id,
    state: state.Status,
    running: state.Running,
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    error: state.Error,
    restartCount: inspected.RestartCount ?? 0,
    // A container that never ran says year 1.
    startedAtMs: startedAtMs > 0 ? startedAtMs : null,
    health: {
      status: readHealth(state.Health?.Status ?? ''),
      lastOutput: state.Health?.Log?.at(-1)?.Output.slice(0, OUTPUT_LIMIT).trim() ?? null,
    },
    addresses: addressesOf(network),
    published: publishedOf(network),
    aliases: aliasesOf(inspected),
    // A tmpfs comes from nowhere.
    mounts: (inspected.Mounts ?? []).flatMap(({ Source, Destination }) =>
      Source ? [{ target: Destination, source: Source }] : [],
    ),
    onHostNetwork: inspected.HostConfig?.NetworkMode === 'host',
  };
}

/** The aliases that somebody gave, by network; the short id, which engines before API 1.45 add, is left out. */
export function aliasesOf(inspected: InspectedContainer): Record<string, string[]> {
  const networks = Object.entries(inspected.NetworkSettings.Networks ?? {});
  return Object.fromEntries(
    networks.map(([name, endpoint]) => [
      name,
      (endpoint?.Aliases ?? []).filter((alias) => alias !== inspected.Id.slice(0, 12)),
    ]),
  );
}

function addressesOf(network: InspectedContainer['NetworkSettings']): Record<string, string> {
  const known = Object.entries(network.Networks ?? {}).filter(([, endpoint]) => endpoint?.IPAddress);
  return Object.fromEntries(known.map(([name, endpoint]) => [name, endpoint?.IPAddress ?? '']));
}

/** Only TCP: it is what probes and routes ask. */
function publishedOf(network: InspectedContainer['NetworkSettings']): ContainerFacts['published'] {
  return Object.entries(network.Ports ?? {}).flatMap(([port, bindings]) =>
    port.endsWith('/tcp')
      ? (bindings ?? []).map(({ HostIp, HostPort }) => ({
          target: Number.parseInt(port, 10),
          hostIp: HostIp,
          port: Number(HostPort),
        }))
      : [],
  );
}

export function readLocalImage(inspected: InspectedImage): LocalImage {
  const test = inspected.Config?.Healthcheck?.Test ?? [];
  return {
    id: inspected.Id,
    repoDigests: inspected.RepoDigests ?? [],
    hasHealthcheck: test.length > 0 && test[0] !== 'NONE',
    volumes: Object.keys(inspected.Config?.Volumes ?? {}),
    exposedPorts: Object.keys(inspected.Config?.ExposedPorts ?? {}).map((port) => Number.parseInt(port, 10)),
    sizeBytes: inspected.Size ?? 0,
    ...marksOf(inspected.Config?.Labels ?? {}),
  };
}

function marksOf(labels: Labels): Pick<LocalImage, 'marks' | 'composeProject'> {
  const own = Object.entries(labels).filter(([key]) => key.startsWith('tinyforge.'));
  const project = labels['com.docker.compose.project'];
  return {
    ...(own.length === 0 ? {} : { marks: Object.fromEntries(own) }),
    ...(project === undefined ? {} : { composeProject: project }),
  };
}
