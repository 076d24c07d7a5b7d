// Moments in words, in a time zone that is given: clock times, dates, and full stamps.
import { age } from './time-words.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEK_MS = 7 * 24 * 3600 * 1000;

/** UTC, RFC 3339 with milliseconds: `2026-11-21T14:02:11.304Z`. */
export function stamp(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** `14:02` in the zone (IANA name, such as `Europe/Vienna`). */
export function clockTime(atMs: number, timeZone: string): string {
  const { hour, minute } = parts(atMs, timeZone);
  return `${two(hour)}:${two(minute)}`;
}

/** `11 Nov`, in another year than now `11 Nov 2025`. */
export function date(atMs: number, nowMs: number, timeZone: string): string {
  const at = parts(atMs, timeZone);
  const year = parts(nowMs, timeZone).year === at.year ? '' : ` ${at.year}`;
  return `${at.day} ${MONTHS[at.month - 1]}${year}`;
}

/** `today 14:02`, `18 Nov 09:12`. */
export function dateAndTime(atMs: number, nowMs: number, timeZone: string): string {
  return `${sameDay(atMs, nowMs, timeZone) ? 'today' : date(atMs, nowMs, timeZone)} ${clockTime(atMs, timeZone)}`;
}

/** `14:02:47` today, `18 Nov 09:12` before: for lines that follow each other. */
export function dayAndSecond(atMs: number, nowMs: number, timeZone: string): string {
  if (!sameDay(atMs, nowMs, timeZone)) return dateAndTime(atMs, nowMs, timeZone);
  // Zones differ by whole minutes from each other, at least since there are computers.
  return `${clockTime(atMs, timeZone)}:${two(new Date(atMs).getUTCSeconds())}`;
}

/** For `since …`: `14:02` today, `18 Nov` before. */
export function since(atMs: number, nowMs: number, timeZone: string): string {
  return sameDay(atMs, nowMs, timeZone) ? clockTime(atMs, timeZone) : date(atMs, nowMs, timeZone);
}

/** An age for the first week, `26 min`; then the date, `11 Nov`. */
export function ageOrDate(atMs: number, nowMs: number, timeZone: string): string {
  const ms = nowMs - atMs;
  return ms < WEEK_MS ? age(ms) : date(atMs, nowMs, timeZone);
}

function sameDay(aMs: number, bMs: number, timeZone: string): boolean {
  const a = parts(aMs, timeZone);
  const b = parts(bMs, timeZone);
  return a.year === b.year && a.month === b.month && a.day === b.day;
}

interface DateParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

// Month names are ours: "Sep" is "Sept" in some versions of the platform's tables.
function parts(atMs: number, timeZone: string): DateParts {
  const found = { year: 0, month: 1, day: 1, hour: 0, minute: 0 };
  const format = formatter(timeZone);
  for (const { type, value } of format.formatToParts(new Date(atMs))) {
    if (type in found) found[type as keyof DateParts] = Number(value);
  }
  return found;
}

// Making a formatter costs more than using it a hundred times.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  });
  formatters.set(timeZone, made);
  return made;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
