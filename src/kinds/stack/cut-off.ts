// Containers that are not on a network of their service any more: taken off by hand, or the network itself was removed.
import { isUp } from '../../core/generation/slots.ts';
import type { ObservedContainer, ObservedNetwork } from '../../model/observed.ts';
import type { StackService } from '../../model/resolved.ts';

type Networks = readonly ObservedNetwork[];

/**
 * Some network is gone, or the container is bound to one that is, so that it can never start again; or it was taken
 * off one that only Compose can put it on.
 */
export function needsRecreate(
  service: StackService,
  container: ObservedContainer,
  networks: Networks,
): boolean {
  const isOff = Object.entries(service.endpoints).some(
    ([name, { byCompose }]) =>
      container.networks[name] === undefined &&
      (byCompose || !networks.some((network) => network.name === name)),
  );
  if (isOff || isUp(container)) return isOff;
  // By id: an engine takes one name twice. It says none of a container that was never started. A network that somebody
  // else had put it on counts as well, for the engine starts it on all of them or not at all.
  return Object.values(container.networks).some(
    ({ networkId }) => networkId !== '' && !networks.some(({ id }) => id === networkId),
  );
}

/** Networks that are there, and that the engine can put the container on, as it is. */
export function missingNetworks(
  service: StackService,
  container: ObservedContainer,
  networks: Networks,
): string[] {
  return Object.entries(service.endpoints)
    .filter(
      ([name, { byCompose }]) =>
        !byCompose &&
        container.networks[name] === undefined &&
        networks.some((network) => network.name === name),
    )
    .map(([name]) => name)
    .sort();
}

/** As Compose 2.26 gives them; the short id, which it gives besides, is the engine's own. */
export function aliasesOn(
  network: string,
  container: ObservedContainer,
  { service, name, project }: { service: StackService; name: string; project: string },
): string[] {
  const first = service.containerName ?? `${project}-${name}-${container.compose?.number ?? 1}`;
  return [...new Set([first, name, ...(service.endpoints[network]?.aliases ?? [])])];
}
