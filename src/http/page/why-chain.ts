// Why a workload is as it is, cause by cause, on a rail.
import type { Icon, Tone } from '../../core/status-view.ts';
import { commands } from './command.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { section } from './section.ts';

export interface WhyView {
  tone: Tone;
  icon: Icon;
  text: Html;
  /** The other side's own words: a probe's body, the last lines of a log. */
  evidence: readonly string[];
  commands: readonly string[];
}

export function whyChain(links: readonly WhyView[]): Html {
  const items = links.map(
    (link) =>
      html`<li><span class="${link.tone}">${icon(link.icon)}</span><div><p>${link.text}</p>${evidence(link.evidence)}${commands(link.commands)}</div></li>`,
  );
  return section({ id: 'why', title: 'Why', body: html`<ol class="card rail">${items}</ol>` });
}

function evidence(lines: readonly string[]): Html {
  return lines.length === 0 ? html`` : html`<pre class="evidence">${lines.join('\n')}</pre>`;
}
