// Every route there is, against everybody who may come: the table is the test, and a route without a line fails.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCESS, type RouteKey } from '../../src/http/access.ts';
import { createHttpWorld, sign, TOKEN } from '../support/http-world.ts';

/** One address of each route, and what it answers to somebody who may: the matrix knows no other. */
const ROUTES: Readonly<
  Record<RouteKey, { path: string; status: number; access: 'open' | 'token' | 'signature' }>
> = {
  'GET /healthz': { path: '/healthz', status: 200, access: 'open' },
  'GET /readyz': { path: '/readyz', status: 200, access: 'open' },
  'GET /metrics': { path: '/metrics', status: 200, access: 'token' },
  'GET /api/workloads': { path: '/api/workloads', status: 200, access: 'token' },
  'GET /api/workloads/:id': { path: '/api/workloads/project.shop', status: 200, access: 'token' },
  'GET /api/workloads/:id/containers': {
    path: '/api/workloads/shop/containers',
    status: 200,
    access: 'token',
  },
  'GET /api/workloads/:id/deploys': { path: '/api/workloads/shop/deploys', status: 200, access: 'token' },
  'GET /api/workloads/:id/:stage': { path: '/api/workloads/shop/prod', status: 200, access: 'token' },
  'GET /api/workloads/:id/:stage/containers': {
    path: '/api/workloads/shop/prod/containers',
    status: 200,
    access: 'token',
  },
  'GET /api/workloads/:id/:stage/deploys': {
    path: '/api/workloads/shop/prod/deploys',
    status: 200,
    access: 'token',
  },
  'GET /api/containers': { path: '/api/containers', status: 200, access: 'token' },
  'GET /api/plan': { path: '/api/plan', status: 200, access: 'token' },
  'GET /api/events': { path: '/api/events', status: 200, access: 'token' },
  'GET /api/proxies': { path: '/api/proxies', status: 200, access: 'token' },
  'POST /api/proxies': { path: '/api/proxies', status: 400, access: 'token' },
  'PUT /api/proxies/:name': { path: '/api/proxies/nas', status: 404, access: 'token' },
  'DELETE /api/proxies/:name': { path: '/api/proxies/nas', status: 404, access: 'token' },
  'POST /api/workloads/:id/rollback': {
    path: '/api/workloads/immich/rollback',
    status: 202,
    access: 'token',
  },
  'POST /api/workloads/:id/:stage/rollback': {
    path: '/api/workloads/shop/prod/rollback',
    status: 202,
    access: 'token',
  },
  'POST /api/sync': { path: '/api/sync', status: 202, access: 'token' },
  'POST /api/webhooks/:name': { path: '/api/webhooks/hub', status: 202, access: 'signature' },
  'GET /events/stream': { path: '/events/stream?page=/', status: 200, access: 'token' },
  'GET /assets/:file': { path: '/assets/style.css', status: 404, access: 'token' },
  'GET /': { path: '/', status: 200, access: 'token' },
  'GET /workloads': { path: '/workloads', status: 302, access: 'token' },
  'GET /workloads/:name': { path: '/workloads/immich', status: 200, access: 'token' },
  'GET /workloads/:name/:second': { path: '/workloads/shop/prod', status: 200, access: 'token' },
  'GET /workloads/:name/:stage/:tab': { path: '/workloads/shop/prod/logs', status: 200, access: 'token' },
  'GET /deploys': { path: '/deploys', status: 200, access: 'token' },
  'GET /deploys/:id': { path: '/deploys/1', status: 200, access: 'token' },
  'GET /routes': { path: '/routes', status: 200, access: 'token' },
  'GET /events': { path: '/events', status: 200, access: 'token' },
};

const keys = Object.keys(ROUTES) as RouteKey[];
const body = '{"ref":"main"}';

function initOf(key: RouteKey, headers: Record<string, string>) {
  if (key.startsWith('DELETE')) return { method: 'DELETE', headers };
  if (!/^(POST|PUT)/.test(key)) return { headers };
  const hook = key === 'POST /api/webhooks/:name';
  return {
    method: key.split(' ')[0] ?? '',
    body: hook ? body : '{}',
    headers: { 'content-type': 'application/json', ...headers },
  };
}

