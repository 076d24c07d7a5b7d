// What the double's API does beyond the recordings: facts measured on the real one that no single recording shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Api, logIn } from '../support/npm/double-client.ts';
import { adminToken } from '../support/npm/replay.ts';
import { startNpmDouble } from '../support/npm/start-double.ts';

const none = () => startNpmDouble({ nginx: 'none' });
const host = (...names: string[]) => ({
  domain_names: names,
  forward_scheme: 'http',
  forward_host: '127.0.0.1',
  forward_port: 8080,
});
const hosts = '/nginx/proxy-hosts';
const message = ({ body }: Awaited<ReturnType<Api>>) => body.error.message as string;

test('names come back sorted, keep their case, and are taken whatever their case and kind', async () => {
  await using double = await none();
  const api = await logIn(double);
  const { body } = await api('POST', hosts, host('b.example.test', 'A.example.test', '*.example.test'));
  assert.deepEqual(body.domain_names, ['*.example.test', 'A.example.test', 'b.example.test']);
  assert.equal(message(await api('POST', hosts, host('a.EXAMPLE.test'))), 'a.EXAMPLE.test is already in use');
  const dead = await api('POST', '/nginx/dead-hosts', { domain_names: ['B.example.test'] });
  assert.equal(message(dead), 'B.example.test is already in use');
  assert.equal((await api('POST', hosts, host('c.example.test'))).status, 201, 'a wildcard does not collide');
});

test('the list is sorted by names, and a query looks into them', async () => {
  await using double = await none();
  const api = await logIn(double);
  for (const name of ['c.example.test', 'a.example.test', 'b.other.test'])
    await api('POST', hosts, host(name));
  const names = async (query: string) =>
    (await api('GET', hosts + query)).body.map((row: { domain_names: string[] }) => row.domain_names[0]);
  assert.deepEqual(await names(''), ['a.example.test', 'b.other.test', 'c.example.test']);
  assert.deepEqual(await names('?query=other&limit=1'), ['b.other.test']);
  assert.equal((await api('GET', `${hosts}?expand=nothing`)).status, 500);
});

test('our marks in meta survive writes without meta, and a write with meta replaces them', async () => {
  await using double = await none();
  const api = await logIn(double);
  const { body } = await api('POST', hosts, { ...host('m.example.test'), meta: { mark: 'ours' } });
  const path = `${hosts}/${body.id}`;
  await api('PUT', path, { forward_port: 81 });
  await api('POST', `${path}/disable`);
  await api('POST', `${path}/enable`);
  assert.equal((await api('GET', path)).body.meta.mark, 'ours');
  const { body: changed } = await api('PUT', path, { meta: { other: 1 } });
  assert.deepEqual(changed.meta, { other: 1, nginx_online: true, nginx_err: null });
});

test('flags for TLS are kept beside a certificate id of 0, and fall at the next write without one', async () => {
  await using double = await none();
  const api = await logIn(double);
  const flags = { ssl_forced: true, hsts_enabled: true, hsts_subdomains: true, http2_support: true };
  const told = (row: Record<string, unknown>) => Object.keys(flags).map((flag) => row[flag]);
  const without = await api('POST', hosts, { ...host('x.example.test'), ...flags });
  assert.deepEqual(told(without.body), [false, false, false, false]);
  const { body } = await api('POST', hosts, { ...host('t.example.test'), certificate_id: 0, ...flags });
  assert.deepEqual(told(body), [true, true, true, true]);
  assert.equal(body.certificate_id, 0);
  const { body: changed } = await api('PUT', `${hosts}/${body.id}`, { forward_port: 81 });
  assert.deepEqual(told(changed), [false, false, false, false]);
});

