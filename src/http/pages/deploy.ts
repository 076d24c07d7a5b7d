// The permanent page of one deploy: what it did, why, how long, and what it wrote.

import { deployView, duration } from '../../core/status-view.ts';
import { arrow } from '../../core/status-view-sentence.ts';
import { proofWords } from '../../core/switch-proof.ts';
import { shortDigest, shortRevision } from '../../core/words-names.ts';
import type { DeployRow } from '../../model/record.ts';
import { commands } from '../page/command.ts';
import { type FactView, facts } from '../page/facts.ts';
import { type Html, html } from '../page/html.ts';
import { unitHref } from '../page/links.ts';
import { logBox } from '../page/log-box.ts';
import { whenTag } from '../page/moment.ts';
import { prose } from '../page/prose.ts';
import { section } from '../page/section.ts';
import { pill } from '../page/state-word.ts';
import { steps } from '../page/steps.ts';
import { logTail } from '../views/log-lines.ts';
import { usualTimes } from '../views/usual.ts';
import type { PageRead, PageView, Part } from './page.ts';

const MOST_LINES = 500;

export function deployPage(read: PageRead, deploy: DeployRow): PageView {
  const { moment, store, overview } = read;
  const usual = usualTimes(store.deploys(deploy.unit, { limit: 20 }));
  const doing = overview.units.find(({ deployId }) => deployId === deploy.id)?.sentence ?? null;
  const label = `Log of deploy ${deploy.number}`;
  const tail = logTail(deploy.id, store.deployLogs(deploy.id), { label, most: MOST_LINES });
  const reach =
    tail.left === 0
      ? ''
      : html`<p class="note">The last ${tail.lines.length} lines; ${tail.left} earlier ones are kept.</p>`;
  const card = html`<div class="card">${steps({ id: `deploy-${deploy.id}-steps`, steps: deploy.steps, usualMs: usual.stepsMs, doing }, moment)}</div>`;
  const parts: Part[] = [
    { id: 'headline', html: head(read, deploy) },
    { id: 'steps', html: section({ id: 'steps', title: 'Steps', body: card }) },
    { id: 'facts', html: facts(factsOf(deploy, read)) },
    { id: 'log', html: section({ id: 'log', title: 'Log', body: html`${reach}${logBox(tail, moment)}` }) },
  ];
  return {
    status: 200,
    title: `${deploy.unit} deploy ${deploy.number}, ${deployView(deploy.status).word}`,
    nav: 'deploys',
    main: html`${parts.map((part) => part.html)}`,
    parts,
  };
}

function head({ moment }: PageRead, deploy: DeployRow): Html {
  const versions = arrow(deploy.fromVersion, deploy.toVersion);
  const took =
    deploy.finishedAtMs === null
      ? html`, running`
      : html`, took ${duration(deploy.finishedAtMs - deploy.startedAtMs)}`;
  const help =
    deploy.status === 'failed' || deploy.status === 'rolled_back'
      ? commands([`tinyforge why ${deploy.unit}`])
      : '';
  return html`<div id="headline"><nav class="crumbs" aria-label="Where you are"><ol><li><a href="/deploys">Deploys</a></li><li><a href="${unitHref(deploy.unit)}">${deploy.unit}</a></li><li>${deploy.number}</li></ol></nav><h1>${deploy.unit} ${versions} ${pill(deployView(deploy.status))}</h1><p class="lead">Deploy ${deploy.number}, ${whenTag(deploy.startedAtMs, moment)}${took}. ${prose(deploy.message)}</p>${help}</div>`;
}

function factsOf(deploy: DeployRow, { moment }: PageRead): FactView[] {
  const list: (FactView | null)[] = [
    { term: 'Cause', value: html`${deploy.cause || 'not told'}` },
    deploy.reason === null ? null : { term: 'Reason', value: html`${deploy.reason}` },
    deploy.revision === null
      ? null
      : { term: 'Revision', value: html`<code>${shortRevision(deploy.revision)}</code>` },
    deploy.digest === null || deploy.digest === ''
      ? null
      : { term: 'Digest', value: html`<code>${shortDigest(deploy.digest)}…</code>` },
    deploy.proof === null ? null : { term: 'Through the proxy', value: html`${proofWords(deploy.proof)}` },
    { term: 'Started', value: whenTag(deploy.startedAtMs, moment) },
    deploy.finishedAtMs === null ? null : { term: 'Ended', value: whenTag(deploy.finishedAtMs, moment) },
  ];
  return list.filter((fact) => fact !== null);
}