describe('the table of routes', () => {
  it('is what is registered, nothing more and nothing less', () => {
    const { app } = createHttpWorld();
    const registered = app.routes().filter(({ method }) => method !== 'ALL');
    assert.deepEqual(registered.map(({ method, path }) => `${method} ${path}`).sort(), keys.toSorted());
    // What answers to all methods is the guard, or tells which method is right: never a route of its own.
    const paths = new Set(['/*', ...keys.map((key) => key.slice(key.indexOf(' ') + 1))]);
    for (const { method, path } of app.routes()) assert.ok(method !== 'ALL' || paths.has(path), path);
  });

  for (const key of keys) {
    const { path, status, access } = ROUTES[key];

    it(`${key} says who may call it`, () => assert.equal(ACCESS[key], access));

    it(`${key} answers on loopback`, async () => {
      const { ask } = createHttpWorld();
      const signed = access === 'signature' ? { 'x-signature': sign(body) } : {};
      const answer = await ask(path, initOf(key, signed));
      assert.equal(answer.status, status);
      await answer.body?.cancel();
    });

    it(`${key} off loopback`, async () => {
      const off = createHttpWorld({ config: { listen: { host: '0.0.0.0', port: 8480 } } });
      const host = '10.0.0.5:8480';
      const stranger = await off.ask(path, initOf(key, { host }));
      assert.equal(stranger.status, access === 'open' ? status : 401, 'a stranger');
      const wrong = await off.ask(path, initOf(key, { host, authorization: 'Bearer tf_wrong' }));
      assert.equal(wrong.status, 401, 'a wrong token');
      const named = { host, authorization: `Bearer ${TOKEN}`, 'x-signature': sign(body) };
      const known = await off.ask(path, initOf(key, named));
      assert.equal(known.status, status, 'a known token');
      for (const answer of [stranger, wrong, known]) await answer.body?.cancel();
    });

    it(`${key} is closed to a strange host and to a script of another page`, async () => {
      const { ask } = createHttpWorld();
      const rebound = await ask(path, initOf(key, { host: 'evil.example:8480', 'x-signature': sign(body) }));
      assert.equal(rebound.status, 403);
      const script = {
        origin: 'https://evil.example',
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'cors',
      };
      const foreign = await ask(path, initOf(key, script));
      assert.equal(foreign.status, access === 'signature' ? 401 : 403);
    });
  }
});

describe('wrong turns', () => {
  for (const [method, path, allow] of [
    ['POST', '/healthz', 'GET, HEAD'],
    ['DELETE', '/api/workloads/shop/prod', 'GET, HEAD'],
    ['PUT', '/api/sync', 'POST'],
    ['GET', '/api/sync', 'POST'],
    ['GET', '/api/webhooks/hub', 'POST'],
    ['OPTIONS', '/api/plan', 'GET, HEAD'],
    ['PATCH', '/', 'GET, HEAD'],
  ] as const) {
    it(`${method} ${path} is told what the address takes`, async () => {
      const { ask } = createHttpWorld();
      const answer = await ask(path, { method });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.get('allow'), allow);
      const { error } = (await answer.json()) as { error: { message: string } };
      assert.match(error.message, new RegExp(`"${method}" is not served here`));
    });
  }

  it('HEAD is GET without a body', async () => {
    const { ask } = createHttpWorld();
    const answer = await ask('/api/workloads', { method: 'HEAD' });
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), '');
  });

  it('an unknown address is JSON for programs and a page for people', async () => {
    const { ask } = createHttpWorld();
    const program = await ask('/api/nothing', { headers: { accept: 'text/html' } });
    assert.equal(program.status, 404);
    assert.equal(((await program.json()) as { success: boolean }).success, false);
    const person = await ask('/workloads/shopp/prod', { headers: { accept: 'text/html' } });
    assert.equal(person.status, 404);
    const page = await person.text();
    assert.match(page, /<nav aria-label="Pages">/);
    assert.match(page, /Did you mean <code>shop\/prod<\/code>/);
  });

  it('addresses that cannot be decoded are unknown, not errors', async () => {
    const { ask, log } = createHttpWorld();
    for (const path of [
      '/workloads/%E0%A4%A',
      '/workloads/%00',
      '/deploys/1e3',
      '/deploys/-1',
      '/deploys/999999',
    ])
      assert.equal((await ask(path, { headers: { accept: 'text/html' } })).status, 404, path);
    assert.deepEqual(log.messages('error'), []);
  });
});
