// Connects containers to networks with exactly the aliases that are wanted; aliases of a live endpoint cannot change.
import { type Fault, fault } from '../../model/errors.ts';
import { endpointConfig } from './create-body.ts';
import type { Engine } from './engine.ts';
import { aliasesOf, type InspectedContainer } from './inspect.ts';

export interface Endpoint {
  network: string;
  aliases: readonly string[];
}

/**
 * Does nothing where the endpoint is so already; disconnects it first where it has other aliases, or where the container
 * is down and was on a network before: that one may be gone and another be there under its name, which the engine finds
 * out at the start alone ("network ID not found", seen on 26.1).
 */
export async function ensureEndpoint(engine: Engine, container: string, endpoint: Endpoint): Promise<void> {
  const path = `/containers/${encodeURIComponent(container)}/json`;
  const inspected = (await engine.json({ path, ms: engine.deadlines.readMs })) as InspectedContainer;
  const found = inspected.NetworkSettings.Networks?.[endpoint.network];
  if (found !== undefined) {
    const aliases = aliasesOf(inspected)[endpoint.network] ?? [];
    const isBound = inspected.State.Running || !found?.NetworkID;
    if (isBound && sameAliases(aliases, endpoint.aliases)) return;
    await disconnect(engine, container, endpoint.network);
  }
  await connect(engine, container, endpoint);
}

/** Not connected, no such network or no such container: success, for it is not connected then. */
export async function disconnect(engine: Engine, container: string, network: string): Promise<void> {
  await engine.write<unknown>({
    call: 'POST /networks/disconnect',
    ms: engine.deadlines.writeMs,
    run: (docker, { signal }) =>
      docker
        .getNetwork(encodeURIComponent(network))
        .disconnect({ Container: container, Force: true, abortSignal: signal }),
    onRefusal(refusal) {
      const gone = refusal.status === 404 || /is not connected to/.test(refusal.message);
      return gone ? Promise.resolve() : undefined;
    },
  });
}

async function connect(engine: Engine, container: string, endpoint: Endpoint): Promise<void> {
  await engine.write<unknown>({
    call: 'POST /networks/connect',
    ms: engine.deadlines.writeMs,
    run: (docker, { signal }) => {
      const options = { Container: container, EndpointConfig: endpointConfig(endpoint.aliases) };
      return docker
        .getNetwork(encodeURIComponent(endpoint.network))
        .connect({ ...options, abortSignal: signal } as object);
    },
    onRefusal(refusal, error) {
      if (refusal.status === 404 && /network/i.test(refusal.message))
        return Promise.reject(networkGone(engine, endpoint.network, error));
      return undefined;
    },
  });
}

/** NetworkGone (conflict): it was removed under the plan, which is made again and makes it again. */
export function networkGone(engine: Engine, network: string, error: unknown): Fault {
  return fault({
    code: 'NETWORK_GONE',
    reason: 'NetworkGone',
    message: `the network ${network} on engine ${engine.host} is gone`,
    hint: 'Nothing to do: the next pass makes it again.',
    disposition: 'conflict',
    cause: error,
  });
}

function sameAliases(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join(' ') === b.toSorted().join(' ');
}
