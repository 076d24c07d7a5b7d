// What a delivery was about, in one line for the diary. Nothing of it is ever fetched.
import type { Hint } from '../../ports/receiver.ts';

export function kindOf(hints: readonly Hint[]): Hint['kind'] {
  return (hints.find((hint) => hint.kind === 'git' || hint.kind === 'image') ?? hints[0])?.kind ?? 'ignored';
}

export function summaryOf(hints: readonly Hint[]): string {
  const lines = hints.map(lineOf);
  const text = [...new Set(lines)].join(', ');
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

function lineOf(hint: Hint): string {
  switch (hint.kind) {
    case 'git':
      return `${hint.repository} ${hint.ref}${hint.deleted ? ' deleted' : ''}`;
    case 'image':
      return `${hint.repository}:${hint.tag ?? hint.digest ?? '?'}`;
    case 'ping':
      return 'ping';
    case 'ignored':
      return hint.why;
  }
}
