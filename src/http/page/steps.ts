// The steps of one deploy, side by side: what is done, what is going on, what failed, what was not reached.
import { duration, type Icon } from '../../core/status-view.ts';
import type { DeployStep } from '../../model/record.ts';
import { type Html, type HtmlValue, html } from './html.ts';
import { icon } from './icons.ts';
import { ageTag, type Moment } from './moment.ts';
import { pullBar } from './pull-bar.ts';

export interface StepsView {
  /** Of the list, for patches: `deploy-314-steps`. */
  id: string;
  steps: readonly DeployStep[];
  /** Median time by step name in milliseconds, where there is one. */
  usualMs: ReadonlyMap<string, number>;
  /** What the deploy does at this very moment, in words; bytes and layers are read out of it. */
  doing: string | null;
}

const TONES: Readonly<Record<DeployStep['status'], string>> = {
  done: 'ok',
  now: 'busy',
  failed: 'bad',
  waiting: 'off',
  skipped: 'off',
};
const ICONS: Readonly<Partial<Record<DeployStep['status'], Icon>>> = {
  done: 'disc',
  now: 'ring',
  failed: 'octagon',
};

export function steps(view: StepsView, moment: Moment): Html {
  const items = view.steps.map((step) => {
    const shape = ICONS[step.status];
    return html`<li class="step ${TONES[step.status]} ${step.status}"><span class="name">${
      shape === undefined ? '' : icon(shape)
    }${step.name}</span><span class="note">${noteOf(step, view.usualMs, moment)}</span></li>`;
  });
  const now = view.steps.find((step) => step.status === 'now');
  return html`<div id="${view.id}"><ol class="steps">${items}</ol>${pullBar(now?.detail ?? view.doing ?? '')}</div>`;
}

function noteOf(step: DeployStep, usualMs: StepsView['usualMs'], moment: Moment): HtmlValue {
  const tookMs = step.startedAtMs === null ? null : (step.finishedAtMs ?? moment.nowMs) - step.startedAtMs;
  const took = tookMs === null ? '' : duration(tookMs);
  const usual = usualMs.get(step.name);
  switch (step.status) {
    case 'done':
      return [took, step.detail].filter(Boolean).join(', ') || 'done';
    case 'now':
      return step.startedAtMs === null ? 'now' : html`now, ${ageTag(step.startedAtMs, moment)}`;
    case 'failed':
      return [took, 'failed'].filter(Boolean).join(', ');
    case 'waiting':
      return usual === undefined ? 'to come' : `usually ${duration(usual)}`;
    case 'skipped':
      return 'not reached';
  }
}
