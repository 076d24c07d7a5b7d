// What happens to the containers of a fake engine once they are there: start, stop, rename, remove.
import { LABEL } from '../../src/model/labels.ts';
import { containerGone, engineFault } from './fake-runtime-faults.ts';
import {
  emit,
  type FakeContainer,
  type FakeEndpoint,
  type FakeState,
  findContainer,
  findImage,
  nextId,
} from './fake-runtime-state.ts';

export function startContainer(state: FakeState, reference: string): void {
  const container = must(state, reference);
  if (container.state === 'running') return;
  for (const [network, { networkId }] of container.endpoints) {
    const found = state.networks.get(network);
    if (found === undefined || (networkId !== '' && networkId !== found.id))
      throw engineFault('NetworkGone', 'conflict', `the network ${network} on engine local is gone`);
  }
  for (const { published } of container.ports)
    if (published !== null) mustBeFree(state, container, published);
  const image = findImage(state, container.image);
  if (image?.start === 'fails')
    throw engineFault(
      'StartFailed',
      'version',
      `container ${container.name} does not start ("no such file")`,
    );
  container.state = 'running';
  container.startedAtMs = state.nowMs();
  for (const port of container.ports) port.live = port.published ?? freePort(state);
  for (const endpoint of container.endpoints) plugIn(state, endpoint);
  for (const line of image?.log ?? []) writeLog(state, container, line);
  const checked = container.request?.spec.health.type === 'command' || image?.hasHealthcheck === true;
  container.health = checked ? (image?.health ?? 'healthy') : 'none';
  tell(state, container, 'start');
  if (checked && container.health !== 'starting')
    tell(state, container, `health_status: ${container.health}`);
  if (typeof image?.start === 'object') end(state, container, image.start.exits);
}

/** Its process ended; the restart policy decides what becomes of it. */
export function end(state: FakeState, container: FakeContainer, exitCode: number): void {
  const policy = container.request?.spec.restart.name ?? 'no';
  const again =
    policy === 'always' || policy === 'unless-stopped' || (policy === 'on-failure' && exitCode !== 0);
  container.exitCode = exitCode;
  if (again) container.restartCount += 1;
  halt(container, again ? 'restarting' : 'exited');
  tell(state, container, 'die', exitCode);
}

export function stopContainer(state: FakeState, reference: string): void {
  const container = must(state, reference);
  if (container.state === 'exited' || container.state === 'created') return;
  container.exitCode = findImage(state, container.image)?.ignoresTerm ? 137 : 0;
  halt(container, 'exited');
  tell(state, container, 'die', container.exitCode);
  tell(state, container, 'stop');
}

export function renameContainer(state: FakeState, reference: string, name: string): void {
  const container = must(state, reference);
  const holder = [...state.containers.values()].find((other) => other.name === name);
  if (holder !== undefined && holder !== container)
    throw engineFault('NameTaken', 'conflict', `the name ${name} on engine local belongs to a container`);
  container.name = name;
  tell(state, container, 'rename');
}

export function removeContainer(state: FakeState, reference: string): void {
  const container = findContainer(state, reference);
  if (container === null) return;
  if (container.state === 'running') tell(state, container, 'die', 137);
  state.containers.delete(container.id);
  tell(state, container, 'destroy');
}

export function must(state: FakeState, reference: string): FakeContainer {
  const container = findContainer(state, reference);
  if (container === null) throw containerGone(reference);
  return container;
}

export function writeLog(state: FakeState, container: FakeContainer, line: string): void {
  container.log.push(line);
  for (const follower of state.followers) if (follower.id === container.id) follower.onLine(line);
}

/** A new connection: its id and address are new too. */
export function plugIn(state: FakeState, [network, endpoint]: [string, FakeEndpoint]): void {
  endpoint.endpointId = nextId(state);
  endpoint.networkId = state.networks.get(network)?.id ?? '';
  endpoint.ip = `10.99.${Math.floor(state.serial / 250)}.${(state.serial % 250) + 2}`;
}

function freePort(state: FakeState): number {
  state.serial += 1;
  return 32_768 + state.serial;
}

function halt(container: FakeContainer, become: 'exited' | 'restarting'): void {
  container.state = become;
  container.health = 'none';
  for (const endpoint of container.endpoints.values()) Object.assign(endpoint, { endpointId: '', ip: '' });
  for (const port of container.ports) port.live = null;
}

function mustBeFree(state: FakeState, container: FakeContainer, port: number): void {
  const holder = [...state.containers.values()].find(
    (other) =>
      other !== container && other.state === 'running' && other.ports.some(({ live }) => live === port),
  );
  if (holder === undefined && !state.hostPorts.has(port)) return;
  const who =
    holder === undefined ? 'is taken by a program on that machine' : `belongs to container ${holder.name}`;
  throw engineFault(
    'PortTaken',
    'stalled',
    `container ${container.name} cannot start: port ${port} on the host ${who}`,
  );
}

export function tell(
  state: FakeState,
  container: FakeContainer,
  action: string,
  exitCode: number | null = null,
): void {
  const event = {
    type: 'container' as const,
    action,
    id: container.id,
    name: container.name,
    unit: container.labels[LABEL.unit] ?? null,
    composeProject: container.labels['com.docker.compose.project'] ?? null,
    exitCode,
  };
  emit(state, event, container.labels[LABEL.controller] ?? null);
}
