// The page of one workload: why it is as it is, its last deploy, what runs, its facts, and the end of its log.

import { deployView, duration, outcomeView } from '../../core/status-view.ts';
import { arrow } from '../../core/status-view-sentence.ts';
import type { DeployRow } from '../../model/record.ts';
import type { UnitStatus } from '../../model/status.ts';
import { containersTable } from '../page/containers-table.ts';
import { deployList } from '../page/deploy-list.ts';
import { facts } from '../page/facts.ts';
import { graph } from '../page/graph.ts';
import { type Html, html } from '../page/html.ts';
import { deployHref, unitHref } from '../page/links.ts';
import { logBox } from '../page/log-box.ts';
import { whenTag } from '../page/moment.ts';
import { absent, section } from '../page/section.ts';
import { steps } from '../page/steps.ts';
import { whyChain } from '../page/why-chain.ts';
import { containersOf } from '../views/containers.ts';
import { factsOf } from '../views/facts.ts';
import { logTail } from '../views/log-lines.ts';
import { neighbourhoodOf } from '../views/neighbourhood.ts';
import { usualTimes } from '../views/usual.ts';
import { whyOf } from '../views/why.ts';
import type { PageRead, PageView, Part } from './page.ts';
import { workloadHead } from './workload-head.ts';

export function workloadPage(read: PageRead, unit: UnitStatus): PageView {
  const { overview, moment, store, control } = read;
  const deploys = store.deploys(unit.unit, { limit: 20 });
  const others = new Map(overview.units.map((other) => [other.unit, other]));
  const why = whyOf({
    unit,
    others,
    quarantine: control.quarantine(unit.unit),
    suspension: control.suspension(unit.unit),
    moment,
  });
  const containers = containersOf(unit, store.containers({ workloadId: unit.workloadId }));
  const parts: Part[] = [
    { id: 'headline', html: workloadHead({ unit, deploys, tab: null }, moment) },
    { id: 'why', html: whyChain(why) },
    { id: 'last-deploy', html: lastDeploy(read, deploys) },
    {
      id: 'what-runs',
      html:
        unit.kind === 'proxy'
          ? absent('what-runs')
          : section({
              id: 'what-runs',
              title: 'What runs',
              body: containersTable(containers, { moment, detail: 'short' }),
            }),
    },
    { id: 'facts', html: facts(factsOf(unit, moment)) },
    { id: 'dependencies', html: dependencies(read, unit) },
    {
      id: 'deploys',
      html: section({ id: 'deploys', title: 'Deploys', body: deployList(deploys.slice(0, 4), moment) }),
    },
    { id: 'log', html: unit.kind === 'proxy' ? absent('log') : log(read, deploys) },
  ];
  const [head, chain, last, runs, known, drawn, list, tail] = parts.map((part) => part.html);
  return {
    status: 200,
    title: `${unit.unit} ${outcomeView(unit.outcome).word}`,
    nav: 'workloads',
    main: html`${head}${chain}${last}${runs}${known}<div class="pair">${drawn}${list}</div>${tail}`,
    parts,
  };
}

function lastDeploy({ moment, store, overview }: PageRead, deploys: readonly DeployRow[]): Html {
  const [deploy] = deploys;
  if (deploy === undefined) return absent('last-deploy');
  const usual = usualTimes(store.deploys(deploy.unit, { limit: 20 }));
  const doing = overview.units.find(({ deployId }) => deployId === deploy.id)?.sentence ?? null;
  const took =
    deploy.finishedAtMs === null ? ', running' : `, ${duration(deploy.finishedAtMs - deploy.startedAtMs)}`;
  const id = `deploy-${deploy.id}-steps`;
  return section({
    id: 'last-deploy',
    title: 'Last deploy',
    aside: html`${arrow(deploy.fromVersion, deploy.toVersion)}, ${whenTag(deploy.startedAtMs, moment)}${took}, <a href="${deployHref(deploy.id)}">deploy ${deploy.number}</a> ${deployView(deploy.status).word}`,
    body: html`<div class="card">${steps({ id, steps: deploy.steps, usualMs: usual.stepsMs, doing }, moment)}</div>`,
  });
}

function dependencies({ overview }: PageRead, unit: UnitStatus): Html {
  const view = neighbourhoodOf(overview.units, unit.unit);
  const body =
    view === null ? html`<p class="empty">It waits for nothing, and nothing waits for it.</p>` : graph(view);
  return section({
    id: 'dependencies',
    title: 'Dependencies',
    aside: view === null ? '' : 'left starts first',
    body,
  });
}

function log({ store, moment }: PageRead, deploys: readonly DeployRow[]): Html {
  const deploy = deploys.find(({ status }) => status === 'failed' || status === 'rolled_back') ?? deploys[0];
  if (deploy === undefined) return absent('log');
  const label = `Log of deploy ${deploy.number}`;
  const tail = logTail(deploy.id, store.deployLogs(deploy.id), { label, most: 20 });
  const more = tail.left === 0 ? '' : html` <a href="${unitHref(deploy.unit, 'logs')}">all of it</a>`;
  return section({
    id: 'log',
    title: label,
    aside: html`${deployView(deploy.status).word}${more}`,
    body: logBox(tail, moment),
  });
}
