// A Caddy that is away, refuses, or serves elsewhere: each is told as what it is, and what served goes on.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { getByName } from '../support/proxy/get.ts';
import { startUpstream, type TestUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { openCaddy, type RealCaddy, startCaddy } from '../support/real/caddy.ts';
import { freePort } from '../support/real/program.ts';

const { signal } = new AbortController();

describe('a Caddy that does not do what is asked', () => {
  let caddy: RealCaddy;
  let blue: TestUpstream;
  before(async () => {
    caddy = await startCaddy();
    blue = await startUpstream('blue');
  });
  after(async () => {
    await blue?.[Symbol.asyncDispose]();
    await caddy?.stop();
  });
  const opened = (change: Partial<RealCaddy['config']>) =>
    openCaddy({ ...caddy, config: { ...caddy.config, ...change } });
  const put = (change: Partial<RealCaddy['config']> = {}) =>
    opened(change).put({ wish: forwardWish(), traffic: toAll(blue.upstream), adopt: null }, signal);

  it('is away when nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await assert.rejects(opened({ url }).list(signal), { reason: 'ProxyAway', disposition: 'retry' });
    const findings = await opened({ url }).check(signal);
    assert.deepEqual(
      findings.map(({ ok }) => ok),
      [false],
    );
  });

  for (const [name, answer] of Object.entries({
    'a page': { status: 200, body: '<html>hello</html>' },
    'nothing but 502': { status: 502, body: 'Bad Gateway' },
    'the half of an answer': { status: 200, body: '{"apps":' },
  }))
    it(`is away when its address answers with ${name}`, async () => {
      await using other = await serve(answer);
      await assert.rejects(opened({ url: other.url }).list(signal), { reason: 'ProxyAway' });
    });

  it('does not let us in when it does not know the name that we call it by', async () => {
    await using other = await serve({ status: 403, body: '{"error":"host not allowed: forge"}' });
    await assert.rejects(opened({ url: other.url }).list(signal), {
      reason: 'ProxyForbidden',
      disposition: 'stalled',
      message: /host not allowed: forge/,
    });
  });

  it('serves elsewhere than we are told to ask, which no answer of its API would show', async () => {
    await put();
    await using other = await serve({ status: 200, body: 'a default site' });
    const traffic = { ...caddy.config.traffic, http: other.url };
    await assert.rejects(put({ traffic }), { reason: 'RouteNotServed', disposition: 'retry' });
  });

  it('cannot open a port that somebody has, and serves what it served', async () => {
    await put();
    const ours = (await opened({}).list(signal)).routes[0];
    const { port } = new URL(`http://${blue.address}`);
    const traffic = { ...caddy.config.traffic, https: `https://127.0.0.1:${port}` };
    const wish = forwardWish({
      domains: ['shop.localhost'],
      tls: { certificate: { type: 'auto' }, force: false, http2: true, hsts: false, hstsSubdomains: false },
    });
    const refused = opened({ traffic }).put({ wish, traffic: toAll(blue.upstream), adopt: null }, signal);
    await assert.rejects(refused, { reason: 'RouteRefused', message: /address already in use/ });
    assert.deepEqual((await opened({}).list(signal)).routes[0], ours);
    const answer = await getByName(caddy.config.traffic.http, { domain: 'shop.example.test' });
    assert.equal(answer.body, 'blue /');
  });

  it('is not asked for what was taken back', async () => {
    const abort = AbortSignal.abort(new Error('taken back'));
    await assert.rejects(opened({}).list(abort), /taken back/);
  });
});

interface Other extends AsyncDisposable {
  url: string;
}

async function serve({ status, body }: { status: number; body: string }): Promise<Other> {
  const server: Server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
