// The double's nginx serves what was written to the API, with the behaviours that break a naive client.
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { type Api, askThrough, logIn, type ThroughOptions } from '../support/npm/double-client.ts';
import { selfSigned } from '../support/npm/self-signed.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { startUpstream } from '../support/npm/upstreams.ts';
import { freePort } from '../support/real/program.ts';
import { until } from '../support/real/until.ts';

let double: NpmDouble;
let api: Api;
let one: Awaited<ReturnType<typeof startUpstream>>;
let two: typeof one;

before(async () => {
  double = await startNpmDouble();
  api = await logIn(double);
  one = await startUpstream('one');
  two = await startUpstream('two');
});

after(async () => {
  await double.close();
  await one[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
});

const ask = (host: string, options: ThroughOptions = {}) => askThrough(double.traffic.http, host, options);
const bodyOf = async (host: string, options: ThroughOptions = {}) => (await ask(host, options)).body;

/** A new host before `one`, once it serves. */
async function served(name: string, more: object = {}): Promise<number> {
  const upstream = { forward_scheme: 'http', forward_host: '127.0.0.1', forward_port: one.port };
  const { status, body } = await api('POST', '/nginx/proxy-hosts', {
    domain_names: [name],
    ...upstream,
    ...more,
  });
  assert.equal(status, 201, JSON.stringify(body));
  await double.settled();
  return body.id;
}

const put = async (id: number, body: object) => {
  const answer = await api('PUT', `/nginx/proxy-hosts/${id}`, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
};

const answers = async (host: string, wanted: string | number) => {
  await double.settled();
  const { status, body } = await ask(host);
  assert.equal(typeof wanted === 'string' ? body : status, wanted);
};

test('a PUT moves the requests, some time after its answer', async () => {
  const id = await served('move.example.test');
  double.holdReloads();
  const changed = await put(id, { forward_port: two.port });
  assert.equal(changed.meta.nginx_online, true);
  assert.equal(await bodyOf('move.example.test'), 'one', 'the workers are not changed yet');
  double.releaseReloads();
  await answers('move.example.test', 'two');
});

test('a long answer begun before a PUT ends complete from the old upstream', async () => {
  const id = await served('long.example.test');
  let begun = false;
  const long = ask('long.example.test', { path: '/slow', onFirstByte: () => (begun = true) });
  await until({ what: 'the first half', look: () => begun });
  await put(id, { forward_port: two.port });
  await answers('long.example.test', 'two');
  one.finish();
  const { status, body } = await long;
  assert.deepEqual([status, body], [200, 'begun by one']);
});

test('an upgraded connection stays with the upstream it was opened to', async () => {
  const id = await served('socket.example.test', { allow_websocket_upgrade: true });
  const socket = connect(Number(new URL(double.traffic.http).port), '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('utf8')));
  socket.write('GET / HTTP/1.1\r\nhost: socket.example.test\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n');
  await until({ what: 'the upgrade', look: () => received.includes('101 Switching Protocols') });
  await put(id, { forward_port: two.port });
  await answers('socket.example.test', 'two');
  socket.write('still there');
  await until({ what: 'the echo', look: () => received.endsWith('one: still there') });
  socket.destroy();
});

test('a client that keeps its connection loses no answer over ten reloads, but for idle ones that are closed', async () => {
  const id = await served('keep.example.test');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let stopped = false;
  let count = 0;
  let retried = 0;
  const failures: string[] = [];
  const seen = new Set<string>();
  const asking = (async () => {
    while (!stopped) {
      try {
        const { status, body } = await ask('keep.example.test', { agent });
        count += 1;
        seen.add(body);
        if (status !== 200) failures.push(`${status} ${body}`);
      } catch (error) {
        // A reload closes idle connections; a request that got no byte on one may be sent again.
        const { code, message } = error as NodeJS.ErrnoException;
        if (code === 'ECONNRESET' || code === 'EPIPE') retried += 1;
        else failures.push(message);
      }
    }
  })();
  for (let round = 0; round < 10; round++) {
    const target = round % 2 === 0 ? two : one;
    await put(id, { forward_port: target.port });
    await answers('keep.example.test', target === two ? 'two' : 'one');
  }
  stopped = true;
  await asking;
  agent.destroy();
  assert.deepEqual(failures, []);
  assert.deepEqual([...seen].sort(), ['one', 'two']);
  assert.ok(count > 100, `${count} requests, ${retried} sent again`);
});

test('lines in advanced_config choose another upstream for a header, and tell who answers', async () => {
  const lines = `if ($http_x_preview = "SECRET") { set $port ${two.port}; }
if ($http_x_who = "SECRET") { return 200 "$server:$port r7"; }`;
  await served('who.example.test', { advanced_config: lines });
  const who = (headers: Record<string, string>) => bodyOf('who.example.test', { headers });
  assert.equal(await who({ 'x-who': 'SECRET' }), `127.0.0.1:${one.port} r7`);
  assert.equal(await who({ 'x-who': 'GUESS' }), 'one');
  assert.equal(await who({ 'x-preview': 'SECRET' }), 'two');
  assert.equal(await who({ 'x-preview': 'SECRET', 'x-who': 'SECRET' }), `127.0.0.1:${two.port} r7`);
});

test('a share of the requests can be sent elsewhere by their id', async () => {
  const lines = `if ($request_id ~ "^[0-7]") { set $port ${two.port}; }`;
  await served('share.example.test', { advanced_config: lines });
  const bodies = await Promise.all(Array.from({ length: 60 }, () => bodyOf('share.example.test')));
  assert.deepEqual([...new Set(bodies)].sort(), ['one', 'two']);
});

test('a configuration that nginx refuses takes the host off, and the default site answers 200', async () => {
  const id = await served('bad.example.test');
  const changed = await put(id, { advanced_config: 'this_is_not_a_directive on;' });
  assert.equal(changed.meta.nginx_online, false);
  assert.match(changed.meta.nginx_err, /\/data\/nginx\/proxy_host\/\d+\.conf:\d+/);
  await double.settled();
  for (const name of ['bad.example.test', 'nobody.example.test']) {
    const { status, body } = await ask(name);
    assert.equal(status, 200);
    assert.match(body, /Congratulations/);
  }
});

test('enabled: false by PUT does not stop the routing, disable does', async () => {
  const id = await served('off.example.test');
  await put(id, { enabled: false });
  const { status, body } = await api('POST', `/nginx/proxy-hosts/${id}/disable`);
  assert.deepEqual([status, body.error.message], [400, 'Host is already disabled']);
  // Another host's write has reloaded by now, and still:
  await served('other.example.test');
  assert.equal(await bodyOf('off.example.test'), 'one');
  await put(id, { enabled: true });
  assert.equal((await api('POST', `/nginx/proxy-hosts/${id}/disable`)).body, true);
  await double.settled();
  assert.match(await bodyOf('off.example.test'), /Congratulations/);
});

test('enable after disable opens a protected host, until the next PUT; so does deleting its list', async () => {
  const { body: list } = await api('POST', '/nginx/access-lists', {
    name: 'people',
    satisfy_any: true,
    items: [{ username: 'ann', password: 'let-me-in' }],
    clients: [],
  });
  const id = await served('closed.example.test', { access_list_id: list.id });
  const authorization = `Basic ${Buffer.from('ann:let-me-in').toString('base64')}`;
  assert.equal((await ask('closed.example.test')).status, 401);
  assert.equal((await ask('closed.example.test', { headers: { authorization } })).body, 'one');
  await api('POST', `/nginx/proxy-hosts/${id}/disable`);
  await api('POST', `/nginx/proxy-hosts/${id}/enable`);
  await answers('closed.example.test', 'one');
  const told = await api('GET', `/nginx/proxy-hosts/${id}`);
  assert.equal(told.body.access_list_id, list.id, 'the row still says that it is protected');
  await put(id, { block_exploits: true });
  await answers('closed.example.test', 401);
  await api('DELETE', `/nginx/access-lists/${list.id}`);
  await answers('closed.example.test', 'one');
});

test('addresses are let in or kept out', async () => {
  const clients = [{ directive: 'allow', address: '192.0.2.0/24' }];
  const { body: list } = await api('POST', '/nginx/access-lists', { name: 'far', items: [], clients });
  await served('far.example.test', { access_list_id: list.id });
  assert.equal((await ask('far.example.test')).status, 403);
});

test('a reference that leads nowhere protects nothing', async () => {
  await served('loose.example.test', { access_list_id: 999 });
  assert.deepEqual(await bodyOf('loose.example.test'), 'one');
});

test('an uploaded certificate serves https, forces it and tells HSTS; after its deletion the next write opens http', async () => {
  const { body: certificate } = await api('POST', '/nginx/certificates', {
    provider: 'other',
    nice_name: 'tls',
  });
  const pair = await selfSigned(['tls.example.test']);
  const form = new FormData();
  form.set('certificate', new Blob([pair.certificate]), 'certificate.pem');
  form.set('certificate_key', new Blob([pair.key]), 'key.pem');
  assert.equal((await api('POST', `/nginx/certificates/${certificate.id}/upload`, form)).status, 200);
  const flags = { ssl_forced: true, hsts_enabled: true, http2_support: true };
  const id = await served('tls.example.test', { certificate_id: certificate.id, ...flags });
  const plain = await ask('tls.example.test', { path: '/there?a=b' });
  assert.deepEqual([plain.status, plain.headers.location], [301, 'https://tls.example.test/there?a=b']);
  const secure = await askThrough(double.traffic.https, 'tls.example.test');
  assert.equal(secure.body, 'one');
  assert.match(String(secure.headers['strict-transport-security']), /max-age=63072000/);
  assert.equal(secure.headers['x-served-by'], 'tls.example.test');
  assert.equal((await api('DELETE', `/nginx/certificates/${certificate.id}`)).status, 200);
  const changed = await put(id, { block_exploits: true });
  assert.equal(changed.ssl_forced, true);
  await answers('tls.example.test', 'one');
  await assert.rejects(askThrough(double.traffic.https, 'tls.example.test'));
});

test("a certificate of Let's Encrypt fails without certbot, and is self-signed where the double is told so", async () => {
  const order = {
    provider: 'letsencrypt',
    domain_names: ['le.example.test'],
    meta: { dns_challenge: false },
  };
  const failed = await api('POST', '/nginx/certificates', order);
  assert.equal(failed.status, 500);
  assert.match(failed.body.debug.previous.cmd, /^certbot certonly/);
  double.switches.letsencrypt = 'self-signed';
  const { status, body } = await api('POST', '/nginx/certificates', order);
  double.switches.letsencrypt = 'fail';
  assert.equal(status, 201);
  await served('le.example.test', { certificate_id: body.id });
  assert.equal((await askThrough(double.traffic.https, 'le.example.test')).body, 'one');
});

test('redirections, 404 hosts and the default site answer as they are told', async () => {
  await api('POST', '/nginx/redirection-hosts', {
    domain_names: ['old.example.test'],
    forward_scheme: 'https',
    forward_http_code: 308,
    forward_domain_name: 'new.example.test',
    preserve_path: true,
  });
  await api('POST', '/nginx/dead-hosts', { domain_names: ['gone.example.test'] });
  await answers('gone.example.test', 404);
  const redirected = await ask('old.example.test', { path: '/a' });
  assert.deepEqual([redirected.status, redirected.headers.location], [308, 'https://new.example.test/a']);
  await api('PUT', '/settings/default-site', { value: '404', meta: {} });
  await answers('nobody.example.test', 404);
  await api('PUT', '/settings/default-site', { value: 'congratulations' });
  await answers('nobody.example.test', 200);
});

test('a stream forwards bytes', async () => {
  const port = await freePort();
  const stream = { incoming_port: port, forwarding_host: '127.0.0.1', tcp_forwarding: true };
  const { body } = await api('POST', '/nginx/streams', { ...stream, forwarding_port: one.port });
  const answer = await until({
    what: 'the stream to answer',
    look: () => askThrough(`http://127.0.0.1:${port}`, 'any').catch(() => undefined),
  });
  assert.equal(answer.body, 'one');
  assert.equal((await api('DELETE', `/nginx/streams/${body.id}`)).body, true);
});

test('a place of its own goes to its own upstream, and one that does not resolve takes the whole host off', async () => {
  const location = {
    path: '/two',
    forward_scheme: 'http',
    forward_host: '127.0.0.1',
    forward_port: two.port,
  };
  const id = await served('places.example.test', { locations: [location] });
  assert.equal(await bodyOf('places.example.test', { path: '/two' }), 'two');
  const lost = { ...location, forward_host: 'no-such-host.invalid' };
  const changed = await put(id, { locations: [lost] });
  assert.equal(changed.meta.nginx_online, false);
  assert.match(changed.meta.nginx_err, /host not found in upstream/);
});
