// Networks of a fake engine: names, endpoints, aliases that cannot change while they live.

import { must, plugIn } from './fake-runtime-containers.ts';
import { engineFault } from './fake-runtime-faults.ts';
import { emit, type FakeState, findContainer, nextId } from './fake-runtime-state.ts';

export function ensureNetwork(state: FakeState, name: string, labels: Record<string, string>): void {
  if (state.networks.has(name)) return;
  const id = nextId(state);
  const gateway = `10.99.${state.networks.size}.1`;
  state.networks.set(name, { id, name, labels: { ...labels }, gateway });
  emit(state, { type: 'network', action: 'create', id, name });
}

/** Only running containers hold a network. */
export function removeNetwork(state: FakeState, name: string): void {
  const network = state.networks.get(name);
  const inUse = [...state.containers.values()].some(
    ({ endpoints, state: status }) => status === 'running' && endpoints.has(name),
  );
  if (network === undefined || inUse) return;
  state.networks.delete(name);
  emit(state, { type: 'network', action: 'destroy', id: network.id, name });
}

export function connectNetwork(
  state: FakeState,
  reference: string,
  { network, aliases }: { network: string; aliases: string[] },
): void {
  const container = must(state, reference);
  const found = container.endpoints.get(network);
  const isBound = container.state === 'running' || found?.networkId === '';
  if (isBound && found?.aliases.toSorted().join(' ') === aliases.toSorted().join(' ')) return;
  const holder = state.networks.get(network);
  // Only a running container is really connected; for another the engine writes the wish down, and fails at its start.
  if (holder === undefined && container.state === 'running')
    throw engineFault('NetworkGone', 'conflict', `the network ${network} on engine local is gone`);
  if (found !== undefined) disconnectNetwork(state, reference, network);
  const endpoint = { endpointId: '', networkId: '', ip: '', aliases: [...aliases] };
  if (container.state === 'running') plugIn(state, [network, endpoint]);
  container.endpoints.set(network, endpoint);
  emit(state, { type: 'network', action: 'connect', id: holder?.id ?? '', name: network });
}

export function disconnectNetwork(state: FakeState, reference: string, network: string): void {
  const container = findContainer(state, reference);
  if (container?.endpoints.delete(network) !== true) return;
  const id = state.networks.get(network)?.id ?? '';
  emit(state, { type: 'network', action: 'disconnect', id, name: network });
}
