// Asks the configured Prometheus, and nobody else: one instant query, with a deadline and a bound on the answer.
import { fault } from '../../model/errors.ts';
import type { Measures } from '../../ports/measures.ts';
import type { Secrets } from '../../ports/secrets.ts';

export interface PrometheusDeps {
  /** Its address, with the path it is under where it has one. */
  url: string;
  /** Name of the secret with its bearer token. */
  token: string | null;
  secrets: Pick<Secrets, 'get' | 'redact'>;
  fetch?: typeof fetch;
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** A canary compares a few numbers; who asks for thousands asked for the wrong thing. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const LONGEST_QUOTE = 300;

/** `GET /api/v1/query` (prometheus.io, HTTP API, "Instant queries"). */
export function createPrometheus(deps: PrometheusDeps): Measures {
  const { url, token, secrets, timeoutMs = TIMEOUT_MS } = deps;
  const send = deps.fetch ?? fetch;
  const address = `${url.replace(/\/+$/, '')}/api/v1/query`;

  async function exchange(query: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
    const secret = token === null ? null : secrets.get(token);
    if (token !== null && secret === null) throw new Error(`the secret ${token} with its token is not known`);
    const response = await send(address, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(secret === null ? {} : { authorization: `Bearer ${secret.trim()}` }),
      },
      body: new URLSearchParams({ query }).toString(),
      // Somewhere else is not what was configured.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    return { status: response.status, text: await bounded(response) };
  }

  return {
    async ask(query, signal) {
      const answer = await exchange(query, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw away(url, quote(wordsOf(error), secrets));
      });
      const value = parse(answer.text);
      if (value?.status === 'error' && (value.errorType === 'bad_data' || answer.status === 422))
        throw fault({
          code: 'QUERY_REFUSED',
          reason: 'QueryRefused',
          message: `Prometheus does not take the query: ${quote(String(value.error), secrets)}`,
          hint: 'correct `query` in the manifest',
          disposition: 'stalled',
        });
      if (answer.status !== 200 || value?.status !== 'success')
        throw away(url, `it answered ${answer.status}`);
      return valuesOf(value.data);
    },
  };
}

interface Told {
  status?: unknown;
  errorType?: unknown;
  error?: unknown;
  data?: unknown;
}

function parse(text: string): Told | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' ? (value as Told | null) : null;
  } catch {
    return null;
  }
}

/** Of a vector each sample, of a scalar its one; of a range the last of each series. */
function valuesOf(data: unknown): number[] {
  const { resultType, result } = (data ?? {}) as { resultType?: unknown; result?: unknown };
  if (!Array.isArray(result)) return [];
  const samples: unknown[] =
    resultType === 'scalar'
      ? [result]
      : result.map(
          (one: { value?: unknown; values?: unknown[] } | null) => one?.value ?? one?.values?.at(-1),
        );
  return samples
    .map((sample) => (Array.isArray(sample) ? readNumber(sample[1]) : Number.NaN))
    .filter((value) => !Number.isNaN(value));
}

/** Prometheus writes numbers as texts, infinities as `+Inf` and `-Inf`. */
function readNumber(text: unknown): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return typeof text === 'string' && text !== '' ? Number(text) : Number.NaN;
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop ends the stream.
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > MAX_ANSWER_BYTES) throw new Error(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function away(url: string, why: string) {
  return fault({
    code: 'MEASURES_AWAY',
    reason: 'MeasuresAway',
    message: `Prometheus at ${new URL(url).host} does not answer as it should: ${why}`,
    hint: 'Check `prometheus` in tinyforge.yaml.',
    disposition: 'retry',
  });
}

/** What fetch itself says is that it failed; the cause says why. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

function quote(text: string, { redact }: Pick<Secrets, 'redact'>): string {
  return redact(text)
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .slice(0, LONGEST_QUOTE);
}
