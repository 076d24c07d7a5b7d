// Ports that Nginx Proxy Manager passes on with TLS: what a client of the port sees, and what changes, hands and versions make of it.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import type { RouteWish, TlsWish } from '../../src/model/route.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { type Pair, selfSigned } from '../support/npm/self-signed.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig, type NpmRig } from '../support/proxy/npm-rig.ts';
import { startUpstream, type TestUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish } from '../support/proxy/wishes.ts';
import { HANG, oneRoute, putRoute, rejectsWith } from '../support/proxy-provider-contract.ts';
import { freePort } from '../support/real/program.ts';

const SIGNAL = new AbortController().signal;
const BARE = { force: false, http2: false, hsts: false, hstsSubdomains: false };
const NAMED: TlsWish = { ...BARE, certificate: { type: 'named', name: 'db' } };
const UPLOAD: TlsWish = { ...BARE, certificate: { type: 'upload', certificate: 'pem', key: 'key' } };

describe('a stream with a certificate', () => {
  let double: NpmDouble;
  let rig: NpmRig;
  let provider: ProxyProvider;
  let blue: TestUpstream;
  let port: number;
  /** Values may change under their names. */
  const secrets: Record<string, string> = {};
  before(async () => {
    double = await startNpmDouble();
    rig = createNpmRig({ place: double, secrets, close: () => double.close() });
    provider = rig.open();
    blue = await startUpstream('blue');
    port = await freePort();
  });
  after(async () => {
    await blue[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
  });

  const wishOf = (tls: TlsWish | null, more: object = {}): RouteWish => ({
    ...forwardWish({ domains: [], tls }),
    target: {
      ...{ type: 'stream', incomingPort: port, host: '127.0.0.1', port: blue.upstream.port },
      ...{ tcp: true, udp: false, ...more },
    },
  });
  const put = (wish: RouteWish) => provider.put({ wish, traffic: null, adopt: null }, SIGNAL);

  async function uploadByHand(name: string): Promise<{ pair: Pair; path: string }> {
    const pair = await selfSigned([`${name}.example.test`]);
    const body = { provider: 'other', nice_name: name };
    const { id } = (await rig.hands.call('POST', '/nginx/certificates', body)) as { id: number };
    await rig.hands.upload(`/nginx/certificates/${id}/upload`, pair);
    return { pair, path: `/nginx/certificates/${id}` };
  }

  it('speaks TLS by the one of that name, and a second pass writes nothing', HANG, async () => {
    const { pair, path } = await uploadByHand('db');
    {
      await using route = await putRoute({ provider }, { wish: wishOf(NAMED), traffic: null });
      assert.deepEqual([route.observed.tls, provider.compare(route.wish, route.observed)], [true, []]);
      await double.settled();
      assert.deepEqual(await askByTls(port), { certificate: printOf(pair), answer: 'blue /x' });
      const before = rig.writes();
      await put(wishOf(NAMED));
      assert.equal(rig.writes(), before);
      // UDP has no TLS, and stands beside it as it is.
      await put(wishOf(NAMED, { udp: true }));
      assert.deepEqual(
        provider.compare(wishOf(NAMED, { udp: true }), await oneRoute(provider, route.wish)),
        [],
      );
      await double.settled();
      assert.equal((await askByTls(port)).answer, 'blue /x');
      await put(wishOf(null));
      assert.deepEqual(provider.compare(wishOf(null), await oneRoute(provider, route.wish)), []);
      await double.settled();
      await assert.rejects(askByTls(port), 'what answers is the plain server behind it');
    }
    await rig.hands.call('DELETE', path);
  });

  it('is healed where a hand took the certificate, or chose another', HANG, async () => {
    const { pair, path } = await uploadByHand('db');
    const other = await uploadByHand('other');
    {
      await using route = await putRoute({ provider }, { wish: wishOf(NAMED), traffic: null });
      for (const id of [0, Number(other.path.split('/').at(-1))]) {
        await rig.hands.call('PUT', `/nginx/streams/${route.observed.id.split('/')[1]}`, {
          certificate_id: id,
        });
        const edited = await oneRoute(provider, route.wish);
        assert.deepEqual(
          provider.compare(route.wish, edited).map(({ field }) => field),
          ['certificate'],
        );
        await put(route.wish);
        assert.deepEqual(provider.compare(route.wish, await oneRoute(provider, route.wish)), []);
        await double.settled();
        assert.equal((await askByTls(port)).certificate, printOf(pair));
      }
    }
    for (const one of [path, other.path]) await rig.hands.call('DELETE', one);
  });

  it('speaks TLS by what secrets hold, by the new one when they change, and leaves none', HANG, async () => {
    const pairs = await Promise.all([selfSigned(['db.example.test']), selfSigned(['db.example.test'])]);
    const wish = wishOf(UPLOAD);
    for (const pair of pairs) {
      Object.assign(secrets, { pem: pair.certificate, key: pair.key });
      await put(wish);
      await double.settled();
      assert.deepEqual(await askByTls(port), { certificate: printOf(pair), answer: 'blue /x' });
      assert.deepEqual(provider.compare(wish, await oneRoute(provider, wish)), []);
    }
    await provider.remove((await oneRoute(provider, wish)).id, SIGNAL);
    assert.deepEqual(await rig.hands.call('GET', '/nginx/certificates'), []);
  });

  it('is refused where none has the name, and what was passed on before is', HANG, async () => {
    await using _route = await putRoute({ provider }, { wish: wishOf(null), traffic: null });
    const fault = await rejectsWith('RouteRefused', put(wishOf(NAMED)));
    assert.match(fault.message, /no certificate is called "?db/);
    assert.deepEqual(provider.compare(wishOf(null), await oneRoute(provider, wishOf(null))), []);
  });

  it('is refused before anything is asked where it could only be found by names', () => {
    for (const certificate of [{ type: 'auto' }, { type: 'letsencrypt', email: null, dns: null }] as const)
      assert.match(provider.refuses(wishOf({ ...BARE, certificate })) ?? '', /no names/);
    assert.match(provider.refuses(wishOf(NAMED, { tcp: false, udp: true })) ?? '', /UDP/);
    for (const tls of [NAMED, UPLOAD]) assert.equal(provider.refuses(wishOf(tls)), null);
  });
});

const printOf = ({ certificate }: Pair): string => new X509Certificate(certificate).fingerprint256;

/** What a client of the port is shown, and what it gets to its question. */
function askByTls(port: number): Promise<{ certificate: string; answer: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate()?.fingerprint256 ?? 'none';
      let answer = '';
      socket.setEncoding('utf8');
      socket.on('data', (text: string) => (answer += text));
      socket.on('end', () => resolve({ certificate, answer: answer.split('\r\n\r\n').at(-1) ?? '' }));
      socket.write('GET /x HTTP/1.0\r\n\r\n');
    });
    socket.once('error', reject);
  });
}
