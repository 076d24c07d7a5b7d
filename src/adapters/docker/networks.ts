// Networks of an engine: list, make sure of one, remove.
import type { ControllerNames } from '../../core/controller-names.ts';
import { LABEL } from '../../model/labels.ts';
import type { ObservedNetwork } from '../../model/observed.ts';
import type { Engine } from './engine.ts';
import { type Labels, maker } from './read-labels.ts';

interface NetworkElement {
  Id: string;
  Name: string;
  Labels?: Labels | null;
  IPAM?: { Config?: { Subnet?: string; Gateway?: string }[] | null } | null;
}

export async function listNetworks(engine: Engine, names: ControllerNames): Promise<ObservedNetwork[]> {
  return (await networksOf(engine)).map((network) => {
    const labels = network.Labels ?? {};
    return {
      id: network.Id,
      name: network.Name,
      controller: maker(labels, names),
      workloadId: labels[LABEL.workloadId] ?? null,
      composeProject: labels['com.docker.compose.project'] ?? null,
      gateway: gatewayOf(network),
    };
  });
}

async function networksOf(engine: Engine): Promise<NetworkElement[]> {
  return ((await engine.json({ path: '/networks', ms: engine.deadlines.listMs })) ?? []) as NetworkElement[];
}

/** Address of the default bridge on the engine's machine; null where it has none. */
export async function bridgeGateway(engine: Engine): Promise<string | null> {
  const bridge = await engine.jsonOrNull({ path: '/networks/bridge', ms: engine.deadlines.listMs });
  return bridge === null ? null : gatewayOf(bridge as NetworkElement);
}

/** The first IPv4 one. */
function gatewayOf(network: NetworkElement): string | null {
  const pools = network.IPAM?.Config ?? [];
  return pools.map((pool) => pool.Gateway).find((gateway) => gateway?.includes('.')) ?? null;
}

/**
 * Makes a bridge network unless one of that name is there. An engine takes a name twice, and two networks of one name
 * are a trap for everything that comes after, so it is looked for first.
 */
export async function ensureNetwork(
  engine: Engine,
  name: string,
  labels: Record<string, string>,
): Promise<void> {
  if ((await networksOf(engine)).some((network) => network.Name === name)) return;
  await engine.write<unknown>({
    call: 'POST /networks/create',
    ms: engine.deadlines.writeMs,
    run: (docker, { signal }) =>
      docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        CheckDuplicate: true,
        Labels: labels,
        abortSignal: signal,
      }),
    onRefusal: (refusal) => (refusal.status === 409 ? Promise.resolve() : undefined),
  });
}

/** Gone already, or still in use, is success: the next pass sees which. */
export async function removeNetwork(engine: Engine, name: string): Promise<void> {
  await engine.write<unknown>({
    call: 'DELETE /networks',
    ms: engine.deadlines.writeMs,
    run: (docker, { signal }) =>
      docker.getNetwork(encodeURIComponent(name)).remove({ abortSignal: signal } as object),
    onRefusal(refusal) {
      // 403 in JSON is the engine's own, since 1.12, for a network with endpoints; 409 since 24.
      const inUse = /has active endpoints/.test(refusal.message);
      return refusal.status === 404 || inUse ? Promise.resolve() : undefined;
    },
  });
}
