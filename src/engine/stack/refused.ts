// Why a stack is not resolved or not brought up; what is wrong with its files is one fault with every problem, each with its place.
import { type Fault, fault, isFault } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { Secrets } from '../../ports/secrets.ts';

export interface StackRefused extends Fault {
  readonly problems: readonly Problem[];
}

/** Paths and keys of the resolved model may hold what a variable put there. */
export function redacted(problems: readonly Problem[], { redact }: Pick<Secrets, 'redact'>): Problem[] {
  const plain = (text: string | null) => (text === null ? null : redact(text));
  return problems.map((entry) => ({
    ...entry,
    message: redact(entry.message),
    hint: plain(entry.hint),
    path: plain(entry.path),
  }));
}

/** The first problem speaks for all; who knows of `problems` shows the rest too. */
export function stackRefused(problems: readonly Problem[]): StackRefused {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const error = fault({
    code: 'STACK_REFUSED',
    reason: first?.reason ?? 'StackRefused',
    message:
      first === undefined ? 'This stack cannot be resolved.' : `${placeOf(first)}${first.message}${more}`,
    hint: first?.hint ?? undefined,
    disposition: 'stalled',
  });
  return Object.assign(error, { problems });
}

/** The problems that a fault carries; none for other errors. */
export function problemsOf(error: unknown): readonly Problem[] {
  return isFault(error) && 'problems' in error ? (error as StackRefused).problems : [];
}

function placeOf({ file, line, column }: Problem): string {
  if (file === null) return '';
  return line === null ? `${file}: ` : `${file}:${line}${column === null ? '' : `:${column}`} `;
}

/** What is brought up must be what was planned. */
export function stackChanged(unit: string): Fault {
  return fault({
    code: 'STACK_CHANGED',
    reason: 'StackChanged',
    message: `The files of ${unit} changed after the plan was made.`,
    hint: 'It is planned again.',
    disposition: 'conflict',
  });
}

export function nothingGood(unit: string): Fault {
  return fault({
    code: 'NOTHING_GOOD',
    reason: 'NothingGood',
    message: `No earlier files of ${unit} are kept that could be brought up again.`,
    disposition: 'stalled',
  });
}
