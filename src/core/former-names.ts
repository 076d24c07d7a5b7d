// Whose a container or a route is by the name that it carries: labels of a live container cannot change, names of workloads can.
import type { ObservedContainer, Ours } from '../model/observed.ts';
import type { Renamed, Renaming } from '../model/rename.ts';
import type { ObservedRoute } from '../model/route.ts';
import { type HeirOf, NO_HEIRS } from './heirs.ts';
import { parseUnit, workloadId } from './naming.ts';

export interface FormerNames {
  /** Asked for by manifests now. */
  renamings: readonly Renaming[];
  /** Written down. */
  records: readonly Renamed[];
  /** Told by labels of containers, for the day on which the records are lost. */
  labels: readonly Renaming[];
  /** Names of workloads that are wished: nobody else's former name speaks for what they have. */
  present: ReadonlySet<string>;
  /** Of units whose workload has stages by now, or has none any more. */
  heirOf: HeirOf;
}

export const NO_FORMER_NAMES: FormerNames = {
  renamings: [],
  records: [],
  labels: [],
  present: new Set(),
  heirOf: NO_HEIRS,
};

/** What labels say of renames: of containers that carry their name and the one before. */
export function renamesByLabels(containers: readonly ObservedContainer[]): Renaming[] {
  const found = new Map<string, Renaming>();
  for (const { ours } of containers) {
    if (ours?.renamedFrom === undefined) continue;
    const to = parseUnit(ours.unit)?.name;
    if (to === undefined || to === ours.renamedFrom) continue;
    found.set(`${ours.kind} ${to}`, { kind: ours.kind as Renaming['kind'], from: ours.renamedFrom, to });
  }
  return [...found.values()];
}

/** The name by now of what is called `name`; the same where it has no other. A name that is wished is its owner's. */
export function nameNow(names: FormerNames, { name, kind }: { name: string; kind?: string }): string {
  const seen = new Set<string>();
  let now = name;
  while (!names.present.has(now) && !seen.has(now)) {
    seen.add(now);
    const next = successor(names, { name: now, ...(kind === undefined ? {} : { kind }) });
    if (next === null) return now;
    now = next;
  }
  return now;
}

function successor(
  { renamings, records, labels }: FormerNames,
  { name, kind }: { name: string; kind?: string },
): string | null {
  const isOf = (entry: { kind: string }): boolean => kind === undefined || entry.kind === kind;
  const asked = renamings.find((entry) => entry.from === name && isOf(entry));
  if (asked !== undefined) return asked.to;
  const record = records.find((entry) => entry.was.includes(name) && isOf(entry));
  if (record !== undefined) return record.name;
  return labels.find((entry) => entry.from === name && isOf(entry))?.to ?? null;
}

/** The same mark where nothing was renamed. */
export function oursNow(names: FormerNames, container: ObservedContainer): Ours | null {
  const ours = oursRenamed(names, container);
  const heir = ours === null ? null : names.heirOf(ours.unit);
  return ours === null || heir === null ? ours : { ...ours, unit: heir };
}

function oursRenamed(names: FormerNames, { ours, compose }: ObservedContainer): Ours | null {
  if (ours === null) return null;
  const parsed = parseUnit(ours.unit);
  if (parsed === null) return ours;
  // Somebody else may be called so by now: a Compose project is one stack's alone.
  const home = ours.kind !== 'stack' || compose === null ? undefined : stackOf(names, compose.project);
  const now = home ?? nameNow(names, { name: parsed.name, kind: ours.kind });
  if (now === parsed.name) return ours;
  const kind = ours.kind as Renaming['kind'];
  return { ...ours, unit: unitNow(ours.unit, now), workloadId: workloadId({ kind, name: now }) };
}

/** Who has this Compose project since it was renamed; that one may have another name again. */
function stackOf(names: FormerNames, project: string): string | undefined {
  const record = names.records.find((entry) => entry.kind === 'stack' && entry.project === project);
  return record === undefined ? undefined : nameNow(names, { name: record.name, kind: 'stack' });
}

/** `shop/prod` of `shop` becomes `store/prod`. */
export function unitNow(unit: string, name: string): string {
  const [, ...role] = unit.split('/');
  return [name, ...role].join('/');
}

/** A route of ours under the name that its owner has by now; the key that the proxy knows it by stays with it. */
export function routeNow(names: FormerNames, given: ObservedRoute): ObservedRoute {
  const route = routeRenamed(names, given);
  const { owner } = route;
  const heir = owner === null ? null : names.heirOf(owner.unit);
  // Its key stays: which of the heir's routes goes on with it is told by the names that it has.
  return owner === null || heir === null ? route : { ...route, owner: { ...owner, unit: heir } };
}

function routeRenamed(names: FormerNames, route: ObservedRoute): ObservedRoute {
  const { owner } = route;
  const parsed = owner === null ? null : parseUnit(owner.unit);
  if (owner === null || parsed === null) return route;
  const now = nameNow(names, { name: parsed.name });
  if (now === parsed.name) return route;
  const unit = unitNow(owner.unit, now);
  const [, ...service] = owner.key.split(':');
  const key = [unit, ...service].join(':');
  return { ...route, owner: { ...owner, unit, key, writtenAs: owner.key } };
}
