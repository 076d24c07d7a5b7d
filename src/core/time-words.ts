// Ages, durations, dates and sizes in words: number, space, unit.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `now`, `12 s`, `26 min`, `2 h`, `3 d` from milliseconds. A clock that went back reads as `now`. */
export function age(ms: number): string {
  if (ms < SECOND) return 'now';
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** `12 s ago`, `just now`. */
export function ago(ms: number): string {
  return ms < SECOND ? 'just now' : `${age(ms)} ago`;
}

/** `0.4 s`, `1.8 s`, `14 s`, `2 min 5 s`, `3 h 12 min`, `2 d 4 h` from milliseconds. */
export function duration(ms: number): string {
  if (ms <= 0) return '0 s';
  if (ms < 100) return `${Math.max(1, Math.round(ms))} ms`;
  if (ms < 9_950) return `${Number((ms / SECOND).toFixed(1))} s`;
  const s = Math.round(ms / SECOND);
  if (s < 60) return `${s} s`;
  if (s < 3600) return twoUnits(Math.floor(s / 60), 'min', s % 60, 's');
  const min = Math.floor(s / 60);
  if (min < 24 * 60) return twoUnits(Math.floor(min / 60), 'h', min % 60, 'min');
  const h = Math.floor(min / 60);
  return twoUnits(Math.floor(h / 24), 'd', h % 24, 'h');
}

/** `512 B`, `1.2 GB`, `58 MB`: thousands, as engines and registries count. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const shown = unit > 0 && value < 9.95 ? Number(value.toFixed(1)) : Math.round(value);
  return `${shown} ${units[unit]}`;
}

function twoUnits(high: number, highUnit: string, low: number, lowUnit: string): string {
  return low === 0 ? `${high} ${highUnit}` : `${high} ${highUnit} ${low} ${lowUnit}`;
}
