// Who else is on the networks of a unit, or will be: only those can ask by its name.
import type { UnitWorld } from '../../model/world.ts';
import type { Wanted } from './wanted.ts';

/**
 * Networks on which nobody but this unit is, nor wants to be. There a new version has the unit's name from the start,
 * for it cannot be taken later without a break: the engine names a container anew only by taking it off the network
 * (105 ms on 26.1). The proxy is company. Not known is not alone. Who joins by hand in the very moment of a proof finds both.
 */
export function aloneOn(
  { unit, spec, route }: Wanted,
  { members, host, mine }: UnitWorld,
): readonly string[] {
  if (members === undefined || spec.networkMode !== null) return [];
  const own = new Set(mine.map(({ id }) => id));
  return spec.networks.filter(
    (network) =>
      network !== route?.network &&
      members.get(network)?.every((one) => one === unit) !== false &&
      host.containers.every(({ id, networks }) => networks[network] === undefined || own.has(id)),
  );
}
