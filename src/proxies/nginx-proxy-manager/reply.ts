// What an answer of the API is: a value, a refusal, "log in again", or nothing that can be used.
import type { Answer } from '../exchange.ts';
import { withoutKeyTexts } from './without-keys.ts';

/** Throws on what is no JSON. */
export type ParseText = (body: string) => unknown;

export type Reply =
  | { type: 'value'; value: unknown }
  /** 400 and 404 about the request itself, in the proxy's words. */
  | { type: 'refused'; status: number; why: string }
  /** Any of the forms in which it says that the token is not good, or may not do this. */
  | { type: 'not-allowed'; status: number; why: string }
  /** 5xx: a write may have happened all the same. */
  | { type: 'broken'; status: number; why: string }
  /** Its own nginx answers in its place: it is down, starting, or too slow. A write may have happened all the same. */
  | { type: 'broken'; status: number; why: string; isFrontAlone: true };

/** What nginx says of an upstream that it cannot have an answer of; the API itself has none of these. */
const FRONT_STATUSES: readonly number[] = [502, 503, 504];

/**
 * Versions differ: no token is 403 up to 2.12, 404 with the path in 2.13 to 2.15, and 403 again after; an expired one is
 * 401 or 400; a damaged one is 500. A 404 about an object names its id, one about the account names the path.
 */
export function readReply(
  answer: Answer,
  { redact, parse = JSON.parse }: { redact: (text: string) => string; parse?: ParseText | undefined },
): Reply {
  const { status } = answer;
  const value = parsed(answer.body, parse);
  if (status >= 200 && status < 300) {
    return value === undefined
      ? { type: 'broken', status, why: 'what it answered is not JSON' }
      : { type: 'value', value };
  }
  const words = wordsOf(value);
  // Whole, for a part of a secret is not known again.
  const why = words === null ? `it answered ${status}` : redact(withoutKeyTexts(words));
  if (status === 401 || status === 403) return { type: 'not-allowed', status, why };
  if (status === 404 && /^Not Found - \//.test(why)) return { type: 'not-allowed', status, why };
  if (status === 400 && isExpired(value, why)) return { type: 'not-allowed', status, why };
  if (status >= 400 && status < 500 && words !== null) return { type: 'refused', status, why };
  if (words === null && FRONT_STATUSES.includes(status))
    return {
      type: 'broken',
      status,
      why: `only its own web server answers (${status}): it is down or starting behind that`,
      isFrontAlone: true,
    };
  return { type: 'broken', status, why };
}

function parsed(body: string, parse: ParseText): unknown {
  try {
    return parse(body);
  } catch {
    return undefined;
  }
}

/** The shape is `{"error":{"code":400,"message":"…"}}`; `debug` of it holds command lines and is never read. */
function wordsOf(value: unknown): string | null {
  const message = errorOf(value).message;
  return typeof message === 'string' ? message : null;
}

function isExpired(value: unknown, why: string): boolean {
  const name = (errorOf(value).message_i18n as { name?: unknown } | null | undefined)?.name;
  return name === 'TokenExpiredError' || name === 'JsonWebTokenError' || /token has expired|jwt /i.test(why);
}

function errorOf(value: unknown): Record<string, unknown> {
  const error = (value as { error?: unknown } | null | undefined)?.error;
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
}
