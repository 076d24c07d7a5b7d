// Text from programs, made harmless: colours become our tones, every other control character goes.
import type { Tone } from '../../core/status-view.ts';
import { type Html, html } from './html.ts';

const COLOURS: Readonly<Record<number, Tone>> = {
  31: 'bad',
  32: 'ok',
  33: 'warn',
  34: 'busy',
  35: 'held',
  36: 'wait',
  90: 'off',
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are looked for
const COLOUR = /\u001b\[([\d;]{0,32})m/;
// Other sequences, what is left of cut ones, C0 and C1, and marks that turn the direction of writing around.
const NOISE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are taken out
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)?|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

export function ansi(text: string): Html {
  const pieces = text.split(COLOUR);
  let tone: Tone | null = null;
  const out: (string | Html)[] = [];
  pieces.forEach((piece, index) => {
    if (index % 2 === 1) {
      tone = toneOf(piece, tone);
      return;
    }
    const plain = piece.replace(NOISE, '');
    if (plain !== '') out.push(tone === null ? plain : html`<span class="${tone}">${plain}</span>`);
  });
  return html`${out}`;
}

function toneOf(codes: string, before: Tone | null): Tone | null {
  let tone = before;
  for (const code of codes.split(';').map(Number)) {
    if (code === 0 || code === 39) tone = null;
    const bright = code >= 91 && code <= 97 ? code - 60 : code;
    tone = COLOURS[bright] ?? tone;
  }
  return tone;
}
