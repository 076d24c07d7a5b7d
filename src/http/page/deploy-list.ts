// Deploys, newest first: each is a page with an address.

import { deployView, duration } from '../../core/status-view.ts';
import { arrow } from '../../core/status-view-sentence.ts';
import { clockTime } from '../../core/time-words-dates.ts';
import { shortVersion } from '../../core/words-names.ts';
import type { DeployRow } from '../../model/record.ts';
import { type Html, html } from './html.ts';
import { deployHref, unitHref } from './links.ts';
import { type Moment, sinceTag, timeTag, whenTag } from './moment.ts';
import { empty } from './notice.ts';
import { stateWord } from './state-word.ts';

/** The last few, for the side of a page. */
export function deployList(rows: readonly DeployRow[], moment: Moment): Html {
  if (rows.length === 0) return empty(html`It was not deployed by this Tinyforge yet.`);
  const lines = rows.map(
    (row) =>
      html`<tr><td>${stateWord(deployView(row.status))}</td><th scope="row" class="light"><a href="${deployHref(row.id)}" aria-label="Deploy ${row.number}, ${versionOf(row)}"><code>${versionOf(row)}</code></a></th><td class="end">${sinceTag(row.startedAtMs, moment)}<span class="wide">${took(row)}</span></td></tr>`,
  );
  return html`<div class="card flush"><table><caption class="vh">Last deploys</caption><thead class="vh"><tr><th scope="col">Result</th><th scope="col">Version</th><th scope="col">When</th></tr></thead><tbody>${lines}</tbody></table></div>`;
}

/** `day`: many workloads' deploys of one day, with the time of day; `workload`: those of one, with the date. */
export function deployTable(
  rows: readonly DeployRow[],
  facts: { moment: Moment; of: 'day' | 'workload' },
): Html {
  if (rows.length === 0) return empty(html`Nothing was deployed yet.`);
  const whose = facts.of === 'day' ? html`<th scope="col">Workload</th>` : '';
  const lines = rows.map((row) => deployRow(row, facts));
  return html`<div class="card flush"><table class="compact"><caption class="vh">Deploys, newest first</caption><thead><tr><th scope="col"><span class="word">Result</span></th>${whose}<th scope="col">Deploy</th><th scope="col" class="wide">From → to</th><th scope="col" class="wide">Cause</th><th scope="col" class="wide end">Took</th><th scope="col" class="end">When</th></tr></thead><tbody>${lines}</tbody></table></div>`;
}

function deployRow(row: DeployRow, { moment, of }: { moment: Moment; of: 'day' | 'workload' }): Html {
  const day = of === 'day';
  const unit = day ? html`<td><a class="name" href="${unitHref(row.unit)}">${row.unit}</a></td>` : '';
  const whose = day ? html`<span class="vh">${row.unit} </span>` : '';
  const { startedAtMs, finishedAtMs } = row;
  const when = day
    ? timeTag(startedAtMs, clockTime(startedAtMs, moment.timeZone), moment)
    : whenTag(startedAtMs, moment);
  const tookWords = finishedAtMs === null ? 'running' : duration(finishedAtMs - startedAtMs);
  return html`<tr id="deploy-${row.id}"><td>${stateWord(deployView(row.status))}</td>${unit}<th scope="row"><a href="${deployHref(row.id)}">${whose}${row.number}</a></th><td class="wide">${arrow(row.fromVersion, row.toVersion)}</td><td class="wide any">${row.cause}</td><td class="wide end">${tookWords}</td><td class="end">${when}</td></tr>`;
}

function versionOf(row: DeployRow): string {
  return row.toVersion === null ? `deploy ${row.number}` : shortVersion(row.toVersion);
}

function took(row: DeployRow): string {
  return row.finishedAtMs === null ? ', running' : `, ${duration(row.finishedAtMs - row.startedAtMs)}`;
}
