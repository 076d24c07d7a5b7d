// A state: shape, word and colour, in that order of importance.
import type { StateView } from '../../core/status-view.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';

/** In a table: on the phone the word is kept for those who listen. */
export function stateWord(view: StateView): Html {
  return html`<span class="state ${view.tone}">${icon(view.icon)}<span class="word">${view.word}</span></span>`;
}

/** Beside a title, on the tint of its tone. */
export function pill(view: StateView): Html {
  return html`<span class="pill ${view.tone}">${icon(view.icon)}${view.word}</span>`;
}
