// The tabs of a workload: links to pages, not script.
import type { UnitStatus } from '../../model/status.ts';
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

/** A stand-alone route has no containers, so nothing that they would say either. */
export function hasTab({ kind }: Pick<UnitStatus, 'kind'>, tab: WorkloadTab): boolean {
  return kind !== 'proxy' || (tab !== 'logs' && tab !== 'containers');
}

export function tabs(
  { unit, kind }: Pick<UnitStatus, 'unit' | 'kind'>,
  current: WorkloadTab | null,
  deploys: number,
): Html {
  const items = TABS.filter(({ key }) => key === null || hasTab({ kind }, key)).map(({ key, word }) => {
    const mark = key === current ? html` aria-current="page"` : '';
    const number = key === 'deploys' && deploys > 0 ? ` ${deploys}` : '';
    return html`<li><a href="${unitHref(unit, key ?? undefined)}"${mark}>${word}${number}</a></li>`;
  });
  return html`<nav class="tabs" aria-label="About ${unit}"><ul>${items}</ul></nav>`;
}
