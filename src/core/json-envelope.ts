// The frame of every JSON answer: its version, what it is, and when it was true.

export interface AnswerHead {
  api_version: 'tinyforge/v1';
  kind: string;
  /** RFC 3339, UTC, milliseconds. */
  generated_at: string;
}

/** One versioned object. Within v1 keys are only ever added. */
export function answer<T extends object>(kind: string, nowMs: number, rest: T): AnswerHead & T {
  return { api_version: 'tinyforge/v1', kind, generated_at: new Date(nowMs).toISOString(), ...rest };
}

/** RFC 3339 in UTC with milliseconds, or null for never. */
export function time(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
