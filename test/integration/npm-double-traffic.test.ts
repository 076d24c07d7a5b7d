// The double's nginx serves what was written to the API, with the behaviours that break a naive client.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import { type Api, askThrough, logIn } from '../support/npm/double-client.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { until } from '../support/real/until.ts';

let double: NpmDouble;
let api: Api;
const upstreams: Server[] = [];
const ports: number[] = [];

before(async () => {
  double = await startNpmDouble();
  api = await logIn(double);
  for (const name of ['one', 'two']) {
    const server = createServer((_, response) => response.end(name));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    upstreams.push(server);
    ports.push(typeof address === 'object' && address !== null ? address.port : 0);
  }
});

after(async () => {
  await double.close();
  for (const server of upstreams) server.close();
});

const host = (name: string, more: object = {}) => ({
  domain_names: [name],
  forward_scheme: 'http',
  forward_host: '127.0.0.1',
  forward_port: ports[0],
  ...more,
});

const body = async (name: string, headers?: Record<string, string>) =>
  (await askThrough(double.traffic, name, headers === undefined ? {} : { headers })).body;

test('a PUT moves the requests, after its answer', async () => {
  const { status, body: row } = await api('POST', '/nginx/proxy-hosts', host('move.example.test'));
  assert.equal(status, 201);
  assert.deepEqual(row.meta, {}, 'the answer is from before nginx was asked');
  await until({ what: 'the first', look: async () => (await body('move.example.test')) === 'one' });
  const changed = await api('PUT', `/nginx/proxy-hosts/${row.id}`, { forward_port: ports[1] });
  assert.equal(changed.body.meta.nginx_online, true);
  assert.equal(await body('move.example.test'), 'one', 'the workers are not changed yet');
  await until({ what: 'the second', look: async () => (await body('move.example.test')) === 'two' });
});

test('lines in advanced_config choose another upstream for a header, and tell who answers', async () => {
  const lines = `if ($http_x_preview = "SECRET") { set $port ${ports[1]}; }
if ($http_x_who = "SECRET") { return 200 "$server:$port r7"; }`;
  await api('POST', '/nginx/proxy-hosts', host('who.example.test', { advanced_config: lines }));
  const who = await until({
    what: 'the lines to be live',
    look: async () => /r7$/.test(await body('who.example.test', { 'x-who': 'SECRET' })),
  });
  assert.ok(who);
  assert.equal(await body('who.example.test', { 'x-who': 'SECRET' }), `127.0.0.1:${ports[0]} r7`);
  assert.equal(await body('who.example.test', { 'x-preview': 'SECRET' }), 'two');
  assert.equal(await body('who.example.test'), 'one');
  const both = { 'x-preview': 'SECRET', 'x-who': 'SECRET' };
  assert.equal(await body('who.example.test', both), `127.0.0.1:${ports[1]} r7`);
});

test('a configuration that nginx refuses takes the host off, and the default site answers 200', async () => {
  const { status, body: row } = await api(
    'POST',
    '/nginx/proxy-hosts',
    host('bad.example.test', { advanced_config: '}}} broken' }),
  );
  assert.equal(status, 201);
  const seen = await api('GET', `/nginx/proxy-hosts/${row.id}`);
  assert.equal(seen.body.meta.nginx_online, false);
  assert.match(seen.body.meta.nginx_err, /\/data\/nginx\/proxy_host\/\d+\.conf:\d+/);
  const answer = await askThrough(double.traffic, 'bad.example.test');
  assert.equal(answer.status, 200);
  assert.match(answer.body, /Congratulations/);
});
