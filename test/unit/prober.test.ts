// Proves that a probe tells what it met, bounded in time and size, and never rejects.
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { describe, it } from 'node:test';
import { createProber } from '../../src/adapters/prober/prober.ts';

const prober = createProber();

async function listening(server: Server): Promise<{ port: number; close: () => Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function probe(answer: RequestListener, options: { path?: string; timeoutMs?: number } = {}) {
  const server = createServer(answer);
  const { port, close } = await listening(server);
  try {
    const target = { host: '127.0.0.1', port, path: '/healthz', timeoutMs: 2_000, ...options };
    return await prober.http(target);
  } finally {
    server.closeAllConnections();
    await close();
  }
}

describe('an HTTP probe', () => {
  for (const [status, ok] of [
    [200, true],
    [204, true],
    [302, true],
    [399, true],
    [401, false],
    [404, false],
    [500, false],
    [503, false],
  ] as const)
    it(`of a ${status} is ${ok ? 'well' : 'ill'}`, async () => {
      const result = await probe((_, response) => {
        response.writeHead(status, { location: 'http://127.0.0.1:1/elsewhere' });
        response.end(status === 204 ? undefined : 'a body');
      });
      assert.deepEqual(result, {
        ok,
        detail: `GET /healthz answered ${status}`,
        body: status === 204 ? '' : 'a body',
      });
    });

  it('asks for the path it was given, by the name of the address', async () => {
    const { body } = await probe(
      (request, response) => response.end(`${request.url} ${request.headers.host}`),
      {
        path: '/deep/check?full=1',
      },
    );
    assert.match(body ?? '', /^\/deep\/check\?full=1 127\.0\.0\.1:\d+$/);
  });

  it('keeps two thousand characters of the body, and does not wait for the rest', async () => {
    const { ok, body } = await probe((_, response) => {
      response.writeHead(200);
      response.write('é'.repeat(5_000));
    });
    assert.deepEqual([ok, body], [true, 'é'.repeat(2_000)]);
  });

  it('gives up after its time, before the headers and within the body', async () => {
    const expected = { ok: false, detail: 'GET /healthz was not answered in 0.1 s', body: null };
    assert.deepEqual(await probe(() => undefined, { timeoutMs: 100 }), expected);
    assert.deepEqual(await probe((_, response) => void response.write('slow'), { timeoutMs: 100 }), expected);
  });

  it('of a cut answer tells the status, and of a cut connection that', async () => {
    const cutBody = await probe((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.socket?.destroy());
    });
    assert.deepEqual(cutBody, { ok: true, detail: 'GET /healthz answered 200', body: 'half' });
    const cutAll = await probe((request) => void request.socket.destroy());
    assert.deepEqual(cutAll, { ok: false, detail: 'GET /healthz: connection was cut', body: null });
  });

  it('never rejects, whatever it is given', async () => {
    const target = { host: '127.0.0.1', port: 1, path: '/', timeoutMs: 1_000 };
    assert.equal((await prober.http(target)).detail, 'GET /: connection refused');
    for (const bad of [{ port: 99_999 }, { path: '/a b' }, { host: 'no such host' }])
      assert.equal((await prober.http({ ...target, ...bad })).ok, false);
  });

  it('of something that is not HTTP says so', async () => {
    const server = createTcpServer((socket) => void socket.resume().end('SSH-2.0-OpenSSH\r\n'));
    const { port, close } = await listening(server);
    const result = await prober.http({ host: '127.0.0.1', port, path: '/', timeoutMs: 1_000 });
    await close();
    assert.equal(result.detail, 'GET /: the answer is not HTTP');
  });
});

describe('a TCP probe', () => {
  it('is well where a connection is accepted', async () => {
    const { port, close } = await listening(createTcpServer((socket) => void socket.resume()));
    const result = await prober.tcp({ host: '127.0.0.1', port, timeoutMs: 1_000 });
    await close();
    assert.deepEqual(result, { ok: true, detail: `TCP connection to port ${port} was accepted`, body: null });
  });

  it('is ill where nobody listens, and never rejects', async () => {
    const refused = await prober.tcp({ host: '127.0.0.1', port: 1, timeoutMs: 1_000 });
    assert.deepEqual(refused, {
      ok: false,
      detail: 'TCP connection to port 1: connection refused',
      body: null,
    });
    assert.equal((await prober.tcp({ host: '127.0.0.1', port: 99_999, timeoutMs: 1_000 })).ok, false);
  });
});
