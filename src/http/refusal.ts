// A request that is not served: its status, and the sentence and hint that the sender gets.

export interface Refusal {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503;
  /** Stable, for programs: `HOST_UNKNOWN`. */
  code: string;
  /** Stable, for people: `HostUnknown`. */
  reason: string;
  message: string;
  hint: string | null;
  headers?: Readonly<Record<string, string>> | undefined;
  /** More of it, for programs: all problems, the patch to commit. */
  details?: Readonly<Record<string, unknown>> | undefined;
}

/** Either what was asked for, or why it is not given. */
export type Answered<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

export function answered<T>(value: T): Answered<T> {
  return { ok: true, value };
}

export function refused(refusal: Refusal): { ok: false; refusal: Refusal } {
  return { ok: false, refusal };
}

/** A request that says something we do not understand. */
export function badRequest(reason: string, message: string, hint: string): Refusal {
  const code = reason.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  return { status: 400, code, reason, message, hint };
}

/** Shows what a stranger sent without letting it fill the sentence: cut, and control characters taken out. */
export function quoted(text: string, most = 60): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are taken out
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
  return `"${plain.length > most ? `${plain.slice(0, most - 1)}…` : plain}"`;
}