test('values are coerced, null places are refused, and a body may be missing, broken or too long', async () => {
  await using double = await none();
  const api = await logIn(double);
  const coerced = {
    ...host('k.example.test'),
    forward_port: '8081',
    block_exploits: 1,
    caching_enabled: 'true',
  };
  const { body } = await api('POST', hosts, coerced);
  assert.deepEqual([body.forward_port, body.block_exploits, body.caching_enabled], [8081, true, true]);
  const refused = await api('PUT', `${hosts}/${body.id}`, { locations: null });
  assert.equal(message(refused), 'data/locations must be array');
  assert.equal(
    (await api('PUT', `${hosts}/${body.id}`, { advanced_config: '#'.repeat(90_000) })).status,
    200,
  );
  const long = await api('PUT', `${hosts}/${body.id}`, { advanced_config: '#'.repeat(120_000) });
  assert.deepEqual([long.status, message(long)], [413, 'Internal Error']);
  const untyped = await fetch(`${double.url}/api/tokens`, {
    method: 'POST',
    body: new Uint8Array([123, 125]),
  });
  assert.match(await untyped.text(), /Payload is undefined/);
});

test('a GET tells an ETag that a PUT does not look at', async () => {
  await using double = await none();
  const api = await logIn(double);
  await api('POST', hosts, host('e.example.test'));
  const authorization = `Bearer ${await adminToken(double)}`;
  const first = await fetch(`${double.url}/api${hosts}/1`, { headers: { authorization } });
  const etag = first.headers.get('etag') ?? '';
  assert.match(etag, /^W\//);
  const headers = { authorization, 'if-none-match': etag };
  assert.equal((await fetch(`${double.url}/api${hosts}/1`, { headers })).status, 304);
  const changed = await fetch(`${double.url}/api${hosts}/1`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json', 'if-match': 'W/"another"' },
    body: '{"forward_port":81}',
  });
  assert.equal(changed.status, 200);
});

test('a certificate ordered with its host leaves the host there when it fails, and is joined to it when it does not', async () => {
  await using double = await none();
  const api = await logIn(double);
  const ordered = { ...host('c.example.test'), certificate_id: 'new' };
  assert.equal((await api('POST', hosts, ordered)).status, 500);
  const { body: left } = await api('GET', `${hosts}/1`);
  assert.deepEqual([left.enabled, left.certificate_id, left.meta], [true, 0, {}]);
  double.switches.letsencrypt = 'self-signed';
  const { status, body } = await api('PUT', `${hosts}/1`, { certificate_id: 'new' });
  assert.equal(status, 200);
  assert.deepEqual(body.certificate.domain_names, ['c.example.test']);
  assert.equal(body.certificate_id, body.certificate.id);
});

test('ids are never given twice', async () => {
  await using double = await none();
  const api = await logIn(double);
  await api('POST', hosts, host('one.example.test'));
  await api('DELETE', `${hosts}/1`);
  assert.equal((await api('POST', hosts, host('one.example.test'))).body.id, 2);
});

test('a broken nginx answers 500 to every write, and each was done', async () => {
  await using double = await startNpmDouble();
  const api = await logIn(double);
  await api('POST', hosts, host('there.example.test'));
  await double.breakNginx();
  assert.equal((await api('POST', hosts, host('new.example.test'))).status, 500);
  assert.equal((await api('PUT', `${hosts}/1`, { forward_port: 81 })).status, 500);
  const again = await api('POST', hosts, host('new.example.test'));
  assert.deepEqual([again.status, message(again)], [400, 'new.example.test is already in use']);
  assert.equal((await api('GET', `${hosts}/1`)).body.forward_port, 81);
  assert.equal((await api('DELETE', `${hosts}/1`)).status, 500);
  await double.mendNginx();
  const { body } = await api('GET', hosts);
  assert.deepEqual(
    body.map((row: { id: number; meta: object }) => [row.id, row.meta]),
    [[2, {}]],
  );
});

test('good writes beside a bad one fail or go offline', async () => {
  await using double = await startNpmDouble();
  const api = await logIn(double);
  for (let id = 1; id <= 9; id++) await api('POST', hosts, host(`p${id}.example.test`));
  const harmed = async () => {
    const bad = api('PUT', `${hosts}/9`, { advanced_config: '}}} broken' });
    const good = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map((id) => api('PUT', `${hosts}/${id}`, { forward_port: 81 })),
    );
    await bad;
    await api('PUT', `${hosts}/9`, { advanced_config: '' });
    return good.some(({ status, body }) => status === 500 || body.meta.nginx_online === false);
  };
  // Which of them are harmed is chance; that none is in ten rounds is not.
  let rounds = 0;
  while (!(await harmed())) assert.ok(++rounds < 10, 'no write was ever harmed by the one beside it');
});
