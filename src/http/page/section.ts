// A titled part of a page; with an id it can be replaced while the page is open.
import { type Html, type HtmlValue, html, none } from './html.ts';

export function section(facts: {
  id: string;
  title: string;
  /** Beside the title, lighter. */
  aside?: HtmlValue;
  /** At the right end of the title's line. */
  end?: HtmlValue;
  body: HtmlValue;
}): Html {
  const { id, title, aside, end, body } = facts;
  const note = aside === undefined || aside === '' ? '' : html` <span class="aside">${aside}</span>`;
  const heading = html`<h2 id="${id}-title">${title}${note}</h2>`;
  const line = end === undefined ? heading : html`<div class="title-line">${heading}${end}</div>`;
  return html`<section id="${id}" aria-labelledby="${id}-title">${line}${body}</section>`;
}

/** A part that has nothing to show now, but may have later: the place for it stays. */
export function absent(id: string): Html {
  return id === '' ? none : html`<div id="${id}" hidden></div>`;
}
