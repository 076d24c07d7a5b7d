// Serves git repositories over http on loopback with git's own http-backend, and fails on demand as a git host may.
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { git, gitEnvironment } from './git-environment.ts';

export interface GitHttpServer extends AsyncDisposable {
  /** `http://127.0.0.1:port/NAME.git` */
  urlOf(repositoryName: string): string;
  /** The requests so far, as `GET /shop.git/info/refs?service=git-upload-pack`. */
  readonly requests: readonly string[];
  /**
   * What the host does from now on: `serve`, `refuse` (503), `unauthorised` (401 whatever is sent), or `hang`
   * (accepts and never answers).
   */
  setMood(mood: 'serve' | 'refuse' | 'unauthorised' | 'hang'): void;
  stop(): Promise<void>;
}

/** Serves all repositories of a folder; with `credentials` they are asked for by Basic authentication. */
export async function serveGitOverHttp(options: {
  readonly folder: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}): Promise<GitHttpServer> {
  const { folder, credentials } = options;
  const backend = `${await git(['--exec-path'], folder)}/git-http-backend`;
  const expected =
    credentials === undefined
      ? undefined
      : `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  const requests: string[] = [];
  let mood: Parameters<GitHttpServer['setMood']>[0] = 'serve';

  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (mood === 'hang') return;
    if (mood === 'refuse') {
      response
        .writeHead(503, { 'content-type': 'text/plain' })
        .end('The git host is down for maintenance.\n');
    } else if (
      mood === 'unauthorised' ||
      (expected !== undefined && request.headers.authorization !== expected)
    ) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    } else {
      runBackend({ backend, folder, request, response });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    urlOf: (name) => `http://127.0.0.1:${port}/${name}.git`,
    requests,
    setMood(next) {
      mood = next;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** CGI: the request in variables and on stdin; headers, an empty line and the body on stdout. */
function runBackend(options: {
  readonly backend: string;
  readonly folder: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}): void {
  const { backend, folder, request, response } = options;
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const child = spawn(backend, {
    env: {
      ...gitEnvironment(),
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      REMOTE_USER: 'tester',
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => {
    // The backend may answer and leave before it has read everything.
  });
  let head = Buffer.alloc(0);
  let inBody = false;
  child.stdout.on('data', (chunk: Buffer) => {
    if (inBody) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    inBody = true;
    sendHead(response, head.subarray(0, end).toString('utf8'));
    response.write(head.subarray(end + 4));
  });
  child.stdout.on('end', () => response.end());
  child.on('error', () => response.destroy());
  response.on('close', () => child.kill());
}

function sendHead(response: ServerResponse, head: string): void {
  const headers = head.split('\r\n').map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const status = Number.parseInt(headers.find(([name]) => name === 'status')?.[1] ?? '200', 10);
  response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== 'status')));
}
