// Requests through the proxy's traffic side: what a route answers, and which upstream its live workers choose.
import type { ProxyConfig } from '../../model/config.ts';
import type { RouteWish, Upstream } from '../../model/route.ts';
import type { ProxyAnswer } from '../../ports/proxy-provider.ts';
import { type Answer, exchange } from '../exchange.ts';
import { QUESTION_HEADER, question } from './lines.ts';

const MAX_BODY_BYTES = 16 * 1024;
const WHO_TIMEOUT_MS = 3_000;

export interface Who {
  /** `host:port`; `none` for what forwards nowhere. */
  upstream: string;
  revision: string;
}

export interface Asking {
  /** Rejects with the network's error. */
  ask(
    wish: RouteWish,
    options: { path: string; preview: Upstream | null; signal: AbortSignal; timeoutMs: number },
  ): Promise<ProxyAnswer>;
  /** Null for any answer that is not ours: the default site also says 200. Rejects with the network's error. */
  who(wish: RouteWish, options: { preview: Upstream | null; signal: AbortSignal }): Promise<Who | null>;
}

export interface AskingDeps {
  traffic: ProxyConfig['traffic'];
  secretOf(key: string): string;
}

export function createAsking({ traffic, secretOf }: AskingDeps): Asking {
  async function send(
    wish: RouteWish,
    options: { path: string; words: string; timeoutMs: number; signal: AbortSignal },
  ): Promise<Answer> {
    const { path, words, timeoutMs, signal } = options;
    const name = nameOf(wish);
    const once = (base: string): Promise<Answer> =>
      exchange({
        url: new URL(path, base),
        method: 'GET',
        headers: { host: name, [QUESTION_HEADER]: words, accept: '*/*', 'user-agent': 'Tinyforge' },
        timeoutMs,
        signal,
        maxBytes: MAX_BODY_BYTES,
        certificate: { verify: 'no', serverName: name },
      });
    let answer: Answer;
    try {
      answer = await once(traffic.http);
    } catch (error) {
      signal.throwIfAborted();
      if (wish.tls === null) throw error;
      // Where plain HTTP is not let through at all.
      return await once(traffic.https);
    }
    const isSentOn = answer.status === 301 && answer.headers.location?.startsWith(`https://${name}`) === true;
    return isSentOn ? await once(traffic.https) : answer;
  }

  return {
    async ask(wish, { path, preview, signal, timeoutMs }) {
      const words = question('ask', { secret: secretOf(wish.key), preview });
      const { status, body, headers, durationMs } = await send(wish, { path, words, timeoutMs, signal });
      return { status, body, headers, durationMs };
    },
    async who(wish, { preview, signal }) {
      const words = question('who', { secret: secretOf(wish.key), preview });
      const answer = await send(wish, { path: '/', words, timeoutMs: WHO_TIMEOUT_MS, signal });
      return answer.status === 200 ? readWho(answer.body) : null;
    },
  };
}

/** A wildcard is asked by a name below it. */
function nameOf({ domains, key }: RouteWish): string {
  return (domains[0] ?? key).replace(/^\*\./, 'tinyforge.');
}

function readWho(body: string): Who | null {
  const [, none, , host, port, revision] =
    /^(?:(none)|(https?) ([A-Za-z0-9._:[\]-]+) (\d+)) ([0-9a-f]{16})$/.exec(body.trim()) ?? [];
  if (revision === undefined) return null;
  return { upstream: none ?? `${host}:${port}`, revision };
}
