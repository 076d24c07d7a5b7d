// The server on a real socket: odd requests, bodies that are too large, streams that hold a close up.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { type HttpServer, serveHttp } from '../../src/http/serve.ts';
import { isFault } from '../../src/model/errors.ts';
import { createHttpWorld, type HttpWorld, sign } from '../support/http-world.ts';
import { until } from '../support/real/until.ts';

const open: HttpServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(
  world: HttpWorld = createHttpWorld(),
  host = '127.0.0.1',
): Promise<HttpServer & { port: number }> {
  const server = await serveHttp({ app: world.app, listen: { host, port: 0 }, log: world.log });
  open.push(server);
  return { ...server, port: Number(new URL(server.address).port) };
}

/** Sends bytes as they are and gives everything that comes back until the other side ends or `enough` is in it. */
function raw(port: number, text: string, enough = '\r\n\r\n'): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(text));
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer in 10 s')));
    socket.on('data', (data) => {
      answer += data.toString('utf8');
      if (answer.includes(enough)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

describe('listening', () => {
  it('tells the address that was really taken', async () => {
    const { address, port } = await serve();
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.ok(port > 0);
    assert.equal((await fetch(`${address}/healthz`)).status, 200);
  });

  it('on a port that is taken fails with a sentence', async () => {
    const { port } = await serve();
    const world = createHttpWorld();
    const again = serveHttp({ app: world.app, listen: { host: '127.0.0.1', port }, log: world.log });
    await assert.rejects(again, (error) => {
      assert.ok(isFault(error));
      assert.equal(
        error.message,
        `Tinyforge cannot listen on 127.0.0.1:${port}: another program has it already.`,
      );
      return error.reason === 'ListenFailed';
    });
  });
});

describe('requests as they may really come', () => {
  for (const [name, text, status] of [
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['no host in the old protocol', 'GET /healthz HTTP/1.0\r\n\r\n', 400],
    ['two hosts', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n', 403],
    ['a strange host', 'GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n', 403],
    [
      'a host that is an address elsewhere',
      'GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n',
      200,
    ],
    ['a path that climbs', 'GET /assets/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n', 404],
    [
      'a path that climbs in disguise',
      'GET /assets/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: localhost\r\n\r\n',
      404,
    ],
    ['bytes that are no request', 'hello\r\n\r\n', 400],
    ['a very long address', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
    [
      'another protocol inside',
      'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      200,
    ],
  ] as const) {
    it(`with ${name} get ${status}`, async () => {
      const { port } = await serve();
      assert.match(await raw(port, text), new RegExp(`^HTTP/1\\.1 ${status} `));
    });
  }

  it('a hook that sends more than it may is answered before it ends', async () => {
    const { port } = await serve();
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const head = 'POST /api/webhooks/hub HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n';
    // 81 chunks are 64 KiB more than 5 MiB, and the end never comes.
    assert.match(await raw(port, head + chunk.repeat(81)), /^HTTP\/1\.1 413 /);
  });

  it('a hook is answered with 202 over the wire', async () => {
    const world = createHttpWorld();
    const { address } = await serve(world);
    const body = '{"ref":"main"}';
    const headers = { 'x-signature': sign(body), 'content-type': 'application/json' };
    const answer = await fetch(`${address}/api/webhooks/hub`, { method: 'POST', headers, body });
    assert.equal(answer.status, 202);
    assert.equal(world.controller.triggers.length, 1);
  });
});

describe('streams on a socket', () => {
  it('arrive as they are sent, and a tab that is closed leaves nothing', async () => {
    const world = createHttpWorld();
    const { address } = await serve(world);
    const leave = new AbortController();
    const answer = await fetch(`${address}/events/stream?page=/&version=0.1.0`, { signal: leave.signal });
    const reader = answer.body?.getReader();
    const first = await reader?.read();
    assert.match(Buffer.from(first?.value ?? []).toString(), /^retry: 2000\n: hello/);
    await world.clock.advance(0);
    assert.equal(world.clock.sleeping(), 1, 'it is kept awake');
    leave.abort();
    await until({ what: 'the stream to be given up', look: () => world.clock.sleeping() === 0 });
  });

  it('that nobody reads are cut off the socket', async () => {
    const world = createHttpWorld({ calm: 200 });
    const { port } = await serve(world);
    const socket = connect({ host: '127.0.0.1', port });
    // Never read: the buffers of both sides fill up, and then the server's writer waits.
    socket.pause();
    socket.write(
      'GET /events/stream?page=%2F%3Fpage%3Dall&version=0.1.0 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    );
    const gone = new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.once('error', () => resolve());
    });
    await until({ what: 'the stream', look: () => world.clock.sleeping() > 0 });
    let looks = 0;
    await until({
      what: 'the stream to be cut',
      look: async () => {
        looks += 1;
        const units = world.controller.overview().units.map((unit) => ({ ...unit, runs: `1.${looks}` }));
        world.controller.set({ units });
        world.controller.tell({ type: 'pass' });
        await world.clock.advance(1_000);
        return world.clock.sleeping() === 0;
      },
    });
    socket.resume();
    await gone;
  });

  it('end when the server closes, at once', async () => {
    const world = createHttpWorld();
    const server = await serveHttp({
      app: world.app,
      listen: { host: '127.0.0.1', port: 0 },
      log: world.log,
    });
    const answer = await fetch(`${server.address}/events/stream?page=/&version=0.1.0`);
    const before = performance.now();
    const read = answer.text();
    await server.close();
    assert.match(await read, /hello/);
    assert.ok(performance.now() - before < 2_500, 'it did not wait for the force');
  });
});
