// The nine shapes of the states, told apart in grey, and the mark of the house: one sprite, used by reference.
import { raw } from 'hono/html';
import type { Icon } from '../../core/status-view.ts';
import { type Html, html } from './html.ts';

const SHAPES: Readonly<Record<Icon, string>> = {
  disc: '<path fill="currentColor" d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1"/><path class="cut" d="m4.8 8.3 2.2 2.2 4.3-4.6"/>',
  octagon:
    '<path fill="currentColor" d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z"/><path class="cut" d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8"/>',
  triangle:
    '<path fill="currentColor" d="M8 1.2c.5 0 .9.2 1.1.6l6 11c.5.9-.1 2-1.1 2H2c-1 0-1.6-1.1-1.1-2l6-11c.2-.4.6-.6 1.1-.6"/><path class="cut" d="M8 5.6v4m0 2.1v.6"/>',
  arrow: '<path class="line" d="M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7"/>',
  padlock:
    '<path fill="currentColor" d="M3.5 7h9c.6 0 1 .4 1 1v5.5c0 .6-.4 1-1 1h-9c-.6 0-1-.4-1-1V8c0-.6.4-1 1-1"/><path class="line" d="M5 7V4.8a3 3 0 0 1 6 0V7"/>',
  ring: '<circle class="line faint" cx="8" cy="8" r="6"/><path class="line" d="M8 2a6 6 0 0 1 6 6"/>',
  clock: '<circle class="line" cx="8" cy="8" r="6.2"/><path class="line" d="M8 4.6V8l2.3 1.6"/>',
  out: '<path fill="currentColor" d="M8 2l6 7H2zM2 11h12v3H2z"/>',
  bars: '<path fill="currentColor" d="M3.5 2.5h3v11h-3zm6 0h3v11h-3z"/>',
};

const MARK =
  '<path fill="currentColor" d="M1 7h3V6h11v2c-2 0-3.6 1-4 3h1v2H5v-2h1.2C6 9.5 4.8 9 4 9 2.5 9 1.3 8.3 1 7"/><path class="spark" d="m10 1 .8 1.7 1.7.8-1.7.8L10 6l-.8-1.7-1.7-.8 1.7-.8z"/>';

const COPY = '<path class="line thin" d="M6 5.5h6.5v8H6zM10 5.5V3H3.5v8H6"/>';

/** Stands once at the top of each page; nothing of it is seen there. */
export const sprite: Html = html`<svg class="sprite" width="0" height="0" aria-hidden="true" focusable="false">${[
  ...Object.entries(SHAPES).map(([name, shape]) => symbol(name, shape)),
  symbol('mark', MARK),
  symbol('copy', COPY),
]}</svg>`;

/** Always before the word that says the same: readers who do not see it miss nothing. */
export function icon(name: Icon | 'mark'): Html {
  return html`<svg class="i" width="16" height="16" aria-hidden="true" focusable="false"><use href="#i-${name}"/></svg>`;
}

/** The same shape inside another drawing, at a place of it. */
export function iconAt(name: Icon, x: number, y: number): Html {
  return html`<use href="#i-${name}" x="${x}" y="${y}" width="16" height="16"/>`;
}

/** The tab's icon; with a notch when something needs you. */
export function favicon(needsYou: 'needs-you' | 'calm'): string {
  const notch = needsYou === 'calm' ? '' : '<circle cx="13" cy="13" r="3" fill="#b3201a"/>';
  const anvil = MARK.replace('currentColor', '#857e76').replace('class="spark"', 'fill="#e8590c"');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${anvil}${notch}</svg>`;
}

function symbol(name: string, shape: string): Html {
  return html`<symbol id="i-${name}" viewBox="0 0 16 16">${raw(shape) as Html}</symbol>`;
}
