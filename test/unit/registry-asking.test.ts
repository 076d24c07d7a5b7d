// How registries are asked, over doubles of theirs: tokens, passwords, Docker Hub, limits, and answers that lie.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createRegistry, type RegistryDeps } from '../../src/adapters/registry/create-registry.ts';
import { isFault } from '../../src/model/errors.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createFakeInternet, type FakeHost, type FakeInternet } from '../support/fake-internet.ts';

const never = new AbortController().signal;
const digest = `sha256:${'ab'.repeat(32)}`;
const password = 'canary-password-8c31';

interface Rig {
  internet: FakeInternet;
  clock: FakeClock;
  ask(image: string): Promise<string>;
  /** The fault's reason and message. */
  fail(image: string): Promise<string>;
}

function start(
  hosts: Readonly<Record<string, FakeHost>>,
  { addresses, ...deps }: Partial<RegistryDeps> & { addresses?: Record<string, string[]> } = {},
): Rig {
  const internet = createFakeInternet(hosts, addresses);
  const clock = createFakeClock();
  const registry = createRegistry({ clock, fetch: internet.fetch, resolve: internet.resolve, ...deps });
  const ask = (image: string) => registry.resolveDigest(image, never);
  return {
    internet,
    clock,
    ask,
    async fail(image) {
      const error: unknown = await ask(image).catch((thrown: unknown) => thrown);
      assert.ok(isFault(error), String(error));
      assert.ok(error.message.length <= 160 && error.message.endsWith('.'), error.message);
      assert.ok((error.hint ?? '').length > 10);
      assert.equal(JSON.stringify([error.message, error.hint, error.evidence]).includes('canary'), false);
      return `${error.reason}: ${error.message}`;
    },
  };
}

const found = () => new Response(null, { status: 200, headers: { 'docker-content-digest': digest } });

/** Wants a bearer token from `realm`. */
function wantsToken(options: { realm: string; token?: string; service?: string }): FakeHost {
  const { realm, token = 'good', service = 'reg' } = options;
  const challenge = `Bearer realm="${realm}",service="${service}",scope="repository:a/b:pull,push"`;
  return (request) =>
    request.headers.get('authorization') === `Bearer ${token}`
      ? found()
      : new Response('{}', { status: 401, headers: { 'www-authenticate': challenge } });
}

const givesToken =
  (fields: Record<string, unknown> = { token: 'good' }): FakeHost =>
  () =>
    Response.json(fields);

test('one HEAD with all four types; nothing for a digest that is known', async () => {
  const rig = start({ 'https://ghcr.io': found });
  assert.equal(await rig.ask('ghcr.io/acme/shop:2.1'), digest);
  assert.deepEqual(rig.internet.lines(), ['HEAD https://ghcr.io/v2/acme/shop/manifests/2.1']);
  for (const type of [
    'oci.image.index.v1',
    'manifest.list.v2',
    'oci.image.manifest.v1',
    'distribution.manifest.v2',
  ]) {
    assert.ok(rig.internet.requests[0]?.accept?.includes(type), type);
  }
  assert.equal(rig.internet.requests[0]?.authorization, null);
  assert.equal(await rig.ask(`ghcr.io/acme/shop:2.1@${digest}`), digest);
  assert.equal(rig.internet.requests.length, 1);
});

test('Docker Hub: its own hosts, library/, latest, and a token without a name', async () => {
  const rig = start({
    'https://registry-1.docker.io': wantsToken({
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
    }),
    'https://auth.docker.io': givesToken(),
  });
  assert.equal(await rig.ask('busybox'), digest);
  assert.deepEqual(rig.internet.lines(), [
    'HEAD https://registry-1.docker.io/v2/library/busybox/manifests/latest',
    'GET https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Alibrary%2Fbusybox%3Apull',
    'HEAD https://registry-1.docker.io/v2/library/busybox/manifests/latest',
  ]);
  assert.ok(rig.internet.requests.every(({ authorization }) => !authorization?.startsWith('Basic')));
});

