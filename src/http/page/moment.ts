// Points in time as people read them, with the full stamp in reach and, where it is an age, for the script to renew.

import { age, ago } from '../../core/time-words.ts';
import { clockTime, date, dateAndTime, since } from '../../core/time-words-dates.ts';
import { type Html, html } from './html.ts';
import type { RouteAddress } from './route-address.ts';

/** What a page is rendered for: when, in which zone its times are written, and where the routes are found then. */
export interface Moment {
  nowMs: number;
  /** IANA name. */
  timeZone: string;
  addressOf: RouteAddress;
}

const WEEK_MS = 7 * 24 * 3600 * 1000;

/** `26 min`, `2 h`, and from a week on the date. */
export function ageTag(atMs: number, moment: Moment): Html {
  const ms = moment.nowMs - atMs;
  if (ms >= WEEK_MS) return timeTag(atMs, date(atMs, moment.nowMs, moment.timeZone), moment);
  return tag(atMs, age(ms), { moment, renew: 'age' });
}

/** `12 s ago`, and from a week on `on 11 Nov`. */
export function agoTag(atMs: number, moment: Moment): Html {
  const ms = moment.nowMs - atMs;
  if (ms >= WEEK_MS) return timeTag(atMs, `on ${date(atMs, moment.nowMs, moment.timeZone)}`, moment);
  return tag(atMs, ago(ms), { moment, renew: 'ago' });
}

/** `14:02` today, `18 Nov` before. */
export function sinceTag(atMs: number, moment: Moment): Html {
  return timeTag(atMs, since(atMs, moment.nowMs, moment.timeZone), moment);
}

/** `14:02`, on another day `18 Nov 09:12`. */
export function whenTag(atMs: number, moment: Moment): Html {
  const words = dateAndTime(atMs, moment.nowMs, moment.timeZone);
  return timeTag(atMs, words.replace(/^today /, ''), moment);
}

/** `14:02:29.114` for lines of a log. */
export function logTag(atMs: number, moment: Moment): Html {
  const iso = new Date(atMs).toISOString();
  return timeTag(atMs, `${clockTime(atMs, moment.timeZone)}${iso.slice(16, 23)}`, moment);
}

/** Any words for a moment. */
export function timeTag(atMs: number, words: string, moment: Moment): Html {
  return tag(atMs, words, { moment, renew: null });
}

function tag(atMs: number, words: string, facts: { moment: Moment; renew: 'age' | 'ago' | null }): Html {
  const { timeZone } = facts.moment;
  const iso = new Date(atMs).toISOString();
  const year = date(atMs, atMs - 400 * 24 * 3600 * 1000, timeZone);
  const title = `${year} ${clockTime(atMs, timeZone)}:${iso.slice(17, 19)} ${timeZone}`;
  const renew = facts.renew === null ? '' : html` data-renew="${facts.renew}"`;
  return html`<time datetime="${iso}" title="${title}"${renew}>${words}</time>`;
}
