// How a fake engine shows what it holds: lists and inspections, as an adapter reads them from a real one.
import { readComposeMark, readOurs, readStranger } from '../../src/adapters/docker/read-labels.ts';
import { LABEL } from '../../src/model/labels.ts';
import type { ObservedContainer, ObservedEndpoint, ObservedNetwork } from '../../src/model/observed.ts';
import type { LocalImage } from '../../src/model/resolved.ts';
import type { ContainerFacts } from '../../src/ports/container-runtime.ts';
import type { FakeContainer, FakeImage, FakeNetwork, FakeState } from './fake-runtime-state.ts';

const keep = (text: string): string => text;

export function observe(state: FakeState, container: FakeContainer, controller: string): ObservedContainer {
  const ours = readOurs(container.labels, { controller }, keep);
  const hasAliases = ours !== null && ours.kind !== 'stack' && !['exited', 'dead'].includes(container.state);
  const running = container.state === 'running';
  const networks: Record<string, ObservedEndpoint> = {};
  for (const [name, { endpointId, networkId, ip, aliases }] of container.endpoints)
    networks[name] = { endpointId, networkId, ip, aliases: hasAliases ? [...aliases] : null };
  return {
    id: container.id,
    name: container.name,
    image: container.image,
    imageId: container.imageId,
    state: container.state,
    health: container.health,
    exitCode: container.state === 'exited' || container.state === 'restarting' ? container.exitCode : null,
    upSeconds: running ? Math.floor((state.nowMs() - (container.startedAtMs ?? 0)) / 1000) : null,
    createdAtMs: Math.floor(container.createdAtMs / 1000) * 1000,
    ports: container.ports
      .filter(({ live }) => live !== null)
      .map(({ target, live, hostIp, protocol }) => ({ target, published: live, hostIp, protocol })),
    networks,
    ours,
    ...(ours === null ? readStranger(container.labels, keep) : {}),
    compose: readComposeMark(container.labels, keep),
  };
}

export function facts(container: FakeContainer): ContainerFacts {
  const endpoints = [...container.endpoints];
  return {
    id: container.id,
    state: container.state,
    running: container.state === 'running' || container.state === 'restarting',
    exitCode: container.exitCode,
    oomKilled: false,
    error: '',
    restartCount: container.restartCount,
    startedAtMs: container.startedAtMs,
    health: { status: container.health, lastOutput: container.healthOutput },
    addresses: Object.fromEntries(
      endpoints.filter(([, { ip }]) => ip !== '').map(([name, { ip }]) => [name, ip]),
    ),
    published: container.ports.flatMap(({ target, live, hostIp, protocol }) =>
      live !== null && protocol === 'tcp' ? [{ target, hostIp, port: live }] : [],
    ),
    aliases: Object.fromEntries(endpoints.map(([name, { aliases }]) => [name, [...aliases]])),
    mounts: (container.request?.spec.mounts ?? []).flatMap(({ type, source, target }) => {
      if (type === 'tmpfs') return [];
      return [{ target, source: type === 'bind' ? source : `/var/lib/docker/volumes/${source}/_data` }];
    }),
    onHostNetwork: container.request?.spec.networkMode === 'host',
  };
}

export function observeNetwork(network: FakeNetwork): ObservedNetwork {
  return {
    id: network.id,
    name: network.name,
    controller: controllerOf(network.labels),
    workloadId: network.labels[LABEL.workloadId] ?? null,
    composeProject: network.labels['com.docker.compose.project'] ?? null,
    gateway: network.gateway,
  };
}

export function controllerOf(labels: Record<string, string>): string | null {
  return labels[LABEL.managed] === 'true' ? (labels[LABEL.controller] ?? null) : null;
}

export function localImage({
  id,
  repoDigests,
  hasHealthcheck,
  volumes,
  exposedPorts,
  sizeBytes,
  labels = {},
}: FakeImage): LocalImage {
  const own = Object.entries(labels).filter(([key]) => key.startsWith('tinyforge.'));
  const marks = own.length === 0 ? {} : { marks: Object.fromEntries(own) };
  return { id, repoDigests, hasHealthcheck, volumes, exposedPorts, sizeBytes, ...marks };
}