test('a token is kept as long as it lives, for its repository alone, and asked for before the registry refuses', async () => {
  const rig = start({
    'https://ghcr.io': (request, url) =>
      url.pathname === '/token'
        ? Response.json({ access_token: 'good', expires_in: 300 })
        : wantsToken({ realm: 'https://ghcr.io/token' })(request, url),
  });
  await rig.ask('ghcr.io/a/b:1');
  const first = rig.internet.requests.length;
  await rig.ask('ghcr.io/a/b:2');
  assert.equal(rig.internet.requests.length, first + 1, 'one HEAD');
  await rig.ask('ghcr.io/other/c:1');
  assert.equal(rig.internet.requests.length, first + 3, 'a token, and one HEAD');
  rig.clock.jump(rig.clock.nowMs() + 299_000);
  await rig.ask('ghcr.io/a/b:1');
  assert.equal(rig.internet.requests.length, first + 5, 'a new token a little before the old one ends');
});

test('a token that is taken back is replaced once, and not for ever', async () => {
  let current = 'one';
  let given = 0;
  const rig = start({
    'https://ghcr.io': (request, url) => {
      if (url.pathname !== '/token')
        return wantsToken({ realm: 'https://ghcr.io/token', token: current })(request, url);
      given += 1;
      return Response.json({ token: current === 'never' ? 'wrong' : current });
    },
  });
  await rig.ask('ghcr.io/a/b:1');
  current = 'two';
  assert.equal(await rig.ask('ghcr.io/a/b:1'), digest);
  assert.equal(given, 2);
  current = 'never';
  assert.equal(await rig.fail('ghcr.io/a/b:1'), 'ImagePullDenied: ghcr.io refused a/b (401).');
  assert.equal(given, 3);
});

test('a password goes to the token server that may have it, and never to the registry itself', async () => {
  const credentials = (registry: string) => (registry === 'ghcr.io' ? { username: 'bot', password } : null);
  const basic = `Basic ${Buffer.from(`bot:${password}`).toString('base64')}`;
  const rig = start(
    {
      'https://ghcr.io': (request, url) =>
        url.pathname === '/token'
          ? givesToken({ token: request.headers.get('authorization') === basic ? 'good' : 'anonymous' })(
              request,
              url,
            )
          : wantsToken({ realm: 'https://ghcr.io/token' })(request, url),
    },
    { credentials },
  );
  assert.equal(await rig.ask('ghcr.io/a/b:1'), digest);
  assert.deepEqual(
    rig.internet.requests.map(({ authorization }) => authorization),
    [null, basic, 'Bearer good'],
  );
});

test('a token server elsewhere gets no password, whatever the registry says', async () => {
  const credentials = () => ({ username: 'bot', password });
  const realms = [
    'https://evil.example/token',
    'http://ghcr.io/token',
    'https://ghcr.io.evil.example/t',
    'https://ghcr.io@evil.example/t',
  ];
  for (const realm of realms) {
    const rig = start(
      { 'https://ghcr.io': wantsToken({ realm }), 'https://evil.example': givesToken() },
      { credentials },
    );
    assert.equal(await rig.fail('ghcr.io/a/b:1'), 'ImagePullDenied: ghcr.io refused a/b (401).');
    assert.deepEqual(rig.internet.lines(), ['HEAD https://ghcr.io/v2/a/b/manifests/1'], realm);
  }
  const listed = () => ({ username: 'bot', password, realms: ['auth.example'] });
  const rig = start(
    {
      'https://ghcr.io': wantsToken({ realm: 'https://auth.example/token' }),
      'https://auth.example': givesToken(),
    },
    { credentials: listed },
  );
  assert.equal(await rig.ask('ghcr.io/a/b:1'), digest);
});

test('without a password too, nobody on the internet sends us into our own network', async () => {
  const addresses = { 'intern.example': ['10.0.0.7'] };
  for (const realm of [
    'https://169.254.169.254/latest',
    'https://127.0.0.1/x',
    'https://intern.example/t',
    'http://ghcr.example/t',
    'file:///etc/passwd',
    'nonsense',
  ]) {
    const rig = start({ 'https://ghcr.io': wantsToken({ realm }) }, { addresses });
    assert.match(await rig.fail('ghcr.io/a/b:1'), /^RegistryAway: ghcr\.io .*token server/, realm);
    assert.equal(rig.internet.requests.length, 1, realm);
  }
  const home = start(
    {
      'https://nas.home:5000': wantsToken({ realm: 'https://intern.example/t' }),
      'https://intern.example': givesToken(),
    },
    { addresses: { ...addresses, 'nas.home': ['192.168.1.2'] } },
  );
  assert.equal(
    await home.ask('nas.home:5000/a/b:1'),
    digest,
    'a registry at home may have its token server at home',
  );
});

