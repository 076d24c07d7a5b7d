// A page that could not be given, in the same frame: the sentence, the hint, and the way back.
import { html } from '../page/html.ts';
import { notice } from '../page/notice.ts';
import { prose } from '../page/prose.ts';
import type { Refusal } from '../refusal.ts';
import type { PageView } from './page.ts';

export function errorPage(refusal: Refusal): PageView {
  const state =
    refusal.status >= 500
      ? ({ tone: 'bad', icon: 'octagon' } as const)
      : ({ tone: 'warn', icon: 'triangle' } as const);
  const title = refusal.status === 404 ? 'There is no such page' : 'This page cannot be shown';
  const body = html`<p>${prose(refusal.message)}</p><p class="note">${prose(refusal.hint)}</p><p><a href="/">All workloads</a></p>`;
  return {
    status: refusal.status,
    title,
    nav: null,
    main: html`<h1>${title}</h1>${notice(state, body)}`,
    parts: [],
  };
}
