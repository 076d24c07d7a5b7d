// The last deploys as bars, oldest left: the height tells the result, the colour repeats it, the label says it.
import { deployView, type Tone } from '../../core/status-view.ts';
import { count } from '../../core/words-names.ts';
import type { DeployStatus } from '../../model/outcome.ts';
import { type Html, html } from './html.ts';

const HEIGHT = 14;
const STRIDE = 6;
export const MOST_BARS = 12;

/** `results`, newest first as the store gives them. One path per tone: bars as single nodes were half of the page. */
export function historyBars(results: readonly DeployStatus[]): Html {
  if (results.length === 0) return html`<span class="muted">none yet</span>`;
  const bars = results.slice(0, MOST_BARS).toReversed();
  const paths = new Map<Tone, string>();
  bars.forEach((status, index) => {
    const { tone } = deployView(status);
    const height = tone === 'ok' ? HEIGHT : tone === 'warn' ? 10 : 6;
    const path = `M${index * STRIDE} ${HEIGHT - height}h4v${height}h-4z`;
    paths.set(tone, (paths.get(tone) ?? '') + path);
  });
  const drawn = [...paths].map(([tone, path]) => html`<path class="${tone}" d="${path}"/>`);
  return html`<svg class="bars" width="72" height="${HEIGHT}" role="img" aria-label="${labelOf(bars)}">${drawn}</svg>`;
}

function labelOf(bars: readonly DeployStatus[]): string {
  const counts = new Map<string, number>();
  for (const status of bars)
    counts.set(deployView(status).word, (counts.get(deployView(status).word) ?? 0) + 1);
  const words = [...counts].map(([word, n]) => `${n} ${word}`).join(', ');
  const last = bars.at(-1);
  return `${count(bars.length, 'deploy')}: ${words}${last === undefined ? '' : `; the last ${deployView(last).word}`}`;
}
