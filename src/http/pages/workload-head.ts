// The head that all pages of one workload share: where it belongs, its name and state, one sentence, the tabs.
import { outcomeView } from '../../core/status-view.ts';
import type { DeployRow } from '../../model/record.ts';
import type { UnitStatus } from '../../model/status.ts';
import { type Html, html } from '../page/html.ts';
import { queryHref, type WorkloadTab } from '../page/links.ts';
import { type Moment, sinceTag } from '../page/moment.ts';
import { prose } from '../page/prose.ts';
import { pill } from '../page/state-word.ts';
import { tabs } from '../page/tabs.ts';

export function workloadHead(
  view: { unit: UnitStatus; deploys: readonly DeployRow[]; tab: WorkloadTab | null },
  moment: Moment,
): Html {
  const { unit, deploys, tab } = view;
  const state = outcomeView(unit.outcome).word;
  // A sentence that begins with the state needs it no second time.
  const from = unit.sentence.startsWith(state)
    ? 'Since'
    : `${state.charAt(0).toUpperCase()}${state.slice(1)} since`;
  const app =
    unit.app === null ? '' : html`<li><a href="${queryHref('/', { q: unit.app })}">${unit.app}</a></li>`;
  return html`<div id="headline" data-title="${unit.unit} ${state} · Tinyforge"><nav class="crumbs" aria-label="Where you are"><ol><li><a href="/">Workloads</a></li>${app}<li>${unit.name}</li></ol></nav><h1>${unit.unit} ${pill(outcomeView(unit.outcome))}</h1><p class="lead">${prose(unit.sentence)} ${from} ${sinceTag(unit.sinceMs, moment)}.</p>${tabs(unit, tab, deploys[0]?.number ?? 0)}</div>`;
}