test('Basic: the password for the registry, once it asks for one', async () => {
  const basic = `Basic ${Buffer.from(`bot:${password}`).toString('base64')}`;
  const host: FakeHost = (request) =>
    request.headers.get('authorization') === basic
      ? found()
      : new Response('', { status: 401, headers: { 'www-authenticate': 'Basic realm="nexus"' } });
  const rig = start(
    { 'https://nexus.example': host },
    { credentials: () => ({ username: 'bot', password }) },
  );
  assert.equal(await rig.ask('nexus.example/a:1'), digest);
  const anonymous = start({ 'https://nexus.example': host });
  assert.equal(await anonymous.fail('nexus.example/a:1'), 'ImagePullDenied: nexus.example refused a (401).');
  assert.equal(anonymous.internet.requests.length, 1);
});

test('redirects: within the registry yes, elsewhere without the password, inwards never', async () => {
  const redirects =
    (location: string): FakeHost =>
    (_request, url) =>
      url.pathname.startsWith('/v2/') ? new Response(null, { status: 307, headers: { location } }) : found();
  const same = start({ 'https://ghcr.io': redirects('/blob') });
  assert.equal(await same.ask('ghcr.io/a/b:1'), digest);

  const basic: FakeHost = (request) =>
    request.headers.has('authorization')
      ? new Response(null, { status: 307, headers: { location: 'https://user:pw@cdn.example/x' } })
      : new Response('', { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } });
  const away = start(
    { 'https://ghcr.io': basic, 'https://cdn.example': found },
    { credentials: () => ({ username: 'bot', password }) },
  );
  assert.equal(await away.ask('ghcr.io/a/b:1'), digest);
  assert.deepEqual(away.internet.requests.at(-1), {
    ...away.internet.requests.at(-1),
    url: 'https://cdn.example/x',
    authorization: null,
  });

  for (const location of [
    'https://169.254.169.254/',
    'https://localhost/',
    'https://[::1]/',
    'https://intern.example/',
    'http://cdn.example/',
    'https://2130706433/',
  ]) {
    const rig = start(
      { 'https://ghcr.io': redirects(location) },
      { addresses: { 'intern.example': ['10.0.0.7'], localhost: ['127.0.0.1'] } },
    );
    assert.match(await rig.fail('ghcr.io/a/b:1'), /^RegistryAway: .*redirects to/, location);
    assert.equal(rig.internet.requests.length, 1, location);
  }
  const loop = start({ 'https://ghcr.io': redirects('/v2/again') });
  assert.match(await loop.fail('ghcr.io/a/b:1'), /redirects more than 3 times/);
});

test('a HEAD without a digest, or none at all, is answered by the manifest itself', async () => {
  const manifest = JSON.stringify({ schemaVersion: 2 });
  const made = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  for (const head of [
    () => new Response(null),
    () => new Response(null, { status: 405 }),
    () => new Response(null, { headers: { 'docker-content-digest': 'md5:12' } }),
  ]) {
    const rig = start({
      'https://old.example': (request) => (request.method === 'HEAD' ? head() : new Response(manifest)),
    });
    assert.equal(await rig.ask('old.example/a:1'), made);
  }
  const liar: FakeHost = (request) =>
    request.method === 'HEAD'
      ? new Response(null)
      : new Response(manifest, { headers: { 'docker-content-digest': digest } });
  assert.match(await start({ 'https://old.example': liar }).fail('old.example/a:1'), /digest does not fit/);
});

