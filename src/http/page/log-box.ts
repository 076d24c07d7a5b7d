// Lines of a log in a box that scrolls; each line has an address.
import type { DeployLogRow } from '../../model/record.ts';
import { ansi } from './ansi.ts';
import { type Html, html } from './html.ts';
import { logTag, type Moment } from './moment.ts';
import { empty } from './notice.ts';

export interface LogView {
  /** `log-314`: of the list, and the beginning of each line's id. */
  id: string;
  label: string;
  lines: readonly { number: number; row: DeployLogRow }[];
}

export function logBox({ id, label, lines }: LogView, moment: Moment): Html {
  if (lines.length === 0) return html`${empty(html`It wrote nothing.`)}<ol id="${id}" hidden></ol>`;
  const items = lines.map((line) => logLine(id, line, moment));
  return html`<div class="log" tabindex="0" role="region" aria-label="${label}"><ol id="${id}">${items}</ol></div>`;
}

export function logLine(id: string, line: LogView['lines'][number], moment: Moment): Html {
  const { level, phase, text, atMs } = line.row;
  const anchor = `${id}-${line.number}`;
  const tone = level === 'error' ? 'bad' : level === 'warn' ? 'warn' : '';
  const word = level === 'info' ? '' : html`<span class="vh">${level}: </span>`;
  const from = phase === 'evidence' ? html`<span class="muted">│ </span>` : '';
  return html`<li id="${anchor}"><a class="at" href="#${anchor}">${logTag(atMs, moment)}</a> <span class="${tone}">${word}${from}${ansi(text)}</span></li>`;
}
