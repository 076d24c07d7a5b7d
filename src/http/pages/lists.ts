// The pages that are one list: all deploys, all events, and the stages of one project.
import { date } from '../../core/time-words-dates.ts';
import { count } from '../../core/words-names.ts';
import type { DeployRow } from '../../model/record.ts';
import type { UnitStatus } from '../../model/status.ts';
import { deployTable } from '../page/deploy-list.ts';
import { eventList } from '../page/event-list.ts';
import { type Html, html } from '../page/html.ts';
import { queryHref, unitElement } from '../page/links.ts';
import { empty } from '../page/notice.ts';
import { workloadRow, workloadTable } from '../page/workload-table.ts';
import type { PageRead, PageView, Part } from './page.ts';

const MOST = 100;

export function deploysPage({ store, moment, query }: PageRead): PageView {
  const rows = store.deploys(null, { limit: MOST, beforeId: beforeOf(query) });
  const days = new Map<string, DeployRow[]>();
  for (const row of rows) {
    const day = date(row.startedAtMs, moment.nowMs, moment.timeZone);
    days.set(day, [...(days.get(day) ?? []), row]);
  }
  const lists = [...days].map(
    ([day, list]) => html`<section><h2>${day}</h2>${deployTable(list, { moment, of: 'day' })}</section>`,
  );
  const body = html`<div id="deploys">${rows.length === 0 ? empty(html`Nothing was deployed yet.`) : lists}${older('/deploys', rows)}</div>`;
  return listPage({ title: 'Deploys', nav: 'deploys', part: { id: 'deploys', html: body } });
}

export function eventsPage({ store, moment, query }: PageRead): PageView {
  const rows = store.events({ limit: MOST, beforeId: beforeOf(query) });
  const body = html`<div id="events">${eventList(rows, { moment, detail: 'long' })}${older('/events', rows)}</div>`;
  return listPage({ title: 'Events', nav: 'events', part: { id: 'events', html: body } });
}

/** Of a project with several stages; each row leads to its page. */
export function stagesPage(
  { moment, store }: PageRead,
  name: string,
  units: readonly UnitStatus[],
): PageView {
  const rows = units.map((unit): Part => {
    const results = store.deploys(unit.unit, { limit: 12 }).map(({ status }) => status);
    return { id: unitElement('w', unit.unit), html: workloadRow({ unit, results }, moment) };
  });
  return {
    status: 200,
    title: name,
    nav: 'workloads',
    main: html`${crumbs(name)}<h1>${name}</h1><p class="lead">${count(units.length, 'stage')}.</p>${workloadTable(rows.map((row) => row.html))}`,
    parts: rows,
  };
}

function crumbs(name: string): Html {
  return html`<nav class="crumbs" aria-label="Where you are"><ol><li><a href="/">Workloads</a></li><li>${name}</li></ol></nav>`;
}

function listPage(facts: { title: string; nav: PageView['nav']; part: Part }): PageView {
  const { title, nav, part } = facts;
  return { status: 200, title, nav, main: html`<h1>${title}</h1>${part.html}`, parts: [part] };
}

function beforeOf(query: URLSearchParams): number | undefined {
  const before = query.get('before') ?? '';
  return /^[1-9]\d{0,14}$/.test(before) ? Number(before) : undefined;
}

function older(path: string, rows: readonly { id: number }[]): Html {
  const last = rows.at(-1);
  if (last === undefined || rows.length < MOST) return html``;
  return html`<p class="pager"><a href="${queryHref(path, { before: String(last.id) })}">Earlier</a></p>`;
}
