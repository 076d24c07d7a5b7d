// The tabs of a workload beside its overview: deploys, plan, logs, containers, events.
import { planView } from '../../core/render-plan.ts';
import { deployView, outcomeView } from '../../core/status-view.ts';
import type { UnitStatus } from '../../model/status.ts';
import { commands } from '../page/command.ts';
import { containersTable } from '../page/containers-table.ts';
import { deployTable } from '../page/deploy-list.ts';
import { eventList } from '../page/event-list.ts';
import { type Html, html } from '../page/html.ts';
import { deployHref, type WorkloadTab } from '../page/links.ts';
import { logBox, logLine } from '../page/log-box.ts';
import { empty } from '../page/notice.ts';
import { planBlocks } from '../page/plan-view.ts';
import { section } from '../page/section.ts';
import { hasTab } from '../page/tabs.ts';
import { containersOf } from '../views/containers.ts';
import { logTail } from '../views/log-lines.ts';
import type { PageRead, PageView, Part } from './page.ts';
import { workloadHead } from './workload-head.ts';

const MOST_LINES = 500;

type Tab = (read: PageRead, unit: UnitStatus) => Part[];

const TABS: Readonly<Record<WorkloadTab, Tab>> = {
  deploys: ({ store, moment }, unit) => {
    const rows = store.deploys(unit.unit, { limit: 100 });
    const body = deployTable(rows, { moment, of: 'workload' });
    return [{ id: 'deploys', html: section({ id: 'deploys', title: 'Deploys', body }) }];
  },
  plan: (read, unit) => [{ id: 'plan', html: plan(read, unit) }],
  logs,
  containers: ({ store, moment }, unit) => {
    const rows = containersOf(unit, store.containers({ workloadId: unit.workloadId }));
    const body = containersTable(rows, { moment, detail: 'long' });
    return [{ id: 'containers', html: section({ id: 'containers', title: 'Containers', body }) }];
  },
  events: ({ store, moment }, unit) => {
    const body = eventList(store.events({ unit: unit.unit, limit: 100 }), { moment, detail: 'long' });
    return [{ id: 'events', html: section({ id: 'events', title: 'Events', body }) }];
  },
};

export function isTab(word: string, unit: Pick<UnitStatus, 'kind'>): word is WorkloadTab {
  return Object.hasOwn(TABS, word) && hasTab(unit, word as WorkloadTab);
}

export function workloadTabPage(read: PageRead, unit: UnitStatus, tab: WorkloadTab): PageView {
  const deploys = read.store.deploys(unit.unit, { limit: 1 });
  const head = { id: 'headline', html: workloadHead({ unit, deploys, tab }, read.moment) };
  const parts = TABS[tab](read, unit);
  return {
    status: 200,
    title: `${unit.unit} ${tab}, ${outcomeView(unit.outcome).word}`,
    nav: 'workloads',
    main: html`${head.html}${parts.filter(({ into }) => into === undefined).map((part) => part.html)}`,
    parts: [head, ...parts],
  };
}

function plan({ plan: whole }: PageRead, unit: UnitStatus): Html {
  const own = whole?.units.filter((each) => each.unit === unit.unit) ?? [];
  const body =
    whole === null || own.length === 0
      ? empty(html`No pass has planned it yet.`)
      : planBlocks(planView({ ...whole, units: own, orphans: [], problems: [] }, 'every'));
  return section({
    id: 'plan',
    title: 'Plan',
    aside: 'as the last pass made it',
    body: html`${body}${commands([`tinyforge plan ${unit.unit}`, `tinyforge diff ${unit.unit}`])}`,
  });
}

function logs({ store, moment }: PageRead, unit: UnitStatus): Part[] {
  const deploys = store.deploys(unit.unit, { limit: 20 });
  const failed = deploys.find(({ status }) => status === 'failed' || status === 'rolled_back');
  const shown = [...new Set([deploys[0], failed])].filter((deploy) => deploy !== undefined);
  if (shown.length === 0) {
    const body = empty(html`It was not deployed by this Tinyforge yet, so there is no log.`);
    return [{ id: 'logs', html: section({ id: 'logs', title: 'Logs', body }) }];
  }
  return shown.flatMap((deploy) => {
    const id = `logs-${deploy.id}`;
    const label = `Log of deploy ${deploy.number}`;
    const tail = logTail(deploy.id, store.deployLogs(deploy.id), { label, most: MOST_LINES });
    const reach =
      tail.left === 0
        ? ''
        : html`<p class="note">The last ${tail.lines.length} lines; ${tail.left} earlier ones are kept.</p>`;
    const body = html`${reach}${logBox(tail, moment)}${commands([`tinyforge logs ${unit.unit}`])}`;
    const aside = html`<a href="${deployHref(deploy.id)}">${deployView(deploy.status).word}</a>`;
    const whole: Part = { id, html: section({ id, title: label, aside, body }) };
    // While it is written, lines are added one by one: replacing the box would lose the place in it.
    if (deploy.finishedAtMs !== null) return [whole];
    const lines = tail.lines.map((line): Part => {
      return { id: `${tail.id}-${line.number}`, html: logLine(tail.id, line, moment), into: tail.id };
    });
    return [{ ...whole, fixed: true }, ...lines];
  });
}
