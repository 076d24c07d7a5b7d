// The HTTP side of the double: reads a request, meets the ordered faults, checks the body, lets a route answer, and keeps a log.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { readToken } from './access.ts';
import { type Answer, internalError, isRefusal, refusal } from './answers.ts';
import { readBody, readParts, receive } from './bodies.ts';
import type { FaultBook, FaultKind, FaultOrder, FrontStatus } from './faults.ts';
import { findRoute, type Route } from './routes.ts';
import { asBefore212, cutWithin, send } from './telling.ts';
import { expiredToken } from './tokens.ts';
import type { World } from './world.ts';

export interface LoggedRequest {
  readonly method: string;
  /** With `/api`, without query. */
  readonly path: string;
  readonly query: string;
  /** What was answered; 0 where the connection was cut or nothing was answered. */
  readonly status: number;
  readonly atMs: number;
  readonly durationMs: number;
}

/** As Express counts 100 kB. */
const BODY_LIMIT_BYTES = 102_400;

/** A server that answers for the world; the caller lets it listen. */
export function createApi(options: {
  readonly world: World;
  readonly routes: readonly Route[];
  readonly faults: FaultBook;
  readonly log: LoggedRequest[];
}): Server {
  const { faults, log } = options;
  return createServer(async (request, response) => {
    const startedMs = performance.now();
    const url = new URL(request.url ?? '/', 'http://double');
    const method = request.method ?? 'GET';
    let order: FaultOrder | undefined;
    const note = (status: number) => {
      log.push({
        method,
        path: url.pathname,
        query: url.search,
        status,
        atMs: Date.now(),
        durationMs: performance.now() - startedMs,
      });
      order?.onMet?.();
    };
    // Received before anything else, so that a fault finds the request wholly sent.
    const raw = await receive(request).catch(() => undefined);
    if (raw === undefined) return;
    order = faults.take(method, url.pathname);
    const fault = order?.kind;
    const early = fault === undefined ? undefined : beforeAnything(options.world, fault, url.pathname);
    if (early === 'cut') response.destroy();
    if (early === 'cut' || early === 'silence') return void note(0);
    const told =
      fault === 'tells-all' ? tellAll(options.world, raw, request.headers.authorization) : undefined;
    const answer = early ?? told ?? (await settle(options, { request, method, url, raw }));
    if (fault === 'timeout-after') return void note(0);
    if (fault === 'cut-after') {
      note(0);
      return cutWithin(response, answer);
    }
    const sent = fault === '500-after' ? internalError(options.world.quirks).answer : answer;
    note(sent.status);
    const shaped = options.world.quirks.numbersForBooleans ? asBefore212(sent, url.pathname) : sent;
    send(response, shaped, method === 'GET' ? request.headers['if-none-match'] : undefined);
  });
}

function beforeAnything(
  world: World,
  fault: FaultKind,
  path: string,
): Answer | 'cut' | 'silence' | undefined {
  const short = path.replace(/^\/api/, '');
  const { quirks } = world;
  switch (fault) {
    case 'cut':
      return 'cut';
    case 'timeout':
      return 'silence';
    case '500-before':
      return internalError(quirks).answer;
    case 'token-expired':
      return expiredToken(quirks, Math.floor(Date.now() / 1000)).answer;
    case '404':
      return refusal(404, `Not Found - ${short}`).answer;
    case '502':
    case '503':
    case '504':
      return { status: Number(fault), body: Buffer.from(frontPage(fault)), contentType: 'text/html' };
    case 'garbage':
      return { status: 200, body: Buffer.from('<html><body>502 Bad Gateway'), contentType: 'text/html' };
    default:
      return undefined;
  }
}

const FRONT_WORDS = { 502: 'Bad Gateway', 503: 'Service Temporarily Unavailable', 504: 'Gateway Time-out' };

function frontPage(status: FrontStatus): string {
  const words = `${status} ${FRONT_WORDS[status]}`;
  return `<html>\r\n<head><title>${words}</title></head>\r\n<body>\r\n<center><h1>${words}</h1></center>\r\n<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n`;
}

/** What no proxy should say, and some version may: first what is worst, for whoever tells it on cuts it. */
function tellAll({ tables }: World, raw: Buffer, authorization: string | undefined): Answer {
  const sent = raw.toString('utf8');
  const secret = /-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*|"(?:secret|dns_provider_credentials)":[\s\S]*/.exec(
    sent,
  )?.[0];
  const keys = JSON.stringify(tables.certificates.all().map(({ meta }) => meta));
  return refusal(400, `Cannot take ${secret ?? keys} ${authorization} ${keys} ${sent}`).answer;
}

/** What answers without looking at a token. */
const open: ReadonlySet<string> = new Set(['GET /', 'GET /schema', 'POST /tokens', 'POST /tokens/2fa']);

interface Received {
  readonly request: IncomingMessage;
  readonly method: string;
  readonly url: URL;
  readonly raw: Buffer;
}

async function settle(
  { world, routes }: { world: World; routes: readonly Route[] },
  { request, method, url, raw }: Received,
): Promise<Answer> {
  const path = url.pathname.replace(/^\/api/, '') || '/';
  try {
    if (url.pathname === '/api') return { status: 302, body: '', location: '/api/' };
    if (!url.pathname.startsWith('/api/')) throw refusal(404, `Not Found - ${url.pathname}`);
    if (raw.byteLength > BODY_LIMIT_BYTES) throw refusal(413, 'Internal Error');
    const found = findRoute(routes, method, path);
    if (found === undefined || (path.includes('2fa') && !world.quirks.twoFactor))
      throw refusal(404, `Not Found - ${path}`);
    const type = request.headers['content-type'] ?? '';
    const files = type.startsWith('multipart/') ? await readParts(raw, type) : new Map<string, string>();
    const body = files.size > 0 ? {} : readBody(raw, type);
    // The token is read first: a garbled or expired one is told before anything about the body.
    if (!open.has(`${method} ${path}`)) readToken(world, request.headers.authorization);
    if (files.size === 0) world.schemas.check(method, found.route.template, body);
    return await found.route.answer({
      world,
      method,
      path,
      query: url.searchParams,
      authorization: request.headers.authorization,
      body: (body ?? {}) as Record<string, unknown>,
      files,
      id: found.id,
    });
  } catch (error) {
    if (!isRefusal(error)) console.error(error);
    const known = isRefusal(error) ? error : internalError(world.quirks);
    if (!path.startsWith('/nginx/certificates')) return known.answer;
    const debug = { stack: ['Error'], ...(known.previous === undefined ? {} : { previous: known.previous }) };
    return { status: known.answer.status, body: { ...known.answer.body, debug } };
  }
}
