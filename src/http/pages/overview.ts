// The overview: one sentence, what needs you, what runs now, all workloads, what we talk to, what happened.
import { countOutcomes, headlineOf } from '../../core/status-view.ts';
import type { UnitStatus } from '../../model/status.ts';
import { chips } from '../page/chips.ts';
import { commands } from '../page/command.ts';
import { connections } from '../page/connections.ts';
import { eventList } from '../page/event-list.ts';
import { filter } from '../page/filter.ts';
import { headline } from '../page/headline.ts';
import { MOST_BARS } from '../page/history-bars.ts';
import { type Html, html } from '../page/html.ts';
import { unitElement } from '../page/links.ts';
import { needsYou } from '../page/needs-you.ts';
import { empty } from '../page/notice.ts';
import { pager } from '../page/pager.ts';
import { runningNow } from '../page/running-now.ts';
import { absent, section } from '../page/section.ts';
import { workloadRow, workloadTable } from '../page/workload-table.ts';
import { needsOf } from '../views/needs.ts';
import { type ListFilter, listUnits, readFilter } from '../views/rows.ts';
import { runningOf } from '../views/running.ts';
import { emptyHouse } from './empty-house.ts';
import type { PageRead, PageView, Part } from './page.ts';

export function overviewPage(read: PageRead): PageView {
  const { overview, moment, store } = read;
  const head = headlineOf(overview, moment.nowMs);
  const chosen = readFilter(read.query);
  const { units, pager: pages } = listUnits(overview.units, chosen);
  const counts = countOutcomes(overview.units);

  const top: Part[] = [
    { id: 'headline', html: headline(head, overview.sources, moment) },
    { id: 'counts', html: chips({ counts, chosen: chosen.state, query: chosen.query }) },
    { id: 'needs', html: needsYou(needsOf(overview, moment)) },
    { id: 'running', html: runningNow(runningOf(read), moment) },
  ];
  const rows = units.map((unit) => rowPart(read, unit));
  const bottom: Part[] = [
    { id: 'orphans', html: orphans(read) },
    {
      id: 'connections',
      html: section({
        id: 'connections',
        title: 'Connections',
        body: connections(overview.sources, overview.engines, moment),
      }),
    },
    {
      id: 'events',
      html: section({
        id: 'events',
        title: 'Latest events',
        body: eventList(store.events({ limit: 6 }), { moment, detail: 'short' }),
      }),
    },
  ];
  const [left, connected, happened] = bottom.map((part) => part.html);
  const list =
    overview.units.length === 0
      ? emptyHouse(overview)
      : section({
          id: 'all',
          title: 'All workloads',
          end: filter({ query: chosen.query, state: chosen.state }),
          body: html`${table(rows, chosen)}${pager(pages)}`,
        });
  return {
    status: 200,
    title: head.short,
    nav: 'workloads',
    main: html`${top.map((part) => part.html)}${list}${left}<div class="pair">${connected}${happened}</div>`,
    parts: [...top, ...rows, ...bottom],
  };
}

function rowPart({ store, moment }: PageRead, unit: UnitStatus): Part {
  const results = store
    .deploys(unit.unit, { limit: MOST_BARS })
    .filter(({ finishedAtMs }) => finishedAtMs !== null);
  const row = workloadRow({ unit, results: results.map(({ status }) => status) }, moment);
  return { id: unitElement('w', unit.unit), html: row, into: 'rows' };
}

function table(rows: readonly Part[], { query, state }: ListFilter): Html {
  if (rows.length > 0) return workloadTable(rows.map((part) => part.html));
  const what = [
    query === '' ? '' : `matches “${query}”`,
    state === null ? '' : `is ${state.replace('-', ' ')}`,
  ];
  return empty(html`No workload ${what.filter(Boolean).join(' and ')}. <a href="/">Clear the filter</a>`);
}

function orphans({ overview }: PageRead): Html {
  if (overview.orphans.length === 0) return absent('orphans');
  const items = overview.orphans.map(
    ({ unit, why, containers }) =>
      html`<li><span><b>${unit}</b>: ${why}. <span class="muted">${containers.join(', ')}</span></span></li>`,
  );
  return section({
    id: 'orphans',
    title: 'Left alone',
    aside: 'no manifest names them',
    body: html`<ul class="card list">${items}</ul>${commands(['tinyforge plan --prune'])}`,
  });
}
