// How a command says that it could not do what was asked: one sentence, the reason in brackets, and a hint.
import { cutEnd } from '../core/words-names.ts';
import { type Fault, fault, isFault } from '../model/errors.ts';

const USAGE = 'CommandLineWrong';

/** The command line cannot be understood: exit 64. */
export function usage(message: string, hint: string | null = null): Fault {
  return fault({
    code: 'COMMAND_LINE_WRONG',
    reason: USAGE,
    message,
    hint: hint ?? undefined,
    disposition: 'stalled',
  });
}

export function isUsage(error: unknown): boolean {
  return isFault(error) && (error.reason === USAGE || error.reason === 'UnknownWorkload');
}

export interface Complaint {
  reason: string;
  message: string;
  hint: string | null;
  /** Further lines, such as each problem of a configuration. */
  evidence: readonly string[];
}

/** What to tell of any error. One that nobody foresaw is called so, with its own words. */
export function complaintOf(error: unknown): Complaint {
  if (isFault(error))
    return { reason: error.reason, message: error.message, hint: error.hint, evidence: error.evidence };
  const words = error instanceof Error ? error.message : String(error);
  return {
    reason: 'Unexpected',
    message: `This was not foreseen: ${cutEnd(words, 200)}`,
    hint: 'This is a fault in Tinyforge; with -v its origin is shown.',
    evidence: [],
  };
}

/** Lines for a person. A wrong command line needs no reason in brackets. */
export function complaintLines(complaint: Complaint, dim: (text: string) => string): string[] {
  const sentence = /[.!?]$/.test(complaint.message) ? complaint.message : `${complaint.message}.`;
  const reason = complaint.reason === USAGE ? '' : ` ${dim(`(${complaint.reason})`)}`;
  return [
    `tinyforge: ${sentence}${reason}`,
    ...complaint.evidence.map((line) => `  ${line}`),
    ...(complaint.hint === null ? [] : [`${dim('hint:')} ${complaint.hint}`]),
  ];
}
