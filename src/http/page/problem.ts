// A problem in its four parts: what, effect, what we do next, hint.
import type { Problem } from '../../model/problem.ts';
import { type Html, html } from './html.ts';
import { prose } from './prose.ts';

/** `forge.d/immich.yaml:9:3`; null where it has no place. */
export function placeText({ file, line, column }: Pick<Problem, 'file' | 'line' | 'column'>): string | null {
  if (file === null) return null;
  return [file, line, column].filter((part) => part !== null).join(':');
}

export function problemText(problem: Problem): Html {
  const place = placeText(problem);
  const where = place === null ? '' : html`<code>${place}</code>: `;
  return html`<span title="${problem.reason}">${where}${prose(problem.message, problem.effect, problem.next, problem.hint)}</span>`;
}
