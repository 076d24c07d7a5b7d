// Asks a container by HTTP or TCP whether it is well, from where the controller stands.
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { ProbeResult, Prober } from '../../ports/prober.ts';

// `import` from node:http reads every export, `WebSocket` too, which loads all of fetch: 45 ms and 13 MB of each start.
const { request } = process.getBuiltinModule('node:http');

const BODY_LIMIT = 2_000;

/** Each probe has a connection of its own: a kept one would say nothing about whether a new client gets in. */
export function createProber(): Prober {
  return { http: probeHttp, tcp: probeTcp };
}

function probeHttp(target: {
  host: string;
  port: number;
  path: string;
  timeoutMs: number;
  scheme?: 'http' | 'https';
}): Promise<ProbeResult> {
  const { host, port, path, timeoutMs, scheme = 'http' } = target;
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const said = `GET ${path}`;
  const headers = { 'user-agent': 'tinyforge-probe', accept: '*/*' };
  const call = attempt(() =>
    scheme === 'http'
      ? request({ host, port, path, agent: false, headers })
      : // It is asked whether it answers, not who it is: nothing secret is sent.
        secureRequest()({ host, port, path, agent: false, headers, rejectUnauthorized: false }),
  );
  if (call instanceof Error) return Promise.resolve(failed(`${said}: ${call.message}`));
  const timer = setTimeout(() => {
    resolve(failed(`${said} was not answered in ${seconds(timeoutMs)}`));
    call.destroy();
  }, timeoutMs);
  call.on('response', (response) => {
    const status = response.statusCode ?? 0;
    readBody(response).then((body) => {
      clearTimeout(timer);
      resolve({ ok: status >= 200 && status < 400, detail: `${said} answered ${status}`, body });
      call.destroy();
    });
  });
  call.on('error', (error) => {
    clearTimeout(timer);
    resolve(failed(`${said}: ${inWords(error)}`));
  });
  call.end();
  return promise;
}

/** Loaded when a monitor first asks by it: most controllers never do. */
function secureRequest() {
  return process.getBuiltinModule('node:https').request;
}

/** The first characters; a body that is cut or never ends costs nothing, for the status has been told already. */
async function readBody(response: IncomingMessage): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    body += text;
    if (body.length >= BODY_LIMIT) resolve();
  });
  response.on('close', () => resolve());
  response.on('error', () => resolve());
  await promise;
  return body.slice(0, BODY_LIMIT);
}

function probeTcp(target: { host: string; port: number; timeoutMs: number }): Promise<ProbeResult> {
  const { host, port, timeoutMs } = target;
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const said = `TCP connection to port ${port}`;
  const socket = attempt(() => connect({ host, port }));
  if (socket instanceof Error) return Promise.resolve(failed(`${said}: ${socket.message}`));
  const timer = setTimeout(() => {
    resolve(failed(`${said} was not accepted in ${seconds(timeoutMs)}`));
    socket.destroy();
  }, timeoutMs);
  socket.on('connect', () => {
    clearTimeout(timer);
    resolve({ ok: true, detail: `${said} was accepted`, body: null });
    socket.destroy();
  });
  socket.on('error', (error) => {
    clearTimeout(timer);
    resolve(failed(`${said}: ${inWords(error)}`));
  });
  return promise;
}

/** Node throws for a path with a blank or a port beyond 65535; a probe never does. */
function attempt<T>(open: () => T): T | Error {
  try {
    return open();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function failed(detail: string): ProbeResult {
  return { ok: false, detail, body: null };
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection was cut',
  EHOSTUNREACH: 'no route to the container',
  ENETUNREACH: 'no route to the container',
  ETIMEDOUT: 'connection timed out',
  ENOTFOUND: 'no address for that name',
  EAI_AGAIN: 'the name could not be looked up: the name server does not answer',
  EPROTO: 'the answer is not TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the answer is not TLS',
};

function inWords(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('HPE_')) return 'the answer is not HTTP';
  return WORDS[code] ?? error.message;
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}
