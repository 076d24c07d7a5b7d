// How many workloads are in which state; each is a link that filters the list, and back.
import { outcomeView } from '../../core/status-view.ts';
import type { Outcome } from '../../model/outcome.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { queryHref } from './links.ts';

export interface ChipsView {
  counts: readonly { outcome: Outcome; count: number }[];
  /** The state that the list is filtered by. */
  chosen: Outcome | null;
  /** The text filter, which stays. */
  query: string;
}

export function chips({ counts, chosen, query }: ChipsView): Html {
  if (counts.length === 0) return html`<div id="counts" hidden></div>`;
  // Calm first: the eye finds the few at the end.
  const items = counts.toReversed().map(({ outcome, count }) => {
    const view = outcomeView(outcome);
    const on = outcome === chosen;
    const href = queryHref('/', { q: query, state: on ? null : outcome });
    const current = on ? html` aria-current="true"` : '';
    const undo = on ? html`<span class="vh">, shown alone; show all</span>` : '';
    return html`<li><a class="chip ${view.tone}" href="${href}"${current}>${icon(view.icon)}<b>${count}</b> ${view.word}${undo}</a></li>`;
  });
  return html`<ul id="counts" class="chips" aria-label="Workloads by state">${items}</ul>`;
}
