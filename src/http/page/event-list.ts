// What happened, newest first.
import type { EventRow } from '../../model/record.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { unitHref } from './links.ts';
import { type Moment, whenTag } from './moment.ts';
import { empty } from './notice.ts';
import { withCode } from './prose.ts';

/** `long` adds the reason and makes the workload a link. */
export function eventList(
  events: readonly EventRow[],
  facts: { moment: Moment; detail: 'short' | 'long' },
): Html {
  if (events.length === 0) return empty(html`Nothing happened yet.`);
  return html`<ul class="card list events">${events.map((event) => line(event, facts))}</ul>`;
}

function line(event: EventRow, { moment, detail }: { moment: Moment; detail: 'short' | 'long' }): Html {
  const severe = event.severity === 'info' ? '' : severityMark(event.severity);
  const unit =
    event.unit === null
      ? ''
      : detail === 'long'
        ? html`<a href="${unitHref(event.unit)}">${event.unit}</a>: `
        : html`${event.unit}: `;
  const reason = detail === 'long' ? html` <span class="muted">${event.reason}</span>` : '';
  return html`<li><span class="when">${whenTag(event.atMs, moment)}</span><span>${severe}${unit}${text(event)}${reason}</span></li>`;
}

/** Behind `shop/prod: ` a sentence goes on in small letters, and the unit is not named twice. */
function text(event: EventRow): Html {
  const message =
    event.unit !== null && event.message.startsWith(`${event.unit} `)
      ? event.message.slice(event.unit.length + 1)
      : event.message;
  return withCode(message);
}

function severityMark(severity: 'warn' | 'error'): Html {
  const [tone, shape, word] =
    severity === 'warn'
      ? (['warn', 'triangle', 'Warning: '] as const)
      : (['bad', 'octagon', 'Error: '] as const);
  return html`<span class="${tone}">${icon(shape)}<span class="vh">${word}</span></span> `;
}
