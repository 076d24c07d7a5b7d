// The HTTP side of the double: reads a request, meets the ordered faults, checks the body, lets a route answer, and keeps a log.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readToken } from './access.ts';
import { type Answer, internalError, invalid, isRefusal, refusal } from './answers.ts';
import type { FaultBook, FaultKind } from './faults.ts';
import { findRoute, type Route } from './routes.ts';
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
    const note = (status: number) =>
      log.push({
        method,
        path: url.pathname,
        query: url.search,
        status,
        atMs: Date.now(),
        durationMs: performance.now() - startedMs,
      });
    // Received before anything else, so that a fault finds the request wholly sent.
    const raw = await receive(request).catch(() => undefined);
    if (raw === undefined) return;
    const fault = faults.take(method, url.pathname);
    const early = fault === undefined ? undefined : beforeAnything(options.world, fault, url.pathname);
    if (early === 'cut') response.destroy();
    if (early === 'cut' || early === 'silence') return void note(0);
    const answer = early ?? (await settle(options, { request, method, url, raw }));
    if (fault === 'timeout-after') return void note(0);
    if (fault === 'cut-after') {
      note(0);
      return cutWithin(response, answer);
    }
    const sent = fault === '500-after' ? internalError(options.world.quirks).answer : answer;
    note(sent.status);
    send(response, options.world.quirks.numbersForBooleans ? asBefore212(sent, url.pathname) : sent);
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
    case 'garbage':
      return { status: 200, body: Buffer.from('<html><body>502 Bad Gateway'), contentType: 'text/html' };
    default:
      return undefined;
  }
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

function readBody(raw: Buffer, type: string): unknown {
  if (raw.byteLength === 0) return undefined;
  const text = raw.toString('utf8');
  if (type.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text));
  // Without a type the body is not read at all; what is missing then is told by the check.
  if (!type.startsWith('application/json')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('Internal Error');
  }
}

async function readParts(raw: Buffer, type: string): Promise<Map<string, string>> {
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData();
  const parts = new Map<string, string>();
  for (const [name, value] of form) parts.set(name, typeof value === 'string' ? value : await value.text());
  return parts;
}

function receive(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

/** Before 2.12 booleans of rows were told as 0 and 1 and times as ISO; a bare `true` is no row. */
function asBefore212(answer: Answer, path: string): Answer {
  const rows = /^\/api\/(nginx|users|settings|audit-log)\b/.test(path);
  return rows && typeof answer.body === 'object' ? { ...answer, body: inNumbers(answer.body) } : answer;
}

function inNumbers(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value))
    return new Date(value.replace(' ', 'T')).toISOString();
  if (Array.isArray(value)) return value.map(inNumbers);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  // What a caller keeps in meta is JSON of its own, and comes back as it was.
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, key === 'meta' ? entry : inNumbers(entry)]),
  );
}

function send(response: ServerResponse, { status, body, contentType }: Answer): void {
  const payload = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': contentType ?? 'application/json; charset=utf-8',
    'content-length': payload.byteLength,
  });
  response.end(payload);
}

function cutWithin(response: ServerResponse, { status, body }: Answer): void {
  const payload = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': payload.byteLength + 1,
  });
  response.write(payload.subarray(0, Math.floor(payload.byteLength / 2)), () => response.destroy());
}
