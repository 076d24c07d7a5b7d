// The deploys that are going on, with their steps.

import { duration } from '../../core/status-view.ts';
import { arrow } from '../../core/status-view-sentence.ts';
import type { DeployRow } from '../../model/record.ts';
import { type Html, html } from './html.ts';
import { deployHref, unitHref } from './links.ts';
import { agoTag, type Moment } from './moment.ts';
import { absent, section } from './section.ts';
import { type StepsView, steps } from './steps.ts';

export interface RunningView {
  deploy: DeployRow;
  /** Median time of the last good ones; null where there is none. */
  usualMs: number | null;
  steps: StepsView;
}

export function runningNow(running: readonly RunningView[], moment: Moment): Html {
  if (running.length === 0) return absent('running');
  const cards = running.map(({ deploy, usualMs, steps: view }) => {
    const usual = usualMs === null ? '' : ` · usually takes ${duration(usualMs)}`;
    const versions = arrow(deploy.fromVersion, deploy.toVersion);
    return html`<div class="card"><p class="deploy-line"><a class="name" href="${unitHref(deploy.unit)}">${deploy.unit}</a> ${versions} · <a href="${deployHref(deploy.id)}">deploy ${deploy.number}</a> started ${agoTag(deploy.startedAtMs, moment)}${usual}</p>${steps(view, moment)}</div>`;
  });
  return section({ id: 'running', title: 'Running now', body: cards });
}
