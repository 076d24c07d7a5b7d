// Tells an error to whoever listens: people on stderr, programs in the answer.
import { answer } from '../core/json-envelope.ts';
import type { Clock } from '../ports/clock.ts';
import { complaintLines, complaintOf } from './complaint.ts';
import type { Environment } from './terminal/colour.ts';
import { createScreen, type Stream } from './terminal/screen.ts';

export interface Listeners {
  argv: readonly string[];
  env: Environment;
  stdout: Stream;
  stderr: Stream;
  clock: Clock;
}

/** To people on stderr; to programs, which read the answer, as an object of its own kind. */
export function complainTo({ argv, stdout, stderr, env, clock }: Listeners, error: unknown): void {
  const complaint = complaintOf(error);
  if (argv.some((word, index) => /^(--output=|-o=?)?jsonl?$/.test(word) && isOutput(argv, index))) {
    const { reason, message, hint, evidence } = complaint;
    const object = answer('Error', clock.nowMs(), { reason, message, hint, evidence: [...evidence] });
    stdout.write(`${JSON.stringify(object)}\n`);
    return;
  }
  const colour = argv.includes('--no-color') ? 'never' : argv.includes('--color') ? 'always' : 'auto';
  const screen = createScreen(stderr, { colour, env });
  for (const line of complaintLines(complaint, screen.dim)) screen.line(line);
  if (complaint.reason === 'Unexpected' && (argv.includes('-v') || argv.includes('--verbose')))
    screen.line(error instanceof Error ? (error.stack ?? '') : String(error));
}

/** `json` right behind -o, or in one word with it. */
function isOutput(argv: readonly string[], index: number): boolean {
  const word = argv[index] ?? '';
  return word.startsWith('-') || argv[index - 1] === '-o' || argv[index - 1] === '--output';
}
