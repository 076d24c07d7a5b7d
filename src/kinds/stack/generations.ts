// Sorts the containers of a routed service by generation. While two exist, Compose is kept from them, or told to keep both.
import { byAge, isUp } from '../../core/generation/slots.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { StackModel } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { needsRecreate } from './cut-off.ts';
import { generationAlias, type Named, routeOf, viewOf } from './routed.ts';

export interface Generations {
  /** Of the wanted one, no more than are declared. All of them, or none: a part of them counts as strays. */
  news: ObservedContainer[];
  /** How many of the wanted one Compose has to make beside the others. */
  missing: number;
  /** Whoever serves until then; removed by the engine, never by Compose. */
  olds: ObservedContainer[];
  /** Nobody is sent to them, and they must be gone before Compose may run. */
  strays: ObservedContainer[];
}

/** Null where Compose may do all of it: one generation, or none that serves. */
export function generationsOf(
  world: UnitWorld<DesiredStack>,
  model: StackModel,
  given: Named & { own: readonly ObservedContainer[] },
): Generations | null {
  const { service, own } = given;
  if (viewOf(world, given) === null || service.sideBySide !== null) return null;
  const isNew = ({ ours }: ObservedContainer): boolean => ours?.specHash === service.specHash;
  const { networks } = world.host;
  const usable = own
    .filter((entry) => isNew(entry) && entry.state !== 'dead' && !needsRecreate(service, entry, networks))
    .sort(byWorth);
  const others = own.filter((entry) => !usable.includes(entry)).sort(byAge);
  if (usable.length >= service.scale) {
    const news = usable.slice(0, service.scale);
    const olds = own.filter((entry) => !news.includes(entry)).sort(byAge);
    return olds.length === 0 ? null : { news: news.sort(byAge), missing: 0, olds, strays: [] };
  }
  const foreign = others.filter((entry) => !isNew(entry));
  const up = foreign.filter(isUp);
  if (foreign.length === 0 || (up.length === 0 && usable.length === 0)) return null;
  if (up.length === 0 || leadsTo(world, given, { project: model.project, containers: usable })) {
    // The last of the others tells that two generations are there: it goes last.
    const strays = [...others.filter(isNew), ...foreign];
    return { news: usable, missing: 0, olds: [], strays };
  }
  const serving = servingHash(world, model, { ...given, up });
  const olds = up.filter((entry) => hashOf(entry) === serving);
  const strays = own.filter((entry) => !olds.includes(entry)).sort(byAge);
  return { news: [], missing: service.scale, olds, strays };
}

/** Who gets the requests now; else who was last good, else who is there longest. */
function servingHash(
  world: UnitWorld<DesiredStack>,
  { project, good }: StackModel,
  given: Named & { up: readonly ObservedContainer[] },
): string {
  const { name, up } = given;
  const hashes = [...new Set(up.map(hashOf))];
  const routed = hashes.find((hash) =>
    leadsTo(world, given, { project, containers: up.filter((entry) => hashOf(entry) === hash) }),
  );
  const lastGood = good?.services[name]?.specHash;
  return routed ?? hashes.find((hash) => hash === lastGood) ?? hashes[0] ?? '';
}

/** The route leads to containers of this generation, by their alias or by name. */
function leadsTo(
  world: UnitWorld<DesiredStack>,
  named: Named,
  { project, containers }: { project: string; containers: readonly ObservedContainer[] },
): boolean {
  const first = containers[0];
  const traffic = viewOf(world, named)?.traffic ?? null;
  if (first === undefined || traffic === null) return false;
  const alias = generationAlias({ project, name: named.name, specHash: hashOf(first) });
  const isByAlias = routeOf(world, named)?.join !== null;
  return traffic.main.some(
    ({ host }) => (isByAlias && host === alias) || containers.some((container) => container.name === host),
  );
}

function hashOf({ ours }: ObservedContainer): string {
  return ours?.specHash ?? '';
}

function byWorth(a: ObservedContainer, b: ObservedContainer): number {
  return Number(isUp(b)) - Number(isUp(a)) || byAge(a, b);
}
