// What an engine, or a proxy in front of it, answered instead of doing what it was asked.

export interface Refusal {
  status: number;
  /** The engine's own sentence, whole, for what matters may stand at its end; empty for HTML. Quote it bounded. */
  message: string;
  /** An engine refuses in JSON; an HTML page is a proxy's. */
  html: boolean;
}

const REFUSAL = Symbol('refusal');
const QUOTE_LIMIT = 200;

/** An error for an answer of ours that was not the one we wanted. */
export function refusalError(status: number, body: string): Error {
  const refusal = readRefusal(status, body);
  return Object.assign(new Error(`${status} ${refusal.message}`), { [REFUSAL]: refusal });
}

/**
 * The refusal in an error, ours or dockerode's; null for errors of another sort (connection, deadline).
 * dockerode has the parsed JSON in `json`, or a Buffer where the body was no JSON (a proxy's page, plain text of 20.10).
 */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof Error)) return null;
  if (REFUSAL in error) return error[REFUSAL] as Refusal;
  if (!('statusCode' in error) || typeof error.statusCode !== 'number') return null;
  const body = 'json' in error ? error.json : null;
  if (Buffer.isBuffer(body)) return readRefusal(error.statusCode, body.toString());
  if (body !== null && body !== undefined) return readRefusal(error.statusCode, JSON.stringify(body));
  // A stream's body was read by dockerode into the message alone: `(HTTP code 404) unexpected - manifest unknown `.
  return readRefusal(error.statusCode, error.message.replace(/^\(HTTP code \d+\) .*? - /, ''));
}

function readRefusal(status: number, body: string): Refusal {
  const text = body.trim();
  if (/^<(!doctype|html|\?xml)/i.test(text)) return { status, message: '', html: true };
  return { status, message: messageIn(text), html: false };
}

function messageIn(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return value;
    if (typeof value === 'object' && value !== null) {
      if ('message' in value && typeof value.message === 'string') return value.message;
      if ('cause' in value && typeof value.cause === 'string') return value.cause;
    }
  } catch {
    // 20.10 answers some of its 400s in plain text.
  }
  return text;
}

/** A container as a sentence names it: ids are cut to the twelve digits that `docker ps` shows. */
export function shown(container: string): string {
  return /^[0-9a-f]{64}$/.test(container) ? container.slice(0, 12) : container;
}

/** One line, at most 200 characters: what may be quoted in a sentence. */
export function quotable(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= QUOTE_LIMIT ? line : `${line.slice(0, QUOTE_LIMIT - 1)}…`;
}
