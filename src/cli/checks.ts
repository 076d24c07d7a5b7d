// The checks of `doctor`, line by line.
import { checkView } from '../core/status-view.ts';
import type { Check } from '../ports/session.ts';
import type { Screen } from './terminal/screen.ts';

export function printChecks(out: Screen, checks: readonly Check[]): void {
  const width = Math.max(0, ...checks.map((check) => check.subject.length)) + 3;
  const words = Math.max(...checks.map((check) => checkView(check.status).word.length)) + 2;
  for (const { status, subject, text, hint } of checks) {
    const view = checkView(status);
    const shape = out.glyph(view);
    const state =
      shape === '' ? out.colour(view.tone, view.word) + ' '.repeat(words - view.word.length) : shape;
    const indent = ' '.repeat((shape === '' ? words : 2) + width);
    out.line(`${state}${subject.padEnd(width)}${text}`);
    if (hint !== null) out.line(`${indent}${out.dim('hint:')} ${hint}`);
  }
}
