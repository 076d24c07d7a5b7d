// One bounded exchange with a registry: a deadline, few redirects, none to where it must not lead, no endless body.
import type { ReadableStream } from 'node:stream/web';
import { isSafeForPasswords } from './endpoint.ts';
import { leadsToPrivate } from './private-address.ts';

export interface Exchange {
  method: 'GET' | 'HEAD';
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** Sent to the host of `url` only, and only where passwords may travel; never to where a redirect leads. */
  authorization: string | null;
  maxBytes: number;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Uint8Array;
}

export interface Http {
  /** Rejects with the error of fetch, a TimeoutError, or an Error that says which bound was broken. */
  exchange(request: Exchange): Promise<Answer>;
}

const TIMEOUT_MS = 15_000;
const MAX_REDIRECTS = 3;

export function createHttp(deps: {
  fetch: typeof fetch;
  resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
}): Http {
  async function exchange(request: Exchange): Promise<Answer> {
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    let url = request.url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const isSame = url.origin === request.url.origin;
      const mayCarry = request.authorization !== null && isSame && isSafeForPasswords(url);
      const headers: Record<string, string> = { ...request.headers };
      if (mayCarry && request.authorization !== null) headers.authorization = request.authorization;
      const response = await deps.fetch(url, { method: request.method, headers, redirect: 'manual', signal });
      const next = redirectOf(response, url);
      if (next === null) {
        const body =
          request.method === 'HEAD' ? new Uint8Array() : await readBounded(response, request.maxBytes);
        return { status: response.status, headers: response.headers, body };
      }
      await response.body?.cancel();
      await judgeRedirect(url, next);
      url = next;
    }
    throw new Error(`it redirects more than ${MAX_REDIRECTS} times`);
  }

  async function judgeRedirect(from: URL, to: URL): Promise<void> {
    if (to.origin === from.origin) return;
    if (to.protocol !== 'https:')
      throw new Error(`it redirects to ${to.protocol}//${to.host}, which is not encrypted`);
    if (await leadsToPrivate(to.hostname, deps.resolve)) {
      throw new Error(`it redirects to ${to.host}, a private address`);
    }
  }

  return { exchange };
}

function redirectOf(response: Response, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(response.status)) return null;
  const location = response.headers.get('location') ?? '';
  if (!URL.canParse(location, from.href)) throw new Error('it redirects to nowhere');
  const next = new URL(location, from);
  next.username = '';
  next.password = '';
  return next;
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop ends the stream.
  for await (const chunk of (response.body ?? []) as ReadableStream<Uint8Array>) {
    length += chunk.byteLength;
    if (length > maxBytes) throw new Error(`its answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
