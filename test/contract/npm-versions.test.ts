// What a version of Nginx Proxy Manager does not know is not sent to it, and what it wants besides is: streams, redirects, Let's Encrypt.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RouteWish } from '../../src/model/route.ts';
import { type NpmVersion, npmVersions } from '../support/npm/quirks.ts';
import { selfSigned } from '../support/npm/self-signed.ts';
import { startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig } from '../support/proxy/npm-rig.ts';
import { startUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { HANG, oneRoute, putRoute, rejectsWith } from '../support/proxy-provider-contract.ts';

const SIGNAL = new AbortController().signal;
const BEFORE_REWRITE: readonly NpmVersion[] = ['2.9.22', '2.11.1', '2.11.3', '2.12.2', '2.12.6'];
const PLAIN_STREAMS: readonly NpmVersion[] = ['2.9.22', '2.11.1', '2.11.3', '2.12.2'];

const stream = (port: number): RouteWish => ({
  ...forwardWish({ domains: [] }),
  target: { type: 'stream', incomingPort: 28_991, host: '127.0.0.1', port, tcp: true, udp: false },
});

const redirect = (scheme: 'auto' | 'https'): RouteWish => ({
  ...forwardWish(),
  target: {
    ...{ type: 'redirect', scheme, domain: 'www.example.test', code: 301 },
    ...{ preservePath: true, blockExploits: false },
  },
});

for (const version of npmVersions)
  describe(`Nginx Proxy Manager ${version}`, () => {
    it('passes a port on, and changes where to', HANG, async () => {
      const double = await startNpmDouble({ version, nginx: 'none' });
      await using rig = createNpmRig({ place: double, close: () => double.close() });
      const provider = rig.open();
      for (const port of [9, 10]) {
        await provider.put({ wish: stream(port), traffic: null, adopt: null }, SIGNAL);
        assert.deepEqual(provider.compare(stream(port), await oneRoute(provider, stream(port))), []);
      }
      const [row, ...more] = double.world.tables.streams.all();
      assert.deepEqual([row?.forwarding_port, more], [10, []]);
    });

    it('ends TLS at a port where it can, and says since when it could where not', HANG, async () => {
      const double = await startNpmDouble({ version, nginx: 'none' });
      await using rig = createNpmRig({ place: double, close: () => double.close() });
      const body = { provider: 'other', nice_name: 'db' };
      const { id } = (await rig.hands.call('POST', '/nginx/certificates', body)) as { id: number };
      await rig.hands.upload(`/nginx/certificates/${id}/upload`, await selfSigned(['db.example.test']));
      const certificate = { type: 'named', name: 'db' } as const;
      const tls = { certificate, force: false, http2: false, hsts: false, hstsSubdomains: false };
      const wish = { ...stream(9), tls };
      const put = { wish, traffic: null, adopt: null };
      const provider = rig.open();
      if (PLAIN_STREAMS.includes(version)) {
        const writes = rig.writes();
        const fault = await rejectsWith('RouteRefused', provider.put(put, SIGNAL));
        const sentence = `Nginx Proxy Manager ${version} has no certificates for streams: 2.12.3 is the first that has.`;
        assert.ok(fault.message.includes(sentence), fault.message);
        assert.equal(rig.writes(), writes);
        // Also before anything is planned, of the first look on; without a certificate it is passed on.
        await using other = createNpmRig({ place: double });
        const planning = other.open();
        await planning.list(SIGNAL);
        assert.equal(planning.refuses(wish), sentence);
        assert.equal(planning.refuses({ ...wish, tls: null }), null);
        return;
      }
      await provider.put(put, SIGNAL);
      assert.equal(provider.refuses(wish), null);
      assert.deepEqual(provider.compare(wish, await oneRoute(provider, wish)), []);
      assert.equal(double.world.tables.streams.all()[0]?.certificate_id, id);
    });

    it('takes as many names as it can, and says before anything is planned how many', HANG, async () => {
      const double = await startNpmDouble({ version, nginx: 'none' });
      await using rig = createNpmRig({ place: double, close: () => double.close() });
      const most = { '2.9.22': 15, '2.11.1': 30 }[version as string] ?? 100;
      const wish = (count: number) =>
        forwardWish({ domains: Array.from({ length: count }, (_, index) => `n${index}.example.test`) });
      const planning = rig.open();
      await planning.list(SIGNAL);
      assert.match(planning.refuses(wish(most + 1)) ?? '', new RegExp(`at most ${most} names`));
      assert.equal(planning.refuses(wish(most)), null);
      const body = { forward_scheme: 'http', forward_host: '127.0.0.1', forward_port: 80 };
      await rig.hands.call('POST', '/nginx/proxy-hosts', { ...body, domain_names: wish(most).domains });
    });

    it('redirects by the scheme that was asked for, where it can', HANG, async () => {
      const double = await startNpmDouble({ version });
      await using rig = createNpmRig({ place: double, close: () => double.close() });
      const provider = rig.open();
      const put = { wish: redirect('auto'), traffic: null, adopt: null };
      if (BEFORE_REWRITE.includes(version)) {
        const fault = await rejectsWith('RouteRefused', provider.put(put, SIGNAL));
        assert.match(String((fault as { hint?: unknown }).hint), /`https:\/\/` before the name/);
      } else {
        await using route = await putRoute({ provider }, put);
        assert.deepEqual(provider.compare(put.wish, route.observed), []);
      }
      await using route = await putRoute({ provider }, { ...put, wish: redirect('https') });
      assert.deepEqual(provider.compare(redirect('https'), route.observed), []);
    });

    it("asks Let's Encrypt as it has to be asked", HANG, async () => {
      const double = await startNpmDouble({ version, switches: { letsencrypt: 'self-signed' } });
      await using rig = createNpmRig({ place: double, close: () => double.close() });
      await using blue = await startUpstream('blue');
      const provider = rig.open();
      const certificate = { type: 'letsencrypt', email: 'ops@example.test', dns: null } as const;
      const wish = forwardWish({
        tls: { certificate, force: true, http2: false, hsts: false, hstsSubdomains: false },
      });
      await using route = await putRoute({ provider }, { wish, traffic: toAll(blue.upstream) });
      assert.deepEqual([route.observed.tls, provider.compare(wish, route.observed)], [true, []]);
      const [made] = double.world.tables.certificates.all();
      const consent = { letsencrypt_email: 'ops@example.test', letsencrypt_agree: true };
      assert.deepEqual(made?.meta, {
        dns_challenge: false,
        ...(BEFORE_REWRITE.includes(version) ? consent : {}),
      });
    });
  });