test('an answer without end is not read to its end', async () => {
  let sent = 0;
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
  const manifest = start({
    'https://x.example': (request) =>
      request.method === 'HEAD' ? new Response(null) : new Response(endless()),
  });
  assert.match(await manifest.fail('x.example/a:1'), /longer than 4194304 bytes/);
  assert.ok(sent < 6 * 1024 * 1024);
  sent = 0;
  const token = start({
    'https://x.example': wantsToken({ realm: 'https://x.example.token/t' }),
    'https://x.example.token': () => new Response(endless()),
  });
  assert.match(await token.fail('x.example/a:1'), /longer than 262144 bytes/);
  assert.ok(sent < 1024 * 1024);
});

test('each refusal has its fault', async () => {
  const cases: [status: number, expected: string][] = [
    [404, 'ImageMissing: ghcr.io has no tag 9 of a/b.'],
    [403, 'ImagePullDenied: ghcr.io refused a/b (403).'],
    [401, 'ImagePullDenied: ghcr.io refused a/b (401).'],
    [500, 'RegistryAway: ghcr.io does not answer as a registry should (it answered 500).'],
    [503, 'RegistryAway: ghcr.io does not answer as a registry should (it answered 503).'],
  ];
  for (const [status, expected] of cases) {
    const rig = start({ 'https://ghcr.io': () => new Response('canary', { status }) });
    assert.equal(await rig.fail('ghcr.io/a/b:9'), expected);
  }
  assert.match(await start({}).fail('nowhere.example/a'), /^RegistryAway: .*its name cannot be found/);
  assert.match(await start({}).fail('Not An Image'), /^ImageNameRefused: /);
  const odd: [fields: unknown, expected: RegExp][] = [
    ['<html>', /gave no token/],
    [{ token: 'two\r\nlines: x' }, /gave no token/],
    [{}, /gave no token/],
    [null, /gave no token/],
  ];
  for (const [fields, expected] of odd) {
    const rig = start({
      'https://ghcr.io': wantsToken({ realm: 'https://ghcr.io.token/t' }),
      'https://ghcr.io.token': () => Response.json(fields),
    });
    assert.match(await rig.fail('ghcr.io/a/b:1'), expected);
  }
});

test('429: nothing is asked until the time it names', async () => {
  let limited = true;
  const rig = start({
    'https://registry-1.docker.io': () =>
      limited ? new Response('', { status: 429, headers: { 'retry-after': '120' } }) : found(),
    'https://ghcr.io': found,
  });
  assert.match(await rig.fail('busybox'), /^RegistryAway: .*429.*after 120 s/);
  limited = false;
  rig.clock.jump(rig.clock.nowMs() + 100_000);
  assert.match(await rig.fail('acme/shop'), /asked us to wait 20 s more/);
  assert.equal(rig.internet.requests.length, 1);
  assert.equal(await rig.ask('ghcr.io/a/b'), digest, 'others are asked');
  rig.clock.jump(rig.clock.nowMs() + 21_000);
  assert.equal(await rig.ask('busybox'), digest);
});

test('429 with a date, or with nonsense', async () => {
  const after = async (header: string | null) => {
    const headers: Record<string, string> = header === null ? {} : { 'retry-after': header };
    const rig = start({ 'https://ghcr.io': () => new Response('', { status: 429, headers }) });
    await rig.fail('ghcr.io/a/b');
    return /wait (\d+) s/.exec(await rig.fail('ghcr.io/a/b'))?.[1];
  };
  assert.equal(await after(new Date(createFakeClock().nowMs() + 90_000).toUTCString()), '90');
  assert.equal(await after(null), '60');
  assert.equal(await after('soon'), '60');
  assert.equal(await after('-5'), '1');
  assert.equal(await after('99999999'), '3600');
});

test('the caller’s signal ends it with its own reason', async () => {
  const stop = new AbortController();
  const internet = createFakeInternet({
    'https://ghcr.io': (request) =>
      new Promise((_resolve, reject) =>
        request.signal.addEventListener('abort', () => reject(request.signal.reason)),
      ),
  });
  const registry = createRegistry({ clock: createFakeClock(), fetch: internet.fetch });
  const asked = registry.resolveDigest('ghcr.io/a/b', stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(asked, /^Error: enough$/);
});
