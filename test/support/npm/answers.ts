// What the double answers when it does not do what was asked, with the statuses and words of the recorded exchanges.
import type { Quirks } from './quirks.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** A download; then the body is bytes. */
  readonly contentType?: string;
  /** Of a redirect. */
  readonly location?: string;
}

export interface Refusal extends Error {
  readonly answer: { readonly status: number; readonly body: { readonly error: Record<string, unknown> } };
  /** What is added under `debug` where a path tells that. */
  readonly previous?: unknown;
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'answer' in error;
}

/** An error to throw; it becomes the answer. */
export function refusal(status: number, message: string, i18n?: unknown): Refusal {
  const error = { code: status, message, ...(i18n === undefined ? {} : { message_i18n: i18n }) };
  return Object.assign(new Error(message), { answer: { status, body: { error } } });
}

/** What was sent does not do. */
export function invalid(message: string): Refusal {
  return refusal(400, message);
}

/** An object that is not there, or is not the caller's to see. */
export function missing(quirks: Quirks, id: number | string): Refusal {
  return refusal(404, `${quirks.missing} - ${id}`);
}

/** No token, or one that may not do this. From 2.13.0 to 2.15.1 it reads like a path that is not there. */
export function notAllowed(quirks: Quirks, path: string): Refusal {
  return quirks.notAllowed === 'forbidden'
    ? refusal(403, 'Permission Denied')
    : refusal(404, `Not Found - ${path}`);
}

/** Something broke inside; `previous` is told where a path tells it. */
export function internalError(quirks: Quirks, previous?: unknown): Refusal {
  const message = 'Internal Error';
  const error = quirks.codeIn500 ? { code: 500, message } : { message };
  return Object.assign(new Error(message), { answer: { status: 500, body: { error } }, previous });
}
