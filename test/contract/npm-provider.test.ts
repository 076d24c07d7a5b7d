// What the provider for Nginx Proxy Manager does beyond the contract: certificates, and lines that people wrote.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RouteTarget, TlsWish } from '../../src/model/route.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { fingerprintOf } from '../../src/proxies/nginx-proxy-manager/certificate.ts';
import { selfSigned } from '../support/npm/self-signed.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig, type NpmRig } from '../support/proxy/npm-rig.ts';
import { startUpstream, type TestUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { HANG, oneRoute, putRoute, rejectsWith } from '../support/proxy-provider-contract.ts';

const SIGNAL = new AbortController().signal;
const DOMAIN = 'shop.example.test';
const TLS: Omit<TlsWish, 'certificate'> = {
  force: true,
  http2: true,
  hsts: true,
  hstsSubdomains: true,
};

describe('Nginx Proxy Manager, beyond the contract', () => {
  let double: NpmDouble;
  let rig: NpmRig;
  let provider: ProxyProvider;
  let blue: TestUpstream;
  let green: TestUpstream;
  /** Values may change under their names. */
  const secrets: Record<string, string> = {};
  before(async () => {
    double = await startNpmDouble();
    rig = createNpmRig({ place: double, secrets, close: () => double.close() });
    provider = rig.open();
    [blue, green] = await Promise.all([startUpstream('blue'), startUpstream('green')]);
  });
  after(async () => {
    await blue[Symbol.asyncDispose]();
    await green[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
  });

  async function uploadByHand(name: string, names: readonly string[]): Promise<{ id: number; key: string }> {
    const pair = await selfSigned(names);
    const made = await rig.hands.call('POST', '/nginx/certificates', { provider: 'other', nice_name: name });
    const { id } = made as { id: number };
    await rig.hands.upload(`/nginx/certificates/${id}/upload`, pair);
    return { id, key: pair.key };
  }

  const removeCertificate = (id: number): Promise<unknown> =>
    rig.hands.call('DELETE', `/nginx/certificates/${id}`);

  describe('certificates', () => {
    it('takes the one that covers all names, a wildcard too, and serves by it', HANG, async () => {
      const narrow = await uploadByHand('narrow', [DOMAIN]);
      const wide = await uploadByHand('wide', ['*.example.test', 'example.test']);
      const wish = forwardWish({
        domains: ['example.test', DOMAIN],
        tls: { ...TLS, certificate: { type: 'auto' } },
      });
      {
        await using route = await putRoute({ provider }, { wish, traffic: toAll(blue.upstream) });
        assert.equal(route.observed.tls, true);
        assert.deepEqual(provider.compare(wish, route.observed), []);
        const plain = await rig.get(DOMAIN);
        assert.deepEqual([plain.status, plain.headers.location], [301, 'https://shop.example.test/']);
        const asked = { path: '/x', preview: green.upstream, signal: SIGNAL, timeoutMs: 5_000 };
        const answer = await provider.ask(wish, asked);
        assert.equal(answer.body, 'green /x');
        assert.match(answer.headers['strict-transport-security'] ?? '', /includeSubDomains/);
        for (const one of ['force', 'http2', 'hsts', 'hstsSubdomains'] as const) {
          const less = { ...wish, tls: { ...TLS, certificate: { type: 'auto' } as const, [one]: false } };
          await provider.put({ wish: less, traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
          assert.deepEqual(provider.compare(less, await oneRoute(provider, less)), [], one);
        }
        const none = { ...wish, tls: null };
        await provider.put({ wish: none, traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
        assert.deepEqual(provider.compare(none, await oneRoute(provider, none)), []);
        assert.equal((await rig.get(DOMAIN)).body, 'blue /');
      }
      await removeCertificate(narrow.id);
      await removeCertificate(wide.id);
    });

    it('of a redirect and of a 404 are used as those of a host', HANG, async () => {
      const { id } = await uploadByHand('wide', ['*.example.test']);
      const tls: TlsWish = { ...TLS, certificate: { type: 'named', name: 'wide' } };
      const targets: readonly [RouteTarget, number][] = [
        [{ type: 'not_found' }, 404],
        [
          {
            ...{ type: 'redirect', scheme: 'https', domain: 'www.example.test', code: 308 },
            ...{ preservePath: true, blockExploits: false },
          },
          308,
        ],
      ];
      for (const [target, status] of targets) {
        const wish = { ...forwardWish({ tls }), target };
        await using route = await putRoute({ provider }, { wish, traffic: null });
        assert.deepEqual([route.observed.tls, provider.compare(wish, route.observed)], [true, []]);
        const plain = await rig.get(DOMAIN, { path: '/x' });
        assert.deepEqual([plain.status, plain.headers.location], [301, `https://${DOMAIN}/x`]);
        const asked = { path: '/x', preview: null, signal: SIGNAL, timeoutMs: 5_000 };
        assert.equal((await provider.ask(wish, asked)).status, status);
      }
      await removeCertificate(id);
    });

    it(
      'serves nothing without TLS where no certificate covers the names, or none has the name',
      HANG,
      async () => {
        for (const certificate of [{ type: 'auto' }, { type: 'named', name: 'nobody' }] as const) {
          const wish = forwardWish({ tls: { ...TLS, certificate } });
          const put = { wish, traffic: toAll(blue.upstream), adopt: null };
          await rejectsWith('RouteRefused', provider.put(put, SIGNAL));
        }
        assert.deepEqual((await provider.list(SIGNAL)).routes, []);
      },
    );

    it(
      'uploads what secrets hold, again when they change, and takes it away with its route',
      HANG,
      async () => {
        const [first, second] = await Promise.all([selfSigned([DOMAIN]), selfSigned([DOMAIN])]);
        Object.assign(secrets, { pem: first.certificate, key: first.key });
        const certificate = { type: 'upload', certificate: 'pem', key: 'key' } as const;
        const wish = forwardWish({ tls: { ...TLS, certificate } });
        const route = await putRoute({ provider }, { wish, traffic: toAll(blue.upstream) });
        assert.deepEqual(provider.compare(wish, route.observed), []);
        Object.assign(secrets, { pem: second.certificate, key: second.key });
        assert.deepEqual(
          provider.compare(wish, route.observed).map(({ field }) => field),
          ['certificate'],
        );
        await provider.put({ wish, traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
        assert.deepEqual(provider.compare(wish, await oneRoute(provider, wish)), []);
        const there = (await rig.hands.call('GET', '/nginx/certificates')) as {
          meta: { certificate: string };
        }[];
        assert.deepEqual(
          there.map(({ meta }) => fingerprintOf(meta.certificate)),
          [fingerprintOf(second.certificate)],
        );
        await route[Symbol.asyncDispose]();
        assert.deepEqual(await rig.hands.call('GET', '/nginx/certificates'), []);
      },
    );

    it('refuses a key that does not belong to its certificate, and keeps what serves', HANG, async () => {
      const [one, other] = await Promise.all([selfSigned([DOMAIN]), selfSigned([DOMAIN])]);
      await using _route = await putRoute({ provider }, { traffic: toAll(blue.upstream) });
      Object.assign(secrets, { pem: one.certificate, key: other.key });
      const certificate = { type: 'upload', certificate: 'pem', key: 'key' } as const;
      const put = {
        wish: forwardWish({ tls: { ...TLS, certificate } }),
        traffic: toAll(green.upstream),
        adopt: null,
      };
      await rejectsWith('RouteRefused', provider.put(put, SIGNAL));
      assert.equal((await rig.get(DOMAIN)).body, 'blue /');
    });

    it("routes first, then has a certificate made by Let's Encrypt, and uses it again", HANG, async () => {
      const certificate = { type: 'letsencrypt', email: 'ops@example.test', dns: null } as const;
      const wish = forwardWish({ tls: { ...TLS, certificate } });
      const put = { wish, traffic: toAll(blue.upstream), adopt: null };
      await rejectsWith('RouteRefused', provider.put(put, SIGNAL));
      // Without one it is routed all the same, for Let's Encrypt asks there.
      assert.equal((await rig.get(DOMAIN)).body, 'blue /');
      double.switches.letsencrypt = 'self-signed';
      await using route = await putRoute({ provider }, put);
      assert.equal(route.observed.tls, true);
      assert.deepEqual(provider.compare(wish, route.observed), []);
      const before = rig.writes();
      await provider.put(put, SIGNAL);
      assert.equal(rig.writes(), before);
      double.switches.letsencrypt = 'fail';
    });

    it('keeps no private key anywhere', HANG, async () => {
      const { id, key } = await uploadByHand('canary', [DOMAIN]);
      const wish = forwardWish({ tls: { ...TLS, certificate: { type: 'named', name: 'canary' } } });
      const written: unknown[] = [];
      {
        await using route = await putRoute({ provider }, { wish, traffic: toAll(blue.upstream) });
        written.push(route.observed, await provider.list(SIGNAL), provider.compare(wish, route.observed));
        written.push(await provider.check(SIGNAL));
        const missing = { ...wish, tls: { ...TLS, certificate: { type: 'named', name: 'nobody' } as const } };
        const put = { wish: missing, traffic: toAll(blue.upstream), adopt: null };
        written.push(String(await provider.put(put, SIGNAL).catch((error: unknown) => error)));
      }
      const all = JSON.stringify([written, rig.log.records]);
      const lines = key.split('\n').filter((line) => line.length > 20);
      assert.ok(lines.length > 1);
      for (const line of [...lines, 'PRIVATE KEY', double.password]) assert.ok(!all.includes(line));
      await removeCertificate(id);
    });
  });

  it('asks the new version by a name that is routed now, when names change with it', HANG, async () => {
    await using _route = await putRoute({ provider }, { traffic: toAll(blue.upstream) });
    const renamed = forwardWish({ domains: ['other.example.test'] });
    const asked = { path: '/', preview: green.upstream, signal: SIGNAL, timeoutMs: 5_000 };
    assert.equal((await provider.ask(renamed, asked)).body, 'green /');
  });

  it(
    'tries what a person wrote on a host of no use, so that clients never see the default site',
    HANG,
    async () => {
      await using route = await putRoute({ provider }, { traffic: toAll(blue.upstream) });
      const wish = forwardWish({ options: { advancedConfig: 'this_is_not_a_directive on;' } });
      const put = provider.put({ wish, traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
      const refused = rejectsWith('RouteRefused', put);
      let isOver = false;
      void refused.finally(() => {
        isOver = true;
      });
      let asked = 0;
      for (; !isOver || asked < 10; asked += 1) assert.equal((await rig.get(DOMAIN)).body, 'blue /');
      assert.match((await refused).message, /this_is_not_a_directive/);
      assert.deepEqual(
        (await provider.list(SIGNAL)).routes.map(({ id }) => id),
        [route.observed.id],
      );
    },
  );

  it(
    'keeps the lines of the manifest apart from its own, whatever a hand writes around them',
    HANG,
    async () => {
      const wish = forwardWish({
        options: { advancedConfig: 'client_max_body_size 20m;\nproxy_read_timeout 90s;' },
      });
      await using route = await putRoute(
        { provider },
        { wish, traffic: toAll(blue.upstream, green.upstream) },
      );
      assert.deepEqual(provider.compare(wish, route.observed), []);
      const path = `/nginx/proxy-hosts/${route.observed.id.split('/')[1]}`;
      const { advanced_config } = (await rig.hands.call('GET', path)) as { advanced_config: string };
      const edited = `# by hand\n${advanced_config}\nclient_body_timeout 30s;`;
      await rig.hands.call('PUT', path, { advanced_config: edited });
      const seen = await oneRoute(provider, wish);
      assert.deepEqual(
        provider.compare(wish, seen).map(({ field }) => field),
        ['advanced_config'],
      );
      assert.deepEqual(seen.traffic, toAll(blue.upstream, green.upstream));
      await rig.hands.call('PUT', path, {
        advanced_config: advanced_config.replaceAll('green', 'red').replace('set $port', 'set  $port'),
      });
      const cut = await oneRoute(provider, wish);
      assert.equal(cut.traffic, null);
      assert.deepEqual(
        provider.compare(wish, cut).map(({ field }) => field),
        ['lines of Tinyforge'],
      );
    },
  );
});
