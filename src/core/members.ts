// Who wants to be on which network, by what the manifests say.
import type { Desired } from '../model/desired.ts';
import type { UnitId } from '../model/unit.ts';

/** Units by network. What a stack joins stands in its Compose file: its containers are known once they are there. */
export function membersOf(units: readonly Desired[]): ReadonlyMap<string, readonly UnitId[]> {
  const members = new Map<string, UnitId[]>();
  for (const desired of units) {
    for (const network of networksOf(desired)) {
      const known = members.get(network);
      if (known === undefined) members.set(network, [desired.unit]);
      else known.push(desired.unit);
    }
  }
  return members;
}

function networksOf(desired: Desired): readonly string[] {
  if (desired.kind === 'project') return desired.spec.networks;
  return desired.kind === 'site' ? [desired.name] : [];
}
