// Addresses of our own pages.
import type { UnitId } from '../../model/unit.ts';

export type WorkloadTab = 'deploys' | 'plan' | 'logs' | 'containers' | 'events';

/** `/workloads/shop/prod/deploys` */
export function unitHref(unit: UnitId, tab?: WorkloadTab): string {
  const path = unit.split('/').map(encodeURIComponent).join('/');
  return `/workloads/${path}${tab === undefined ? '' : `/${tab}`}`;
}

export function deployHref(id: number): string {
  return `/deploys/${id}`;
}

/** The id of an element that belongs to a unit; names are DNS labels, so the dot is free. */
export function unitElement(prefix: string, unit: UnitId): string {
  return `${prefix}-${unit.replace('/', '.')}`;
}

/** `/?state=held&q=shop`, without what is empty. */
export function queryHref(path: string, query: Readonly<Record<string, string | null>>): string {
  const filled = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const text = new URLSearchParams(filled).toString();
  return text === '' ? path : `${path}?${text}`;
}
