// Something to tell that is not a state of a workload: a problem, an empty list, a part that could not be shown.
import type { StateView } from '../../core/status-view.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';

export function notice(view: Pick<StateView, 'tone' | 'icon'>, body: Html): Html {
  return html`<div class="card notice ${view.tone}">${icon(view.icon)}<div>${body}</div></div>`;
}

/** Where a list would be: one sentence, and what to do next if anything. */
export function empty(body: Html): Html {
  return html`<p class="empty">${body}</p>`;
}
