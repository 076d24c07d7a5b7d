// A problem: something a person wrote or set that keeps us from doing what they meant.

export type Severity = 'error' | 'warning' | 'info';

/** The same shape on the terminal, in JSON and on the page (absent parts are null, so that scripts need no guards). */
export interface Problem {
  severity: Severity;
  /** Stable and CamelCase: `UnknownKey`. */
  reason: string;
  /** What happened: one sentence, at most 160 characters, subject first, no apology. */
  message: string;
  /** What it means for what runs. */
  effect: string | null;
  /** A command or an edit that helps. */
  hint: string | null;
  /** What we do by ourselves, and when. */
  next: string | null;
  workload: string | null;
  source: string | null;
  file: string | null;
  /** From 1. */
  line: number | null;
  /** From 1, in characters of the line. */
  column: number | null;
  /** The path inside the document, as in `stages › prod › replicas`. */
  path: string | null;
}
