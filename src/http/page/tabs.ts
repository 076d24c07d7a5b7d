// The tabs of a workload: links to pages, not script.
import type { UnitId } from '../../model/unit.ts';
import { type Html, html } from './html.ts';
import { unitHref, type WorkloadTab } from './links.ts';

const TABS: readonly { key: WorkloadTab | null; word: string }[] = [
  { key: null, word: 'Overview' },
  { key: 'deploys', word: 'Deploys' },
  { key: 'plan', word: 'Plan' },
  { key: 'logs', word: 'Logs' },
  { key: 'containers', word: 'Containers' },
  { key: 'events', word: 'Events' },
];

export function tabs(unit: UnitId, current: WorkloadTab | null, deploys: number): Html {
  const items = TABS.map(({ key, word }) => {
    const mark = key === current ? html` aria-current="page"` : '';
    const number = key === 'deploys' && deploys > 0 ? ` ${deploys}` : '';
    return html`<li><a href="${unitHref(unit, key ?? undefined)}"${mark}>${word}${number}</a></li>`;
  });
  return html`<nav class="tabs" aria-label="About ${unit}"><ul>${items}</ul></nav>`;
}
