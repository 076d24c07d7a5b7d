// Who is let in: names, origins, tokens, sizes. Each refusal is a sentence, and each is tried from both sides.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHostGuard, hostName, isLoopback } from '../../src/http/guards/host.ts';
import { createOriginGuard } from '../../src/http/guards/origin.ts';
import { isFault } from '../../src/model/errors.ts';
import { createHttpWorld, sign, TOKEN } from '../support/http-world.ts';

describe('names', () => {
  const local = createHostGuard({ listen: { host: '127.0.0.1', port: 8480 }, hosts: ['forge.example.com'] });
  for (const host of [
    'localhost',
    'localhost:8480',
    'LOCALHOST:1',
    'localhost.',
    '127.0.0.1:8480',
    '127.8.9.1',
    '[::1]:8480',
    'forge.example.com',
    'Forge.Example.com:443',
  ]) {
    it(`answers to ${host}`, () => assert.equal(local(host), null));
  }
  for (const host of [
    undefined,
    '',
    'evil.example',
    'evil.example:8480',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'forge.example.com.evil.example',
    'evil@localhost',
    'localhost/evil',
    'localhost evil',
    '192.168.1.5',
    '0.0.0.0',
    '[::2]',
    '127.0.0.1:8480:80',
  ]) {
    it(`does not answer to ${host ?? 'no name'}`, () => assert.equal(local(host)?.status, 403));
  }

  it('listening on every address, answers to addresses and not to names', () => {
    for (const listen of ['0.0.0.0', '::', '[::]']) {
      const guard = createHostGuard({ listen: { host: listen, port: 1 }, hosts: [] });
      assert.equal(guard('192.168.1.5:8480'), null, listen);
      assert.equal(guard('[fe80::1]:8480'), null, listen);
      assert.equal(guard('evil.example')?.status, 403, listen);
    }
  });

  it('reads a host without its port', () => {
    assert.equal(hostName('[::1]:8480'), '::1');
    assert.equal(hostName('a b'), null);
    assert.ok(
      isLoopback('[::1]') && isLoopback('127.0.0.2') && !isLoopback('128.0.0.1') && !isLoopback('0.0.0.0'),
    );
  });

  it('tells no stranger more than the sentence, and cuts what it repeats', async () => {
    const { ask } = createHttpWorld();
    const answer = await ask('/', { headers: { host: `${'e'.repeat(300)}.example`, accept: 'text/html' } });
    assert.equal(answer.status, 403);
    const text = await answer.text();
    assert.ok(text.length < 400 && !text.includes('shop'), text);
  });

  it('asks hooks for their name too', async () => {
    const { ask } = createHttpWorld();
    const body = '{"ref":"main"}';
    const headers = { host: 'evil.example', 'x-signature': sign(body) };
    assert.equal((await ask('/api/webhooks/hub', { method: 'POST', body, headers })).status, 403);
  });
});

describe('origins', () => {
  const guard = createOriginGuard({ hosts: ['forge.example.com'] });
  const from = (facts: Partial<Parameters<typeof guard>[0]>) =>
    guard({
      method: 'POST',
      host: 'localhost:8480',
      origin: undefined,
      fetchSite: undefined,
      fetchMode: undefined,
      stream: false,
      ...facts,
    })?.status ?? 'in';

  const cases: [string, Parameters<typeof from>[0], 'in' | 403][] = [
    ['a program that posts', {}, 'in'],
    ['our own page', { origin: 'http://localhost:8480', fetchSite: 'same-origin' }, 'in'],
    ['our own page behind a proxy', { origin: 'https://forge.example.com', host: 'localhost:8480' }, 'in'],
    ['a page on our name at another port', { origin: 'https://forge.example.com:8443' }, 403],
    ['another program on this machine', { origin: 'http://localhost:3000' }, 403],
    ['a page elsewhere', { origin: 'https://evil.example' }, 403],
    ['a page that hides', { origin: 'null' }, 403],
    ['an origin that is none', { origin: 'nonsense' }, 403],
    ['a page with a scheme of its own', { origin: 'chrome-extension://localhost:8480' }, 403],
    ['a form elsewhere', { fetchSite: 'cross-site', fetchMode: 'navigate' }, 403],
    ['a form of a neighbour', { fetchSite: 'same-site', fetchMode: 'navigate' }, 403],
    ['a link elsewhere', { method: 'GET', fetchSite: 'cross-site', fetchMode: 'navigate' }, 'in'],
    ['an address typed in', { method: 'GET', fetchSite: 'none', fetchMode: 'navigate' }, 'in'],
    ['an image elsewhere', { method: 'GET', fetchSite: 'cross-site', fetchMode: 'no-cors' }, 403],
    ['a script elsewhere', { method: 'GET', fetchSite: 'cross-site', fetchMode: 'cors' }, 403],
    ['our own stream', { method: 'GET', stream: true, fetchSite: 'same-origin' }, 'in'],
    ['a stream from elsewhere', { method: 'GET', stream: true, origin: 'https://evil.example' }, 403],
    [
      'a link to the stream',
      { method: 'GET', stream: true, fetchSite: 'cross-site', fetchMode: 'navigate' },
      403,
    ],
  ];
  for (const [name, facts, expected] of cases) {
    it(`${expected === 'in' ? 'lets in' : 'refuses'} ${name}`, () => assert.equal(from(facts), expected));
  }

  it('holds for the whole app, but for signed hooks', async () => {
    const { ask, controller } = createHttpWorld();
    const headers = { origin: 'https://evil.example', 'content-type': 'application/json' };
    assert.equal((await ask('/api/sync', { method: 'POST', headers, body: '{}' })).status, 403);
    assert.equal((await ask('/events/stream?page=/', { headers })).status, 403);
    assert.deepEqual(controller.triggers, []);
    const body = '{"ref":"main"}';
    const signed = { ...headers, 'x-signature': sign(body) };
    assert.equal((await ask('/api/webhooks/hub', { method: 'POST', headers: signed, body })).status, 202);
  });
});

