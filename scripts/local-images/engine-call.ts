// One plain HTTP call to an engine's socket, with a deadline; an answer that is cut counts as an error.
import { request } from 'node:http';
import { Readable } from 'node:stream';

export interface EngineCall {
  readonly socketPath: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** Path and query, without a version. */
  readonly path: string;
  /** A string, bytes or a stream of them are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface EngineAnswer {
  readonly status: number;
  readonly text: string;
  /** For answers that are no text. */
  readonly bytes: Buffer;
}

/** Sends the call and answers whatever the status is. Rejects when there is no whole answer in time. */
export function callEngine(call: EngineCall): Promise<EngineAnswer> {
  const { socketPath, method, path, body, headers = {}, timeoutMs = 60_000 } = call;
  const stream = body instanceof Readable ? body : undefined;
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const payload = body === undefined || stream ? undefined : raw ? body : JSON.stringify(body);
  const type = raw || stream ? 'application/x-tar' : 'application/json';
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        socketPath,
        method,
        path,
        // A connection kept from before a restart of the engine would answer for an engine that is gone.
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          ...(body === undefined ? {} : { 'content-type': type }),
          ...(payload === undefined ? {} : { 'content-length': Buffer.byteLength(payload) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({ status: response.statusCode ?? 0, text: bytes.toString('utf8'), bytes });
        });
        response.on('error', reject);
      },
    );
    outgoing.on('error', (error) => {
      const late = error.name === 'AbortError';
      reject(late ? new Error(`${method} ${path}: no answer within ${timeoutMs / 1000} s`) : error);
    });
    if (stream === undefined) outgoing.end(payload);
    else stream.on('error', reject).pipe(outgoing);
  });
}

/** As {@link callEngine}, for calls that must succeed: the parsed JSON answer. Throws the engine's own message. */
export async function askEngine(call: EngineCall): Promise<unknown> {
  const { status, text } = await callEngine(call);
  if (status >= 400) throw new Error(`${call.method} ${call.path}: ${status} ${text.trim()}`);
  return text.trim() === '' ? undefined : JSON.parse(text);
}
