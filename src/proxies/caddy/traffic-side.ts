// Asking through the proxy, where users come in: what an upstream says, and which one the proxy would choose.
import type { ProxyConfig } from '../../model/config.ts';
import type { RouteWish, Upstream } from '../../model/route.ts';
import type { ProxyAnswer, ProxyProvider } from '../../ports/proxy-provider.ts';
import { exchange, networkWords } from '../exchange.ts';
import { proxyAway, routeNotServed } from './failures.ts';
import { dialOf } from './forward.ts';
import { PREVIEW_HEADER, WHO_HEADER } from './names.ts';

const BODY_BYTES = 16 * 1024;
const WHO_TIMEOUT_MS = 5_000;

export type TrafficSide = Pick<ProxyProvider, 'ask' | 'who'> & {
  /** Resolves when the TLS side shakes hands under the route's name; Caddy may still be getting its certificate. */
  greet(wish: RouteWish, signal: AbortSignal): Promise<void>;
};

export function createTrafficSide(of: {
  traffic: ProxyConfig['traffic'];
  secrets: (key: string) => { who: string; preview: string };
}): TrafficSide {
  async function send(
    wish: RouteWish,
    request: {
      base: string;
      path: string;
      headers: Record<string, string>;
      timeoutMs: number;
      signal: AbortSignal;
    },
  ): Promise<ProxyAnswer> {
    const { base, path, headers, timeoutMs, signal } = request;
    const name = (wish.domains[0] ?? '').replace('*', 'tinyforge');
    const url = new URL(base);
    const port = url.port === '' ? '' : `:${url.port}`;
    // A path that begins with two slashes would be another host.
    url.pathname = path.split('?')[0] ?? '/';
    url.search = path.includes('?') ? path.slice(path.indexOf('?')) : '';
    const isTls = url.protocol === 'https:';
    try {
      return await exchange({
        ...{ url, method: 'GET', timeoutMs, signal, maxBytes: BODY_BYTES },
        headers: { host: `${name}${port}`, 'user-agent': 'tinyforge', accept: '*/*', ...headers },
        certificate: isTls ? { verify: 'no', serverName: name } : undefined,
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const code = String((error as { code?: unknown }).code ?? '');
      if (isTls && code !== 'ECONNREFUSED')
        throw routeNotServed(name, `its TLS side says ${networkWords(error)}, as without a certificate yet`);
      throw proxyAway(base, networkWords(error));
    }
  }

  const previewed = (wish: RouteWish, preview: Upstream | null): Record<string, string> =>
    preview === null
      ? {}
      : { [PREVIEW_HEADER]: `${of.secrets(wish.key).preview} ${preview.scheme} ${dialOf(preview)}` };

  return {
    ask: (wish, { path, preview, signal, timeoutMs }) =>
      send(wish, {
        ...{ path, timeoutMs, signal, headers: previewed(wish, preview) },
        base: wish.tls === null ? of.traffic.http : of.traffic.https,
      }),
    async who(wish, { preview, signal }) {
      const headers = { [WHO_HEADER]: of.secrets(wish.key).who, ...previewed(wish, preview) };
      // By HTTP also where TLS is forced: whether a certificate is there yet is another question.
      const answer = await send(wish, {
        ...{ base: of.traffic.http, path: '/', timeoutMs: WHO_TIMEOUT_MS },
        ...{ headers, signal },
      });
      const told = answer.status === 200 ? /^(?:\S+ https? )?(\S+) ([0-9a-f]{12})$/.exec(answer.body) : null;
      return told?.[1] === undefined || told[2] === undefined
        ? null
        : { upstream: told[1], revision: told[2] };
    },
    async greet(wish, signal) {
      const { who } = of.secrets(wish.key);
      const headers = { [WHO_HEADER]: who };
      await send(wish, { base: of.traffic.https, path: '/', timeoutMs: WHO_TIMEOUT_MS, headers, signal });
    },
  };
}
