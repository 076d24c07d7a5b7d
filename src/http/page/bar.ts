// The bar on top: where you are, and whether what you see is live.
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { agoTag, type Moment, sinceTag } from './moment.ts';

export type NavKey = 'workloads' | 'deploys' | 'routes' | 'events';

export interface BarView {
  /** Null on pages that belong to none. */
  current: NavKey | null;
  /** Links only to what exists. */
  routes: 'some' | 'none';
  lastPassMs: number | null;
}

const LINKS: readonly { key: NavKey; href: string; word: string }[] = [
  { key: 'workloads', href: '/', word: 'Workloads' },
  { key: 'deploys', href: '/deploys', word: 'Deploys' },
  { key: 'routes', href: '/routes', word: 'Routes' },
  { key: 'events', href: '/events', word: 'Events' },
];

export function bar(view: BarView, moment: Moment): Html {
  const links = LINKS.filter(({ key }) => key !== 'routes' || view.routes === 'some').map(
    ({ key, href, word }) => {
      const current = key === view.current ? html` aria-current="page"` : '';
      return html`<li><a href="${href}"${current}>${word}</a></li>`;
    },
  );
  // The word is the script's: without it, or once the stream is lost, nothing here claims to be live.
  return html`<header class="bar"><div class="wrap"><a class="brand" href="/">${icon('mark')}Tinyforge</a><p class="live"><span class="dot" aria-hidden="true"></span><span id="live-word">As of ${sinceTag(moment.nowMs, moment)}</span><noscript> <a href="">Reload</a></noscript>${lastPass(view.lastPassMs, moment)}</p><nav aria-label="Pages"><ul>${links}</ul></nav></div></header>`;
}

/** Its own part, renewed after each pass. */
export function lastPass(lastPassMs: number | null, moment: Moment): Html {
  const text = lastPassMs === null ? html`no pass yet` : html`last pass ${agoTag(lastPassMs, moment)}`;
  return html`<span id="live"> · ${text}</span>`;
}
