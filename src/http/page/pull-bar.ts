// How far a pull is: bytes of the whole image where they are known, else layers; never a made-up bar.
import { type Html, html, none } from './html.ts';

const BYTES = /(\d+(?:\.\d+)?) of (\d+(?:\.\d+)?) ([kMG]?B)/;
const LAYERS = /(\d+) of (\d+) layers/;

/** Reads `58 of 91 MB, 3 of 7 layers` out of what a step says about itself. */
export function pullBar(detail: string): Html {
  const bytes = BYTES.exec(detail);
  const layers = LAYERS.exec(detail);
  const share = shareOf(bytes) ?? shareOf(layers);
  if (share === null) return none;
  const end = Math.round(share * 1000) / 10;
  const words = [layers?.[0], bytes?.[0]].filter(Boolean);
  return html`<div class="pull"><span>${layers?.[0] ?? ''}</span><svg viewBox="0 0 100 2" preserveAspectRatio="none" role="img" aria-label="${words.join(', ')}"><path class="track" d="M0 1h100"/><path class="fill" d="M0 1h${end}"/></svg><span>${bytes?.[0] ?? ''}</span></div>`;
}

function shareOf(found: RegExpExecArray | null): number | null {
  if (found === null) return null;
  const [part, whole] = [Number(found[1]), Number(found[2])];
  return whole > 0 ? Math.min(1, part / whole) : null;
}
