// One request and its answer over HTTP: bounded in time and size, never following where it is sent.
import type http from 'node:http';
import type https from 'node:https';

// Each is loaded where an address needs it: most commands ask no proxy. An `import` of node:http reads every export,
// `WebSocket` too, which loads all of fetch.
const plain = (): typeof http => process.getBuiltinModule('node:http');
const secure = (): typeof https => process.getBuiltinModule('node:https');

export interface Exchange {
  url: URL;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers: Readonly<Record<string, string>>;
  body?: string | Buffer | undefined;
  timeoutMs: number;
  signal: AbortSignal;
  /** What comes after these is not read. */
  maxBytes: number;
  /**
   * Whose connections are used again. Without them it opens one for this request alone: a kept one may belong to workers
   * of an earlier configuration, which say nothing about what is served now.
   */
  agents?: Agents | undefined;
  /** Our own proxy under a name that it has no certificate for: who it is, is known by its secret answer. */
  certificate?: { verify: 'no'; serverName: string } | undefined;
}

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
  durationMs: number;
}

/** Of pooled connections: one for each scheme that is used. */
export interface Agents {
  of(protocol: string): http.Agent;
  destroy(): void;
}

export function createAgents(): Agents {
  const options = { keepAlive: true, maxSockets: 8, timeout: 60_000 };
  const made = new Map<string, http.Agent>();
  return {
    of(protocol) {
      const known = made.get(protocol);
      if (known !== undefined) return known;
      const agent = new (protocol === 'https:' ? secure() : plain()).Agent(options);
      made.set(protocol, agent);
      return agent;
    },
    destroy() {
      for (const agent of made.values()) agent.destroy();
    },
  };
}

/** Rejects with the network's error, with one that says that time is up, or with the signal's reason. Any status is an answer. */
export function exchange(request: Exchange): Promise<Answer> {
  const { url, method, headers, body, timeoutMs, signal, maxBytes, agents } = request;
  const isTls = url.protocol === 'https:';
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const sent = (isTls ? secure() : plain()).request(url, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
      agent: agents?.of(url.protocol) ?? false,
      ...(request.certificate === undefined
        ? {}
        : { rejectUnauthorized: false, servername: request.certificate.serverName }),
    });
    const timer = setTimeout(
      () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const abort = (): void => void sent.destroy(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    const fail = (error: unknown): void => {
      end();
      reject(error);
    };
    sent.once('error', fail);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const done = (): void => {
        end();
        resolve({
          status: response.statusCode ?? 0,
          headers: flat(response.headers),
          body: Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8'),
          durationMs: performance.now() - startedMs,
        });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes < maxBytes) return;
        response.removeAllListeners('end');
        response.removeAllListeners('close');
        done();
        response.destroy();
      });
      response.once('end', done);
      response.once('error', fail);
      response.once('close', () => {
        if (!response.complete) fail(new Error('the connection was cut in the middle of the answer'));
      });
    });
    sent.end(body);
  });
}

/** What is broken, without addresses and stacks. */
export function networkWords(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  const known = typeof code === 'string' ? WORDS[code] : undefined;
  if (known !== undefined) return known;
  return typeof code === 'string' ? code : error instanceof Error ? error.message : String(error);
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  EHOSTUNREACH: 'its machine is not reachable',
  ENETUNREACH: 'its network is not reachable',
  ETIMEDOUT: 'the connection timed out',
};

function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
