// Where in a long list we are, and the way on.
import { type Html, html } from './html.ts';

export interface PagerView {
  /** From 1. */
  first: number;
  last: number;
  total: number;
  previous: string | null;
  next: string | null;
  all: string | null;
}

export function pager({ first, last, total, previous, next, all }: PagerView): Html {
  if (total === 0) return html``;
  const whole = first === 1 && last === total;
  const shown = whole ? `All ${total} shown.` : `${first} to ${last} of ${total} shown.`;
  const link = (href: string | null, word: string) =>
    href === null ? '' : html` <a href="${href}">${word}</a>`;
  return html`<p class="pager">${shown}${link(previous, 'Previous')}${link(next, 'Next')}${link(all, 'Show all')} <span id="moved" hidden><span></span> <a href="">Sort again</a></span></p>`;
}
