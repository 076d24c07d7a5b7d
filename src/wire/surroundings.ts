// What the process has around it.

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  /** Takes one line of the log, with its newline; null where nobody sees the log. */
  writeLog: ((line: string) => void) | null;
  logFormat: 'plain' | 'json';
}
