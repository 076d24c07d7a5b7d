// An engine that says what it is told to, behind a real unix socket: for the answers that a real one gives too rarely.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cannedContainers } from './canned-engine-list.ts';

export interface CannedRequest {
  /** `GET /containers/json`: without version and query. */
  call: string;
  /** `/v1.45/containers/json?all=1`, as it came. */
  url: string;
  body: string;
}

export type Reply = (response: ServerResponse, request: CannedRequest) => void;

export interface CannedEngine {
  readonly socketPath: string;
  /** All that came, oldest first. */
  readonly requests: readonly CannedRequest[];
  /** How a call is answered from now on. `GET /containers/*` ends in a star: it takes what begins so. */
  answer(call: string, reply: Reply): void;
  /** Takes calls and answers none, as an engine under SIGSTOP; `thaw` answers what waited. */
  freeze(): void;
  thaw(): void;
  /** Closes the socket and cuts all connections, as an engine under SIGKILL; `comeBack` listens again. */
  die(): Promise<void>;
  comeBack(): Promise<void>;
  /** Closes its connections and goes on listening, as it does with those that were idle. */
  hangUp(): void;
  close(): Promise<void>;
}

/** Listens in a directory of its own, or at `socketPath`. With `containers`, the list has so many. */
export async function startCannedEngine(
  options: {
    containers?: number | undefined;
    controller?: string | undefined;
    socketPath?: string | undefined;
  } = {},
): Promise<CannedEngine> {
  const directory = mkdtempSync(join(tmpdir(), 'canned-engine-'));
  const socketPath = options.socketPath ?? join(directory, 'docker.sock');
  const requests: CannedRequest[] = [];
  const replies = new Map<string, Reply>(usualReplies(options));
  const sockets = new Set<Socket>();
  let frozen: (() => void)[] | null = null;

  const server = createServer(async (request, response) => {
    const read = { ...(await readRequest(request)) };
    requests.push(read);
    const answer = () => replyTo(replies, read.call)(response, read);
    if (frozen === null) answer();
    else frozen.push(answer);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  async function listen(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(socketPath, resolve);
    await promise;
  }

  async function die(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
    await promise;
  }

  await listen();
  return {
    socketPath,
    requests,
    answer: (call, reply) => void replies.set(call, reply),
    freeze() {
      frozen = [];
    },
    thaw() {
      const waiting = frozen ?? [];
      frozen = null;
      for (const answer of waiting) answer();
    },
    die,
    comeBack: listen,
    hangUp() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      if (server.listening) await die();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A whole answer in JSON. */
export function json(value: unknown, status = 200): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
}

/** What a socket proxy says of a call that it does not let through. */
export function html(status: number): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end(`<html><body><h1>${status} Forbidden</h1>\nRequest forbidden.\n</body></html>\n`);
  };
}

/** The headers of a 200 and some of the body, and then the connection is cut. */
export function cut(begin: string): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(begin, () => response.socket?.destroy());
  };
}

/** Nothing, ever. */
export const silence: Reply = () => undefined;

async function readRequest(request: IncomingMessage): Promise<CannedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = request.url ?? '';
  const path = url.replace(/^\/v\d+\.\d+\//, '/').replace(/\?.*$/, '');
  return { call: `${request.method} ${path}`, url, body: Buffer.concat(chunks).toString() };
}

function replyTo(replies: ReadonlyMap<string, Reply>, call: string): Reply {
  const exact = replies.get(call);
  if (exact !== undefined) return exact;
  const prefixes = [...replies.keys()].filter(
    (key) => key.endsWith('*') && call.startsWith(key.slice(0, -1)),
  );
  const longest = prefixes.sort((a, b) => b.length - a.length)[0];
  return replies.get(longest ?? '') ?? json({ message: `page not found: ${call}` }, 404);
}

function usualReplies(options: {
  containers?: number | undefined;
  controller?: string | undefined;
}): [string, Reply][] {
  const canned = cannedContainers(options.containers ?? 0, { controller: options.controller ?? 'default' });
  return [
    ['GET /version', json({ Version: '26.1.5', ApiVersion: '1.45', MinAPIVersion: '1.24' })],
    ['GET /_ping', (response) => void response.end('OK')],
    ['GET /info', json({ ID: 'canned', ServerVersion: '26.1.5', OSType: 'linux', Architecture: 'x86_64' })],
    ['GET /networks', json([])],
    ['GET /volumes', json({ Volumes: null })],
    [
      'GET /containers/json',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(canned.list);
      },
    ],
    [
      'GET /containers/*',
      (response, { call }) => {
        const found = canned.inspect(call.split('/')[2] ?? '');
        if (found === null)
          json({ message: 'No such container' }, 404)(response, { call, url: '', body: '' });
        else json(found)(response, { call, url: '', body: '' });
      },
    ],
    // Open and silent, as an engine where nothing happens.
    [
      'GET /events',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.flushHeaders();
      },
    ],
  ];
}
