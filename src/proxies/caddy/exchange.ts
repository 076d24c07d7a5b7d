// One request and its answer over HTTP: a connection of its own, bounded in time and size, never following where it is sent.
import type { ClientRequest, IncomingHttpHeaders, RequestOptions } from 'node:http';

// `import` from node:http reads every export, `WebSocket` too, which loads all of fetch.
const { request: plain } = process.getBuiltinModule('node:http');

export interface Exchange {
  url: URL;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
  timeoutMs: number;
  signal: AbortSignal;
  /** What comes after these is not read. */
  maxBytes: number;
  /** The name that TLS is asked for. The address is our own proxy's; who answers is known by its secret answer. */
  serverName?: string | undefined;
}

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
  durationMs: number;
}

/**
 * Rejects with the network's error or the signal's reason; any status is an answer. The connection is new each time:
 * a kept one may belong to workers of an earlier configuration, which say nothing about what is served now.
 */
export function exchange({ url, ...of }: Exchange): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  if (of.signal.aborted) return Promise.reject(of.signal.reason);
  const startedMs = performance.now();
  const options: RequestOptions & { servername?: string; rejectUnauthorized?: boolean } = {
    method: of.method,
    agent: false,
    headers: {
      ...of.headers,
      ...(of.body === undefined ? {} : { 'content-length': Buffer.byteLength(of.body) }),
    },
    ...(of.serverName === undefined ? {} : { servername: of.serverName, rejectUnauthorized: false }),
  };
  const call: ClientRequest = requesterOf(url)(url, options);
  const timer = setTimeout(
    () => call.destroy(new Error(`no answer in ${of.timeoutMs / 1000} s`)),
    of.timeoutMs,
  );
  const abort = (): void => void call.destroy(of.signal.reason as Error);
  of.signal.addEventListener('abort', abort, { once: true });
  call.once('close', () => {
    clearTimeout(timer);
    of.signal.removeEventListener('abort', abort);
    reject(new Error('the connection was cut'));
  });
  call.once('error', reject);
  call.once('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = (): void => {
      resolve({
        status: response.statusCode ?? 0,
        headers: flat(response.headers),
        body: Buffer.concat(chunks).subarray(0, of.maxBytes).toString('utf8'),
        durationMs: performance.now() - startedMs,
      });
      call.destroy();
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= of.maxBytes) done();
    });
    response.once('end', done);
    response.once('error', reject);
  });
  call.end(of.body);
  return promise;
}

function requesterOf({ protocol }: URL): typeof plain {
  return protocol === 'https:' ? process.getBuiltinModule('node:https').request : plain;
}

/** What is broken, in words. */
export function networkWords(error: unknown): string {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  return WORDS[code] ?? (error instanceof Error ? error.message : String(error));
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'its name is not known',
  EHOSTUNREACH: 'its machine is not reachable',
  ENETUNREACH: 'its network is not reachable',
  ETIMEDOUT: 'the connection timed out',
};

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
