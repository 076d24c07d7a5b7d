// The list of workloads: filtered by the query string, in order of rank, cut into pages.
import { sortUnits } from '../../core/status-view.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { UnitStatus } from '../../model/status.ts';
import { queryHref } from '../page/links.ts';
import type { PagerView } from '../page/pager.ts';

const PER_PAGE = 100;
const OUTCOMES: readonly Outcome[] = [
  'failed',
  'degraded',
  'rolled-back',
  'held',
  'progressing',
  'waiting',
  'suspended',
  'ejected',
  'converged',
];

export interface ListFilter {
  /** As it was typed, cut to a bearable length. */
  query: string;
  /** Null for all; an unknown word in the address counts as none. */
  state: Outcome | null;
  /** From 1; `all` for no pages. */
  page: number | 'all';
}

export function readFilter(params: URLSearchParams): ListFilter {
  const page = params.get('page') ?? '';
  return {
    query: (params.get('q') ?? '').trim().slice(0, 100),
    state: OUTCOMES.find((outcome) => outcome === params.get('state')) ?? null,
    page: page === 'all' ? 'all' : /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
  };
}

export function listUnits(
  units: readonly UnitStatus[],
  filter: ListFilter,
): { units: UnitStatus[]; pager: PagerView } {
  const needle = filter.query.toLowerCase();
  const found = sortUnits(units).filter(
    (unit) => (filter.state === null || unit.outcome === filter.state) && textOf(unit).includes(needle),
  );
  const pages = Math.max(1, Math.ceil(found.length / PER_PAGE));
  const page = filter.page === 'all' ? 1 : Math.min(filter.page, pages);
  const from = (page - 1) * PER_PAGE;
  const shown = filter.page === 'all' ? found : found.slice(from, from + PER_PAGE);
  const href = (to: string | null) => queryHref('/', { q: filter.query, state: filter.state, page: to });
  const cut = filter.page !== 'all' && pages > 1;
  return {
    units: shown,
    pager: {
      first: shown.length === 0 ? 0 : from + 1,
      last: from + shown.length,
      total: found.length,
      previous: cut && page > 1 ? href(page === 2 ? null : String(page - 1)) : null,
      next: cut && page < pages ? href(String(page + 1)) : null,
      all: cut ? href('all') : null,
    },
  };
}

function textOf(unit: UnitStatus): string {
  return [unit.unit, unit.kind, unit.app, unit.runs, unit.wants, unit.outcome, ...unit.domains]
    .filter((text) => text !== null)
    .join(' ')
    .toLowerCase();
}
