// A certificate that somebody deletes in Nginx Proxy Manager while a host of ours uses it: its old files serve on, so only a look can tell.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CertificateWish, RouteTarget, RouteWish } from '../../src/model/route.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { selfSigned } from '../support/npm/self-signed.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig, type NpmRig } from '../support/proxy/npm-rig.ts';
import { startUpstream, type TestUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { HANG, oneRoute, putRoute, rejectsWith } from '../support/proxy-provider-contract.ts';

const SIGNAL = new AbortController().signal;
const DOMAIN = 'shop.example.test';

describe('a certificate that somebody deletes while a host of ours uses it', () => {
  let double: NpmDouble;
  let rig: NpmRig;
  let provider: ProxyProvider;
  let blue: TestUpstream;
  const secrets: Record<string, string> = {};
  before(async () => {
    double = await startNpmDouble({ switches: { letsencrypt: 'self-signed' } });
    rig = createNpmRig({ place: double, secrets, close: () => double.close() });
    provider = rig.open();
    blue = await startUpstream('blue');
    const pair = await selfSigned([DOMAIN]);
    Object.assign(secrets, { pem: pair.certificate, key: pair.key });
  });
  after(async () => {
    await blue[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
  });

  const wishOf = (certificate: CertificateWish, target?: RouteTarget): RouteWish => {
    const isStream = target?.type === 'stream';
    const flags = { http2: !isStream, hsts: false, hstsSubdomains: false };
    const tls = { certificate, force: !isStream, ...flags };
    const wish = forwardWish({ tls, ...(isStream ? { domains: [] } : {}) });
    return target === undefined ? wish : { ...wish, target };
  };
  const putOf = (wish: RouteWish) => ({
    wish,
    traffic: wish.target.type === 'forward' ? toAll(blue.upstream) : null,
    adopt: null,
  });

  async function addCertificate(name: string): Promise<number> {
    const body = { provider: 'other', nice_name: name };
    const { id } = (await rig.hands.call('POST', '/nginx/certificates', body)) as { id: number };
    await rig.hands.upload(`/nginx/certificates/${id}/upload`, await selfSigned([DOMAIN]));
    return id;
  }
  const remove = (id: unknown) => rig.hands.call('DELETE', `/nginx/certificates/${id}`);
  const certificates = () => double.world.tables.certificates.all().map(({ id }) => id);
  const driftOf = async (wish: RouteWish, by = provider) =>
    by.compare(wish, await oneRoute(by, wish)).map(({ field, is }) => `${field}: ${is}`);
  const isByTls = async () => (await rig.get(DOMAIN)).headers.location === `https://${DOMAIN}/`;

  const HEALED: Readonly<Record<string, CertificateWish>> = {
    'the one that covers its names': { type: 'auto' },
    'the one of a name': { type: 'named', name: 'shop' },
    'the one that secrets hold': { type: 'upload', certificate: 'pem', key: 'key' },
    "one of Let's Encrypt": { type: 'letsencrypt', email: null, dns: null },
  };
  for (const [what, certificate] of Object.entries(HEALED))
    it(`is drift at the next look, and another comes in its place: ${what}`, HANG, async () => {
      const isChosen = certificate.type === 'auto' || certificate.type === 'named';
      if (isChosen) await addCertificate('shop');
      const wish = wishOf(certificate);
      {
        await using _route = await putRoute({ provider }, putOf(wish));
        assert.deepEqual(await driftOf(wish), []);
        const [gone, ...more] = certificates();
        assert.deepEqual(more, []);
        await remove(gone);
        const told = [`certificate: number ${gone}, which was deleted`];
        assert.deepEqual(await driftOf(wish), told);
        assert.deepEqual(await driftOf(wish), told, 'and as long as it is so');
        assert.deepEqual(await driftOf(wish, rig.open()), told, 'also for who starts later');
        assert.equal(await isByTls(), true, 'the old files serve on');
        if (isChosen) await addCertificate('shop');
        await provider.put(putOf(wish), SIGNAL);
        assert.deepEqual(await driftOf(wish), []);
        const [row] = double.world.tables.proxyHosts.all();
        assert.deepEqual(certificates(), [row?.certificate_id]);
        assert.equal(await isByTls(), true);
      }
      for (const id of certificates()) await remove(id);
    });

  it('is told by its name where none comes, and what serves is kept', HANG, async () => {
    const id = await addCertificate('shop');
    const wish = wishOf({ type: 'named', name: 'shop' });
    await using _route = await putRoute({ provider }, putOf(wish));
    await remove(id);
    const writes = rig.writes();
    const fault = await rejectsWith('RouteRefused', provider.put(putOf(wish), SIGNAL));
    assert.match(fault.message, /no certificate is called "?shop/);
    assert.deepEqual([rig.writes(), await isByTls()], [writes, true]);
  });

  it('is drift of a redirect, a 404 and a stream as well', HANG, async () => {
    const targets: readonly RouteTarget[] = [
      { type: 'not_found' },
      {
        ...{ type: 'redirect', scheme: 'https', domain: 'www.example.test', code: 308 },
        ...{ preservePath: true, blockExploits: false },
      },
      { type: 'stream', incomingPort: 28_994, host: '127.0.0.1', port: 9, tcp: true, udp: false },
    ];
    for (const target of targets) {
      const id = await addCertificate('shop');
      const wish = wishOf({ type: 'named', name: 'shop' }, target);
      await using _route = await putRoute({ provider }, putOf(wish));
      await remove(id);
      assert.deepEqual(await driftOf(wish), [`certificate: number ${id}, which was deleted`], target.type);
    }
  });

  it('costs no list of its own: that of the hosts tells it, and only where ours have one', HANG, async () => {
    await using other = createNpmRig({ place: double });
    const looks = other.open();
    const asked = async (): Promise<string[]> => {
      const from = double.requests.length;
      await looks.list(SIGNAL);
      return double.requests
        .slice(from)
        .map(({ path, query }) => `${path.replace('/api/nginx/', '')}${query}`);
    };
    await asked();
    assert.deepEqual(await asked(), ['proxy-hosts']);
    const id = await addCertificate('shop');
    {
      await using _route = await putRoute({ provider }, putOf(wishOf({ type: 'named', name: 'shop' })));
      await asked();
      assert.deepEqual(await asked(), ['proxy-hosts?expand=certificate']);
    }
    await remove(id);
    await asked();
    assert.deepEqual(await asked(), ['proxy-hosts']);
  });
});
