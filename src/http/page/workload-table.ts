// All workloads in one table; on the phone the version moves under the name and the rest of the columns go.
import { outcomeView } from '../../core/status-view.ts';
import { shortVersion } from '../../core/words-names.ts';
import type { DeployStatus } from '../../model/outcome.ts';
import type { UnitStatus } from '../../model/status.ts';
import { historyBars } from './history-bars.ts';
import { type Html, html } from './html.ts';
import { unitElement, unitHref } from './links.ts';
import { ageTag, type Moment, sinceTag } from './moment.ts';
import { breakable } from './prose.ts';
import { stateWord } from './state-word.ts';

export interface RowView {
  unit: UnitStatus;
  /** Results of its last deploys, newest first. */
  results: readonly DeployStatus[];
}

export function workloadTable(rows: readonly Html[]): Html {
  return html`<div class="card flush"><table class="compact"><caption class="vh">Workloads, worst first</caption><thead><tr><th scope="col"><span class="word">State</span></th><th scope="col">Workload</th><th scope="col" class="wide">Runs</th><th scope="col" class="wide">Route</th><th scope="col" class="wide">Last deploys</th><th scope="col" class="end">Changed</th></tr></thead><tbody id="rows">${rows}</tbody></table></div>`;
}

export function workloadRow({ unit, results }: RowView, moment: Moment): Html {
  const view = outcomeView(unit.outcome);
  const runs = unit.runs === null ? 'nothing' : shortVersion(unit.runs);
  const second = secondLine(unit, moment);
  const about = [unit.kind, unit.app].filter(Boolean).join(' · ');
  return html`<tr id="${unitElement('w', unit.unit)}" data-rank="${view.rank}"><td>${stateWord(view)}</td><th scope="row"><a href="${unitHref(unit.unit)}">${unit.unit}</a><span class="sub wide">${about}</span><span class="sub narrow">${unit.runs === null ? '' : `${runs} `}${second}</span></th><td class="wide"><code>${runs}</code><span class="sub">${second}</span></td><td class="wide any">${routes(unit, moment)}</td><td class="wide">${historyBars(results)}</td><td class="end">${changed(unit, moment)}</td></tr>`;
}

function secondLine(unit: UnitStatus, moment: Moment): Html {
  const wants = unit.wants === null || unit.wants === unit.runs ? null : shortVersion(unit.wants);
  if (unit.outcome === 'suspended' || unit.outcome === 'ejected')
    return html`since ${sinceTag(unit.sinceMs, moment)}`;
  if (unit.outcome === 'waiting' || unit.outcome === 'progressing')
    return html`${wants === null ? '' : `→ ${wants}`}`;
  return html`${wants === null ? '' : `wants ${wants}`}`;
}

export function routeLink(domain: string, { addressOf }: Pick<Moment, 'addressOf'>): Html {
  return html`<a class="plain" href="${addressOf(domain)}" rel="noreferrer">${breakable(domain)}</a>`;
}

function routes({ domains }: UnitStatus, moment: Moment): Html {
  const [first, ...rest] = domains;
  if (first === undefined) return html`<span class="muted">no route</span>`;
  return html`${routeLink(first, moment)}${rest.length === 0 ? '' : html`<span class="sub">and ${rest.length} more</span>`}`;
}

function changed(unit: UnitStatus, moment: Moment): Html {
  if (unit.deployId !== null) return html`now`;
  return unit.changedMs === null ? html`<span class="muted">never</span>` : ageTag(unit.changedMs, moment);
}