describe('tokens', () => {
  const offLoopback = { listen: { host: '0.0.0.0', port: 8480 } };
  const ip = { host: '192.168.1.5:8480' };

  it('are needed to listen off loopback at all', () => {
    for (const [tokens, secrets] of [
      [[], {}],
      [['lost'], {}],
      [['blank'], { blank: ' \n' }],
    ] as const) {
      const start = () => createHttpWorld({ config: { ...offLoopback, tokens: [...tokens] }, secrets });
      assert.throws(
        start,
        (error) => isFault(error) && error.reason === 'TokenMissing' && error.hint !== null,
      );
    }
  });

  it('are not needed on loopback, yet a wrong one is refused there', async () => {
    const { ask } = createHttpWorld();
    for (const path of ['/api/workloads', '/', '/healthz', '/nothing-here']) {
      const wrong = await ask(path, { headers: { authorization: 'Bearer tf_wrong' } });
      assert.equal(wrong.status, 401, path);
      assert.match(wrong.headers.get('www-authenticate') ?? '', /^Bearer .*invalid_token/);
    }
    assert.equal(
      (await ask('/api/workloads', { headers: { authorization: `Bearer ${TOKEN}` } })).status,
      200,
    );
    assert.equal((await ask('/api/workloads')).status, 200);
  });

  for (const [name, authorization] of [
    ['no header', undefined],
    ['an empty one', 'Bearer '],
    ['another scheme', `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}`],
    ['its beginning', `Bearer ${TOKEN.slice(0, -1)}`],
    ['more than it', `Bearer ${TOKEN}x`],
    ['two of them', `Bearer ${TOKEN} ${TOKEN}`],
    ['a very long one', `Bearer ${'x'.repeat(5000)}`],
  ] as const) {
    it(`do not let in ${name}`, async () => {
      const { ask } = createHttpWorld({ config: offLoopback });
      const headers: Record<string, string> = authorization === undefined ? ip : { ...ip, authorization };
      const answer = await ask('/api/workloads', { headers });
      assert.equal(answer.status, 401);
      assert.ok(!(await answer.text()).includes('shop'));
    });
  }

  it('count from the moment they are changed', async () => {
    const secrets: Record<string, string> = { token: 'tf_first-0123456789' };
    const { ask } = createHttpWorld({ config: offLoopback, secrets });
    const status = async (token: string) =>
      (await ask('/api/workloads', { headers: { ...ip, authorization: `bearer ${token}` } })).status;
    assert.deepEqual([await status('tf_first-0123456789'), await status('tf_next-0123456789')], [200, 401]);
  });
});

describe('bodies', () => {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' } };

  it('are refused by what they say and by what they are', async () => {
    const { ask } = createHttpWorld();
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(16 * 1024).fill(32));
      },
    });
    const told = { ...post.headers, 'content-length': '70000' };
    assert.equal((await ask('/api/sync', { ...post, body: endless, headers: told })).status, 413);
    assert.ok(pulled <= 1, 'what says that it is too large is not read');
    const untold = await ask('/api/sync', { ...post, body: endless });
    assert.equal(untold.status, 413);
    assert.ok(pulled < 20, `${pulled} chunks were taken`);
  });

  for (const [name, body, type, status] of [
    ['a form', 'units=shop', 'application/x-www-form-urlencoded', 415],
    ['plain text', '{}', 'text/plain', 415],
    ['a list', '[]', 'application/json', 400],
    ['half of an object', '{"units":', 'application/json', 400],
    ['a number', '1', 'application/json; charset=utf-8', 400],
  ] as const) {
    it(`are refused when they are ${name}`, async () => {
      const { ask, controller } = createHttpWorld();
      const answer = await ask('/api/sync', { method: 'POST', body, headers: { 'content-type': type } });
      assert.equal(answer.status, status);
      assert.deepEqual(controller.triggers, []);
    });
  }
});

describe('headers of every answer', () => {
  const policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
  for (const [path, headers] of [
    ['/', {}],
    ['/api/plan', {}],
    ['/nothing-here', {}],
    ['/', { host: 'evil.example' }],
    ['/api/sync', { authorization: 'Bearer wrong' }],
    ['/healthz', {}],
  ] as const) {
    it(`guard ${path}${JSON.stringify(headers)}`, async () => {
      const { ask } = createHttpWorld();
      const answer = await ask(path, { headers: { ...headers, origin: 'http://localhost:8480' } });
      assert.equal(answer.headers.get('content-security-policy'), policy);
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(answer.headers.get('access-control-allow-origin'), null);
    });
  }

  it('stay when the app itself fails, and the failure tells nothing', async () => {
    const { ask, controller, log } = createHttpWorld();
    controller.break(new Error('boom with s3cret'));
    for (const accept of ['text/html', 'application/json']) {
      const answer = await ask('/', { headers: { accept } });
      assert.equal(answer.status, 500);
      assert.equal(answer.headers.get('content-security-policy'), policy);
      assert.ok(!(await answer.text()).includes('boom'));
    }
    assert.deepEqual(log.messages('error'), ['A request failed', 'A request failed']);
  });
});
