// A command to paste, where another page would have a button: this page only reads.
import { type Html, html } from './html.ts';

/** The script adds a copy button where the browser has a clipboard. */
export function command(text: string): Html {
  return html`<code class="cmd" data-copy>${text}</code>`;
}

export function commands(texts: readonly string[]): Html {
  return texts.length === 0
    ? html``
    : html`<p class="cmds">${texts.map((text) => html`${command(text)} `)}</p>`;
}
