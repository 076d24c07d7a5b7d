// When to paint, and with which of the sixteen colours (so that the user's theme wins).
import type { Tone } from '../../core/words.ts';

/** Asked for by flag; `auto` looks at the stream and the environment. */
export type ColourWish = 'auto' | 'always' | 'never';

export type Environment = Readonly<Record<string, string | undefined>>;

const CODES: Readonly<Record<Tone, number>> = {
  bad: 31,
  warn: 33,
  held: 35,
  busy: 34,
  wait: 90,
  off: 90,
  ok: 32,
};

/** The flag decides, then FORCE_COLOR, NO_COLOR, TERM=dumb, and at last whether it is a terminal. */
export function wantsColour(wish: ColourWish, isTerminal: boolean, env: Environment): boolean {
  if (wish !== 'auto') return wish === 'always';
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return isTerminal && env.TERM !== 'dumb';
}

export function paint(tone: Tone, text: string): string {
  return text === '' ? '' : `\x1b[${CODES[tone]}m${text}\x1b[39m`;
}

/** Whether the terminal shows more than ASCII; the first of these that is set decides, as in the C library. */
export function speaksUtf8(env: Environment): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return locale !== undefined && /utf-?8/i.test(locale);
}
