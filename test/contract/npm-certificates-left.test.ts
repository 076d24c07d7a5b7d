// Certificates that we uploaded, each with its private key: none stays that nobody has, and none goes that somebody has.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { CertificateWish, RouteWish } from '../../src/model/route.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import type { FaultKind } from '../support/npm/faults.ts';
import type { NpmVersion } from '../support/npm/quirks.ts';
import { selfSigned } from '../support/npm/self-signed.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig, type NpmRig } from '../support/proxy/npm-rig.ts';
import { startUpstream, type TestUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { HANG, rejectsWith } from '../support/proxy-provider-contract.ts';

const SIGNAL = new AbortController().signal;
const DOMAIN = 'shop.example.test';
const UPLOAD: CertificateWish = { type: 'upload', certificate: 'pem', key: 'key' };
const LIST = { method: 'GET', path: '/nginx/certificates' };
const DELETE = { method: 'DELETE', path: /\/nginx\/certificates\/\d+$/ };
const AT_DELETE: readonly FaultKind[] = ['timeout', '500-before', '500-after', 'garbage', 'cut', 'cut-after'];

for (const version of ['2.15.1', '2.12.6'] as const satisfies readonly NpmVersion[])
  describe(`certificates that we uploaded to Nginx Proxy Manager ${version}`, () => {
    let double: NpmDouble;
    let rig: NpmRig;
    /** Waits for no write for long. */
    let hasty: NpmRig;
    let blue: TestUpstream;
    const secrets: Record<string, string> = {};
    before(async () => {
      double = await startNpmDouble({ version });
      rig = createNpmRig({ place: double, secrets, close: () => double.close() });
      hasty = createNpmRig({ place: double, secrets, limits: { readMs: 5_000, writeMs: 2_000 } });
      blue = await startUpstream('blue');
      const pair = await selfSigned([DOMAIN]);
      Object.assign(secrets, { pem: pair.certificate, key: pair.key });
    });
    after(async () => {
      await blue[Symbol.asyncDispose]();
      await hasty[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    });
    afterEach(async () => {
      double.faults.clear();
      const kinds = ['proxy-hosts', 'redirection-hosts', 'dead-hosts', 'streams', 'certificates'];
      for (const path of kinds.map((kind) => `/nginx/${kind}`))
        for (const { id } of (await rig.hands.call('GET', path)) as { id: number }[])
          await rig.hands.call('DELETE', `${path}/${id}`);
    });

    const wishOf = (certificate: CertificateWish | null, advancedConfig = ''): RouteWish => {
      const flags = { force: true, http2: true, hsts: false, hstsSubdomains: false };
      const tls = certificate === null ? null : { certificate, ...flags };
      return forwardWish({ tls, options: { advancedConfig } });
    };
    const put = (wish: RouteWish, provider: ProxyProvider = rig.open()) =>
      provider.put(
        { wish, traffic: wish.target.type === 'forward' ? toAll(blue.upstream) : null, adopt: null },
        SIGNAL,
      );
    const names = () => double.world.tables.certificates.all().map(({ nice_name }) => nice_name);
    const idOfHost = async (provider: ProxyProvider) => (await provider.list(SIGNAL)).routes[0]?.id ?? '';
    const tidyLater = async () => rig.open().tidy?.(SIGNAL);

    async function addCertificate(name: string): Promise<number> {
      const body = { provider: 'other', nice_name: name };
      const { id } = (await rig.hands.call('POST', '/nginx/certificates', body)) as { id: number };
      await rig.hands.upload(`/nginx/certificates/${id}/upload`, await selfSigned([DOMAIN]));
      return id;
    }

    const OTHERS: Readonly<Record<string, CertificateWish | null>> = {
      'none at all': null,
      'one of a name': { type: 'named', name: 'shop' },
    };
    for (const [what, other] of Object.entries(OTHERS))
      it(`go where their route gets another: ${what}`, HANG, async () => {
        const provider = rig.open();
        await put(wishOf(UPLOAD), provider);
        assert.deepEqual(names(), ['tinyforge test shop/prod']);
        await addCertificate('shop');
        await put(wishOf(other), provider);
        assert.deepEqual(names(), ['shop']);
        const { status, body } = await rig.get(DOMAIN);
        assert.deepEqual([status, other === null ? body : ''], other === null ? [200, 'blue /'] : [301, '']);
      });

    it('go where their route becomes one of another kind', HANG, async () => {
      await put(wishOf(UPLOAD));
      await put({ ...wishOf(null), target: { type: 'not_found' } });
      assert.deepEqual(names(), []);
      assert.equal((await rig.get(DOMAIN)).status, 404);
    });

    it(
      'stay where the route stays, whoever looks, and cost nothing where none of ours are',
      HANG,
      async () => {
        const provider = rig.open();
        const asked = async (): Promise<number> => {
          const from = double.requests.length;
          await provider.tidy?.(SIGNAL);
          return double.requests.slice(from).filter(({ path }) => path.includes('certificates')).length;
        };
        assert.deepEqual([await asked(), await asked()], [1, 0]);
        await put(wishOf(UPLOAD), provider);
        await put(wishOf(UPLOAD), provider);
        await tidyLater();
        assert.deepEqual(names(), ['tinyforge test shop/prod']);
        assert.equal(await asked(), 0);
        assert.equal((await rig.get(DOMAIN)).headers.location, `https://${DOMAIN}/`);
      },
    );

    for (const kind of AT_DELETE)
      it(`go in the next pass where removing them goes wrong: ${kind}`, HANG, async () => {
        const provider = hasty.open();
        await put(wishOf(UPLOAD));
        const id = await idOfHost(provider);
        for (let times = 0; times < 2; times += 1) double.faults.next({ match: DELETE, kind });
        await provider.remove(id, SIGNAL);
        double.faults.clear();
        await provider.tidy?.(SIGNAL);
        assert.deepEqual(names(), []);
      });

    it('go in the next pass where they could not be listed, by whoever comes later too', HANG, async () => {
      for (const [isLater, wasRemoved] of [
        [false, true],
        [true, true],
        [true, false],
      ]) {
        const provider = rig.open();
        await put(wishOf(UPLOAD), provider);
        const id = await idOfHost(provider);
        if (wasRemoved) {
          for (let times = 0; times < 2; times += 1) double.faults.next({ match: LIST, kind: 'cut' });
          await provider.remove(id, SIGNAL);
          assert.deepEqual(double.faults.pending(), []);
        } else await rig.hands.remove(id);
        assert.deepEqual(names(), ['tinyforge test shop/prod']);
        if (isLater) await tidyLater();
        else await provider.tidy?.(SIGNAL);
        assert.deepEqual(names(), []);
      }
    });

    it('go by the next removal of the same host, though it is gone', HANG, async () => {
      const provider = rig.open();
      await put(wishOf(UPLOAD), provider);
      const id = await idOfHost(provider);
      await rig.hands.remove(id);
      await rig.open().remove(id, SIGNAL);
      assert.deepEqual(names(), []);
    });

    it('go where nginx does not take their host, and where they are not taken themselves', HANG, async () => {
      await rejectsWith('RouteRefused', put(wishOf(UPLOAD, rig.configRefusedByProxy ?? '')));
      assert.deepEqual(names(), []);
      const path = /\/nginx\/certificates\/\d+\/upload$/;
      double.faults.next({ match: { method: 'POST', path }, kind: 'tells-all' });
      await rejectsWith('RouteRefused', put(wishOf(UPLOAD)));
      assert.deepEqual([names(), double.faults.pending()], [[], []]);
    });

    it(
      "are the other controller's where it has uploaded them, and people's where they have",
      HANG,
      async () => {
        await addCertificate('tinyforge other shop/prod');
        await addCertificate('tinyforge shop/prod');
        await addCertificate('shop');
        await put(wishOf(UPLOAD));
        await tidyLater();
        const provider = rig.open();
        await provider.remove(await idOfHost(provider), SIGNAL);
        assert.deepEqual(names().toSorted(), ['shop', 'tinyforge other shop/prod', 'tinyforge shop/prod']);
      },
    );

    it('go where they have the name of before, which did not say whose they are', HANG, async () => {
      for (const isRemoved of [false, true]) {
        const provider = rig.open();
        await put(wishOf(UPLOAD), provider);
        const [certificate] = double.world.tables.certificates.all();
        assert.ok(certificate);
        double.world.tables.certificates.patch(certificate, { nice_name: 'tinyforge shop/prod' });
        if (isRemoved) await provider.remove(await idOfHost(provider), SIGNAL);
        else {
          await put(wishOf(UPLOAD), provider);
          await put(wishOf(null), provider);
        }
        assert.deepEqual(names(), []);
      }
    });

    const STRANGERS: Readonly<Record<string, object>> = {
      'proxy-hosts': { forward_scheme: 'http', forward_host: '127.0.0.1', forward_port: 9 },
      'redirection-hosts': {
        ...{ forward_scheme: 'https', forward_domain_name: 'www.example.test', forward_http_code: 301 },
      },
      'dead-hosts': {},
      streams: {
        incoming_port: 28_993,
        forwarding_host: '127.0.0.1',
        forwarding_port: 9,
        tcp_forwarding: true,
      },
    };
    for (const [kind, body] of Object.entries(STRANGERS))
      it(`stay while somebody else has them: ${kind}`, HANG, async () => {
        const provider = rig.open();
        await put(wishOf(UPLOAD), provider);
        const [certificate] = double.world.tables.certificates.all();
        const named = kind === 'streams' ? {} : { domain_names: ['theirs.example.test'] };
        const path = `/nginx/${kind}`;
        const theirs = { ...body, ...named, certificate_id: certificate?.id };
        const { id } = (await rig.hands.call('POST', path, theirs)) as { id: number };
        const ours = (await provider.list(SIGNAL)).routes.find(({ owner }) => owner !== null);
        await provider.remove(ours?.id ?? '', SIGNAL);
        await tidyLater();
        assert.deepEqual(names(), ['tinyforge test shop/prod']);
        await rig.hands.call('DELETE', `${path}/${id}`);
        await tidyLater();
        assert.deepEqual(names(), []);
      });
  });
