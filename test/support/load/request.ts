// One request of a load, judged by the only definition of failure that there is: see `Outcome`.
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A request has failed unless it was answered wholly by one version. There is one excuse, counted apart: it was
 * idempotent, got no byte on a connection that had served before, and its one retry succeeded. A server may close an
 * idle connection at any time, and each client of HTTP/1.1 has to live with that (RFC 9112, 9.3.1).
 */
export type Outcome =
  | { type: 'ok'; version: string; retried: boolean; startMs: number; endMs: number }
  | { type: 'failed'; why: string; startMs: number; endMs: number };

export interface Asked {
  url: URL;
  /** Of the Host header. */
  host: string;
  /** Null opens a connection for this request alone. */
  agent: Agent | null;
  timeoutMs: number;
  /** Which version the whole answer is from; throws where it is from none, or not whole. */
  versionOf(answer: { status: number; headers: IncomingMessage['headers']; body: string }): string;
}

export async function ask(asked: Asked): Promise<Outcome> {
  const startMs = performance.now();
  const first = await attempt(asked);
  const second = first.type === 'untouched' ? await attempt({ ...asked, agent: null }) : first;
  const span = { startMs, endMs: performance.now() };
  if (second.type === 'answered')
    return { type: 'ok', version: second.version, retried: second !== first, ...span };
  return { type: 'failed', why: second.why, ...span };
}

export const keptConnection = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });

type Attempt =
  | { type: 'answered'; version: string }
  /** Nothing came on a connection that had served before. */
  | { type: 'untouched'; why: string }
  | { type: 'broken'; why: string };

function attempt({ url, host, agent, timeoutMs, versionOf }: Asked): Promise<Attempt> {
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  const call: ClientRequest = request(url, { agent: agent ?? false, headers: { host } });
  let socket: Socket | null = null;
  let readBefore = 0;
  const timer = setTimeout(() => call.destroy(new Error(`not answered in ${timeoutMs} ms`)), timeoutMs);
  const broken = (error: Error): void => {
    const why = `${url.pathname}: ${error.message}`;
    const isUntouched = call.reusedSocket && socket !== null && socket.bytesRead === readBefore;
    resolve({ type: isUntouched ? 'untouched' : 'broken', why });
  };
  call.once('socket', (given: Socket) => {
    socket = given;
    readBefore = given.bytesRead;
  });
  call.once('error', broken);
  call.once('close', () => clearTimeout(timer));
  call.once('response', (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      body += text;
    });
    response.once('error', broken);
    response.once('end', () => {
      try {
        const { statusCode: status = 0, headers } = response;
        resolve({ type: 'answered', version: versionOf({ status, headers, body }) });
      } catch (error) {
        broken(error as Error);
      }
    });
  });
  call.end();
  return promise;
}
