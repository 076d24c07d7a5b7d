// The last deploys, or looks of a monitor, as bars, oldest left: the height tells the result, the colour repeats it, the label says it.
import { deployView, type Tone } from '../../core/status-view.ts';
import { count } from '../../core/words-names.ts';
import type { DeployStatus } from '../../model/outcome.ts';
import type { MonitorRow } from '../../model/record.ts';
import { type Html, html } from './html.ts';

const HEIGHT = 14;
const STRIDE = 6;
export const MOST_BARS = 12;

interface Bar {
  tone: Tone;
  word: string;
}

/** `results`, newest first as the store gives them. */
export function historyBars(results: readonly DeployStatus[]): Html {
  if (results.length === 0) return html`<span class="muted">none yet</span>`;
  return barsOf(results.map(deployView), 'deploy');
}

/** What a monitor saw, newest first: bad answers that do not count as down yet are half as bad. */
export function lookBars(looks: readonly Pick<MonitorRow, 'ok' | 'state'>[]): Html {
  return barsOf(
    looks.map(({ ok, state }): Bar => {
      if (ok) return { tone: 'ok', word: 'up' };
      return state === 'down' ? { tone: 'bad', word: 'down' } : { tone: 'warn', word: 'without an answer' };
    }),
    'look',
  );
}

/** One path per tone: bars as single nodes were half of the page. */
function barsOf(newest: readonly Bar[], noun: string): Html {
  const bars = newest.slice(0, MOST_BARS).toReversed();
  const paths = new Map<Tone, string>();
  bars.forEach(({ tone }, index) => {
    const height = tone === 'ok' ? HEIGHT : tone === 'warn' ? 10 : 6;
    const path = `M${index * STRIDE} ${HEIGHT - height}h4v${height}h-4z`;
    paths.set(tone, (paths.get(tone) ?? '') + path);
  });
  const drawn = [...paths].map(([tone, path]) => html`<path class="${tone}" d="${path}"/>`);
  return html`<svg class="bars" width="72" height="${HEIGHT}" role="img" aria-label="${labelOf(bars, noun)}">${drawn}</svg>`;
}

function labelOf(bars: readonly Bar[], noun: string): string {
  const counts = new Map<string, number>();
  for (const { word } of bars) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].map(([word, n]) => `${n} ${word}`).join(', ');
  const last = bars.at(-1);
  return `${count(bars.length, noun)}: ${words}${last === undefined ? '' : `; the last ${last.word}`}`;
}
