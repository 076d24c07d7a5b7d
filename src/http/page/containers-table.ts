// The containers of a workload as the index knows them.
import { containerView } from '../../core/status-view.ts';
import { shortDigest } from '../../core/words-names.ts';
import type { ContainerState } from '../../model/outcome.ts';
import { type Html, html } from './html.ts';
import { ageTag, type Moment } from './moment.ts';
import { empty } from './notice.ts';
import { stateWord } from './state-word.ts';

export interface ContainerView {
  /** Row id, for patches. */
  id: string;
  name: string;
  state: ContainerState;
  health: string | null;
  /** What people call its version. */
  release: string | null;
  image: string;
  digest: string | null;
  role: string;
  host: string;
  port: number | null;
  sinceMs: number;
  seenMs: number;
}

/** `long` adds role, engine, port and when it was last seen. */
export function containersTable(
  rows: readonly ContainerView[],
  facts: { moment: Moment; detail: 'short' | 'long' },
): Html {
  if (rows.length === 0) return empty(html`No container of it is known.`);
  const long = facts.detail === 'long';
  const more = long
    ? html`<th scope="col" class="wide">Role</th><th scope="col" class="wide">Engine</th><th scope="col" class="wide end">Port</th><th scope="col" class="wide end">Last seen</th>`
    : '';
  return html`<div class="card flush"><table><caption class="vh">Containers</caption><thead><tr><th scope="col">State</th><th scope="col">Container</th><th scope="col" class="wide">Image</th>${more}<th scope="col" class="end">Known for</th></tr></thead><tbody>${rows.map((row) => line(row, facts))}</tbody></table></div>`;
}

function line(row: ContainerView, { moment, detail }: { moment: Moment; detail: 'short' | 'long' }): Html {
  const version = row.release ?? row.image;
  const digest =
    row.digest === null ? '' : html`<span class="sub"><code>${shortDigest(row.digest)}</code></span>`;
  const more =
    detail === 'long'
      ? html`<td class="wide">${row.role || '–'}</td><td class="wide">${row.host}</td><td class="wide end">${row.port ?? '–'}</td><td class="wide end">${ageTag(row.seenMs, moment)}</td>`
      : '';
  return html`<tr><td>${stateWord(containerView(row.state, row.health))}</td><th scope="row" class="any"><code>${row.name}</code><span class="sub narrow">${version}</span></th><td class="wide any"><code>${version}</code>${digest}</td>${more}<td class="end">${ageTag(row.sinceMs, moment)}</td></tr>`;
}
