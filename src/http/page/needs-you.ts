// What needs a person: the reason stands beside the state, and the commands that help are ready to paste.
import type { StateView } from '../../core/status-view.ts';
import { commands } from './command.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { absent, section } from './section.ts';

export interface NeedView {
  /** What it is about: a workload, a source, a place in a file. */
  name: string;
  /** Its page, if it has one. */
  href: string | null;
  state: StateView;
  when: Html | null;
  body: Html;
  commands: readonly string[];
}

export function needsYou(needs: readonly NeedView[]): Html {
  if (needs.length === 0) return absent('needs');
  return section({
    id: 'needs',
    title: 'Needs you',
    body: html`<ul class="card list">${needs.map(card)}</ul>`,
  });
}

function card(need: NeedView): Html {
  const { name, href, state, when } = need;
  const title = href === null ? html`<b>${name}</b>` : html`<a class="name" href="${href}">${name}</a>`;
  return html`<li class="need">${html`<span class="${state.tone}">${icon(state.icon)}</span>`}<div class="body"><p class="head"><span>${title} <b class="${state.tone}">${state.word}</b></span>${
    when === null ? '' : html`<span class="when">${when}</span>`
  }</p><p class="text">${need.body}</p>${commands(need.commands)}</div></li>`;
}
