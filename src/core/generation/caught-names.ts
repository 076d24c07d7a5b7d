// Names on a network of others: the engine sends who asks for one to any container that has it, so nobody takes a neighbour's.
import type { ObservedContainer } from '../../model/observed.ts';
import type { Problem } from '../../model/problem.ts';
import type { UnitWorld } from '../../model/world.ts';
import { problem } from '../problem.ts';

/** What the containers of a unit will answer to on one network. */
export interface NetworkNames {
  network: string;
  /**
   * `given` are aliases, and the name of the host, for engines answer to that as well (seen on 26.1). `service` is what
   * Compose adds for everybody: two stacks may have a `web`, unless somebody is led to it.
   */
  names: readonly { name: string; from: 'given' | 'unit' | 'service' }[];
}

/** A name that is already somebody else's. Whoever had it first keeps it; what this unit's own containers have is its own. */
export function caughtName(
  claims: readonly NetworkNames[],
  { desired, host, proxy }: UnitWorld,
  mine: ReadonlySet<string>,
): Problem | null {
  for (const { network, names } of claims) {
    const there = host.containers.filter(({ networks }) => networks[network] !== undefined);
    const own = there.filter(({ id }) => mine.has(id));
    const others = there.filter(({ id }) => !mine.has(id));
    for (const { name, from } of names) {
      if (own.some((container) => answersTo(container, network).includes(name))) continue;
      const found = proxy?.leads.get(name);
      const led = found === undefined || found.unit === desired.unit ? null : found;
      const holder = others.find((container) => {
        const has = from === 'service' && led === null ? [container.name] : answersTo(container, network);
        return has.includes(name) || isGenerationOf(container, name);
      });
      if (holder !== undefined)
        return taken(desired.unit, { name, network, whose: `container ${holder.name}` });
      // Aliases of strangers are in no list, so for whom their route is cannot be told. Our manifests may lead to it.
      const isTheirs = led !== null && led.unit === null && from !== 'unit' && network === proxy?.network;
      if (isTheirs && !desired.adopt) return taken(desired.unit, { name, network, whose: led.what });
    }
  }
  return null;
}

function answersTo({ name, compose, ours, networks }: ObservedContainer, network: string): string[] {
  return [
    name,
    ...(compose === null ? [] : [compose.service]),
    ...(ours === null || compose !== null ? [] : [stemOf(ours.unit)]),
    ...(networks[network]?.aliases ?? []),
  ];
}

/** `shop-prod-4be1c0` for whatever generation of shop/prod: the proxy is told by such names who gets the requests. */
function isGenerationOf({ ours, compose }: ObservedContainer, name: string): boolean {
  if (ours === null || !/-[0-9a-f]{6}$/.test(name)) return false;
  const stem = name.slice(0, -7);
  return stem === (compose === null ? stemOf(ours.unit) : `${compose.project}-${compose.service}`);
}

function stemOf(unit: string): string {
  return unit.replace('/', '-');
}

function taken(
  unit: string,
  { name, network, whose }: { name: string; network: string; whose: string },
): Problem {
  return problem({
    workload: unit,
    reason: 'AliasTaken',
    message: `${unit} would answer to ${name} on network ${network}, which is ${whose}: requests for it would go to either of the two`,
    effect: 'Nothing was stopped.',
    hint: `Give it another name there (service, alias, \`hostname\`), or take it off ${network}. Where it is what ${name} stands for, add \`adopt: true\`.`,
    next: 'Looked at again in each pass.',
  });
}
