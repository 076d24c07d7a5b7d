// Certificates that nobody named: what fits is used, what does not come is done without, and what is made by DNS gives nothing away.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { RouteWish, TlsWish } from '../../src/model/route.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { holdsSecret } from '../support/find-secret.ts';
import { selfSigned } from '../support/npm/self-signed.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig, type NpmRig } from '../support/proxy/npm-rig.ts';
import { startUpstream, type TestUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { HANG, oneRoute, putRoute, rejectsWith } from '../support/proxy-provider-contract.ts';

const SIGNAL = new AbortController().signal;
const DOMAIN = 'shop.example.test';
const TLS: Omit<TlsWish, 'certificate'> = { force: true, http2: true, hsts: false, hstsSubdomains: false };
const UNSAID: RouteWish = forwardWish({ tls: { ...TLS, certificate: { type: 'auto', orPlain: true } } });
const SAID: RouteWish = forwardWish({ tls: { ...TLS, certificate: { type: 'auto' } } });
const CREDENTIALS = 'dns_vultr_key = c0ffee5b2c7d41c0ffee5b2c';

describe('certificates of Nginx Proxy Manager that nobody named', () => {
  let double: NpmDouble;
  let rig: NpmRig;
  let provider: ProxyProvider;
  let blue: TestUpstream;
  before(async () => {
    double = await startNpmDouble();
    rig = createNpmRig({
      place: double,
      config: { tls: 'auto' },
      secrets: { dns: CREDENTIALS },
      close: () => double.close(),
    });
    provider = rig.open();
    blue = await startUpstream('blue');
  });
  after(async () => {
    await blue[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
  });

  async function addCertificate(names: readonly string[]): Promise<() => Promise<unknown>> {
    const pair = await selfSigned(names);
    const body = { provider: 'other', nice_name: names.join() };
    const { id } = (await rig.hands.call('POST', '/nginx/certificates', body)) as { id: number };
    await rig.hands.upload(`/nginx/certificates/${id}/upload`, pair);
    return () => rig.hands.call('DELETE', `/nginx/certificates/${id}`);
  }

  const put = (wish: RouteWish) => ({ wish, traffic: toAll(blue.upstream), adopt: null });

  it(
    'without one a route that says nothing of TLS is served plainly, told before, and left alone',
    HANG,
    async () => {
      await provider.list(SIGNAL);
      assert.match(provider.remarks(UNSAID) ?? '', /no certificate .* covers shop\.example\.test/);
      assert.equal(provider.remarks(SAID), null);
      await using route = await putRoute({ provider }, put(UNSAID));
      assert.equal((await rig.get(DOMAIN)).body, 'blue /');
      assert.deepEqual([route.observed.tls, provider.compare(UNSAID, route.observed)], [false, []]);
      const [row] = double.world.tables.proxyHosts.all();
      const flags = [row?.ssl_forced, row?.http2_support, row?.hsts_enabled, row?.hsts_subdomains];
      // Beside no certificate they would be stored, do nothing, and fall at somebody else's next write.
      assert.deepEqual(flags, [false, false, false, false]);
      const before = rig.writes();
      await provider.put(put(UNSAID), SIGNAL);
      assert.equal(rig.writes(), before, 'a second pass writes nothing');
      await rejectsWith('RouteRefused', provider.put(put(SAID), SIGNAL));
      assert.equal((await rig.get(DOMAIN)).body, 'blue /');
    },
  );

  it('one that comes later is used, and one that goes is done without', HANG, async () => {
    await using _route = await putRoute({ provider }, put(UNSAID));
    const remove = await addCertificate([DOMAIN]);
    const now = rig.open();
    now.refuses(UNSAID);
    const seen = await oneRoute(now, UNSAID);
    assert.deepEqual(
      now.compare(UNSAID, seen).map(({ field }) => field),
      ['certificate'],
    );
    assert.equal(now.remarks(UNSAID), null);
    await now.put(put(UNSAID), SIGNAL);
    assert.equal((await rig.get(DOMAIN)).status, 301, 'plain HTTP is sent on');
    assert.deepEqual(now.compare(SAID, await oneRoute(now, SAID)), [], 'it is the same certificate');
    await remove();
    await now.put({ ...put(UNSAID), wish: { ...UNSAID, domains: [DOMAIN, 'new.example.test'] } }, SIGNAL);
    assert.equal((await rig.get(DOMAIN)).body, 'blue /');
  });

  it('one that has expired is told, and is not chosen any more', HANG, async () => {
    const remove = await addCertificate([DOMAIN]);
    await using _route = await putRoute({ provider }, put(SAID));
    const clock = createSystemClock();
    const later = { ...clock, nowMs: () => clock.nowMs() + 40 * 365 * 86_400_000 };
    await using then = createNpmRig({ place: double, config: { tls: 'auto' }, clock: later });
    const after = then.open();
    const seen = await oneRoute(after, SAID);
    assert.deepEqual(
      after.compare(SAID, seen).map(({ field, is }) => `${field}: ${is}`),
      [`certificate: number ${double.world.tables.certificates.all().at(-1)?.id}, expired`],
    );
    assert.match(after.remarks(UNSAID) ?? '', /no certificate .* covers/);
    await rejectsWith('RouteRefused', after.put(put(SAID), SIGNAL));
    await remove();
  });

  it('does without where the account may not see any', HANG, async () => {
    double.faults.next({ match: { method: 'GET', path: /certificates/ }, kind: '404' });
    double.faults.next({ match: { method: 'GET', path: /certificates/ }, kind: '404' });
    await using _route = await putRoute({ provider }, put(UNSAID));
    assert.equal((await rig.get(DOMAIN)).body, 'blue /');
    assert.deepEqual(double.faults.pending(), [], 'it was asked, and refused twice');
    for (let times = 0; times < 2; times += 1)
      double.faults.next({ match: { method: 'GET', path: /certificates$/ }, kind: '404' });
    const next = rig.open();
    await next.list(SIGNAL);
    assert.match(next.remarks(UNSAID) ?? '', /may not see the certificates/);
  });

  it('one that serves is kept where the account may not see certificates any more', HANG, async () => {
    const remove = await addCertificate([DOMAIN]);
    await using _route = await putRoute({ provider }, put(UNSAID));
    assert.equal((await rig.get(DOMAIN)).status, 301, 'plain HTTP is sent on');
    const hide = (): void => {
      for (let times = 0; times < 2; times += 1)
        double.faults.next({ match: { method: 'GET', path: /certificates$/ }, kind: '404' });
    };
    hide();
    const wish = { ...UNSAID, domains: [DOMAIN, 'www.example.test'] };
    await provider.put(put(wish), SIGNAL);
    assert.deepEqual(double.faults.pending(), [], 'it was asked, and refused twice');
    assert.equal((await rig.get(DOMAIN)).status, 301, 'and still is');
    hide();
    const next = rig.open();
    const seen = await oneRoute(next, wish);
    assert.deepEqual([seen.tls, next.compare(wish, seen)], [true, []]);
    assert.equal(next.remarks(wish), null, 'it is not served plainly');
    await remove();
  });

  it(
    "is made by Let's Encrypt over DNS: host first, certificate apart, then PUT; its credentials show nowhere",
    HANG,
    async () => {
      const dns = { provider: 'vultr', credentials: 'dns' };
      const domains = ['*.example.test', 'example.test'];
      const certificate = { type: 'letsencrypt', email: null, dns } as const;
      const wish = forwardWish({ domains, tls: { ...TLS, certificate } });
      const from = double.requests.length;
      double.switches.letsencrypt = 'self-signed';
      const told: unknown[] = [];
      {
        await using route = await putRoute({ provider }, put(wish));
        const writes = double.requests
          .slice(from)
          .filter(({ method, path }) => method !== 'GET' && path.includes('/nginx/'))
          .map(({ method, path }) => `${method} ${path.replace(/\d+$/, 'ID')}`);
        assert.deepEqual(writes, [
          'POST /api/nginx/proxy-hosts',
          'POST /api/nginx/certificates',
          'PUT /api/nginx/proxy-hosts/ID',
        ]);
        const [made] = double.world.tables.certificates
          .all()
          .filter(({ provider: by }) => by === 'letsencrypt');
        assert.deepEqual(made?.meta, {
          dns_challenge: true,
          dns_provider: 'vultr',
          dns_provider_credentials: `${CREDENTIALS}\n`,
        });
        assert.equal(route.observed.tls, true);
        told.push(route.observed, await provider.list(SIGNAL), provider.compare(wish, route.observed));
        const { key, ...rest } = wish;
        const missing = { ...certificate, dns: { ...dns, credentials: 'nobody' } };
        const other = {
          ...rest,
          key: 'other',
          domains: ['other.test'],
          tls: { ...TLS, certificate: missing },
        };
        told.push(String(await rejectsWith('SecretMissing', provider.put(put(other), SIGNAL))));
      }
      double.switches.letsencrypt = 'fail';
      const failing = forwardWish({ domains: ['*.fails.test'], tls: { ...TLS, certificate } });
      told.push(String(await rejectsWith('RouteRefused', provider.put(put(failing), SIGNAL))));
      const all = Buffer.from(JSON.stringify([told, rig.log.records]));
      assert.ok(all.length > 500);
      for (const secret of [CREDENTIALS, 'c0ffee5b2c7d41c0ffee5b2c']) assert.ok(!holdsSecret(all, secret));
    },
  );
});
