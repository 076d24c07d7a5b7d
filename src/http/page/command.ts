// A command to paste, where another page would have a button: this page only reads.
import { type Html, type HtmlValue, html } from './html.ts';

/** The script adds a button that copies it, where the browser has a clipboard. */
export function command(text: string): Html {
  return html`<span class="cmd"><code data-copy>${text.split(/(?= --)/).map(flagged)}</code></span>`;
}

export function commands(texts: readonly string[]): Html {
  return texts.length === 0
    ? html``
    : html`<p class="cmds">${texts.map((text) => html`${command(text)} `)}</p>`;
}

/** A flag is not torn apart at its dashes where the line is short. */
function flagged(piece: string): HtmlValue {
  return piece.startsWith(' --') ? html` <span class="whole">${piece.slice(1)}</span>` : piece;
}
