// From an address to its page: used by the page's route, and by its live stream for as long as it is open.

import { deployPage } from './deploy.ts';
import { deploysPage, eventsPage, stagesPage } from './lists.ts';
import { overviewPage } from './overview.ts';
import type { PageRead, PageView } from './page.ts';
import { routesPage } from './routes.ts';
import { workloadPage } from './workload.ts';
import { isTab, workloadTabPage } from './workload-tabs.ts';

/** The parts of a path, decoded; null where it cannot be. */
export function segmentsOf(path: string): string[] | null {
  try {
    return path.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** Whether the page shows the plan, which has to be read before. */
export function needsPlan(segments: readonly string[]): boolean {
  return segments[0] === 'workloads' && segments.at(-1) === 'plan';
}

/** Null where there is no such page. */
export function findPage(segments: readonly string[], read: PageRead): PageView | null {
  const [first, ...rest] = segments;
  if (first === undefined) return overviewPage(read);
  if (first === 'workloads') return workloadPages(rest, read);
  if (rest.length === 0) {
    if (first === 'deploys') return deploysPage(read);
    if (first === 'events') return eventsPage(read);
    if (first === 'routes') return routesPage(read);
  }
  const [id = ''] = rest;
  if (first !== 'deploys' || rest.length !== 1 || !/^[1-9]\d{0,14}$/.test(id)) return null;
  const deploy = read.store.deploy(Number(id));
  return deploy === null ? null : deployPage(read, deploy);
}

/** A stage may be called like a tab: where there is such a unit, it wins. */
function workloadPages(
  [name = '', second, third, ...more]: readonly string[],
  read: PageRead,
): PageView | null {
  if (more.length > 0) return null;
  const unitOf = (id: string) => read.overview.units.find(({ unit }) => unit === id) ?? null;
  const staged = second === undefined ? null : unitOf(`${name}/${second}`);
  const plain = unitOf(name);
  if (staged !== null) {
    if (third === undefined) return workloadPage(read, staged);
    return isTab(third, staged) ? workloadTabPage(read, staged, third) : null;
  }
  if (third !== undefined) return null;
  if (plain !== null) {
    if (second === undefined) return workloadPage(read, plain);
    return isTab(second, plain) ? workloadTabPage(read, plain, second) : null;
  }
  if (second !== undefined) return null;
  const stages = read.overview.units.filter((unit) => unit.name === name);
  return stages.length === 0 ? null : stagesPage(read, name, stages);
}
