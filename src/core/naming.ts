// Who is called what: units, workloads, containers and aliases, derived and never stored.
import type { UnitId, WorkloadId, WorkloadKind } from '../model/unit.ts';

/** The role of a project without stages. */
export const DEFAULT_ROLE = 'default';

/**
 * The longest base name whose containers still are DNS labels: 63, less `-`, six digits of a hash, `-` and a
 * replica of up to three digits.
 */
export const MAX_BASE_NAME = 52;

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Lower-case letters, digits and hyphens, a letter or digit at both ends, at most 63. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && DNS_LABEL.test(text);
}

/** `shop/prod` for a stage; plain `shop` for stacks, sites and projects without stages. */
export function unitId(unit: { name: string; role: string }): UnitId {
  return hasOwnRole(unit.role) ? `${unit.name}/${unit.role}` : unit.name;
}

/** Takes `shop/prod` apart; a plain name has the role ''. Null for what no unit can be called. */
export function parseUnit(text: string): { name: string; role: string } | null {
  const [name = '', role, ...rest] = text.split('/');
  if (rest.length > 0 || !isDnsLabel(name) || (role !== undefined && !isDnsLabel(role))) return null;
  return { name, role: role ?? '' };
}

/** `project.shop`. */
export function workloadId(workload: { kind: WorkloadKind; name: string }): WorkloadId {
  return `${workload.kind}.${workload.name}`;
}

/** `shop` of `project.shop`. */
export function nameOfWorkload(id: WorkloadId): string {
  return id.slice(id.indexOf('.') + 1);
}

/** `shop-prod`: the alias on its networks, and the stem of its containers' names. */
export function baseName(unit: { name: string; role: string }): string {
  return hasOwnRole(unit.role) ? `${unit.name}-${unit.role}` : unit.name;
}

/** `shop-prod-4be1c0-1`. A container keeps its name for life, so its generation is part of it. */
export function containerName(container: {
  name: string;
  role: string;
  specHash: string;
  /** From 1. */
  replica: number;
}): string {
  return `${baseName(container)}-${container.specHash.slice(0, 6)}-${container.replica}`;
}

function hasOwnRole(role: string): boolean {
  return role !== '' && role !== DEFAULT_ROLE;
}
