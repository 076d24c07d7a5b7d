// Whatever a hand can change at a host of ours is seen: each field that we write, of each kind of host, is drift or other traffic.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { ResolvedTraffic, RouteWish, TlsWish } from '../../src/model/route.ts';
import { type CompareOptions, compareRoute } from '../../src/proxies/nginx-proxy-manager/compare.ts';
import { type Location, type Row, readRow } from '../../src/proxies/nginx-proxy-manager/fields.ts';
import { markedMeta } from '../../src/proxies/nginx-proxy-manager/mark.ts';
import { observe } from '../../src/proxies/nginx-proxy-manager/observe.ts';
import { wantedOf } from '../../src/proxies/nginx-proxy-manager/wanted.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';

const TLS: TlsWish = {
  certificate: { type: 'named', name: 'shop' },
  force: true,
  http2: true,
  hsts: true,
  hstsSubdomains: true,
};
const UPSTREAM = { scheme: 'http', host: 'shop-4be1c0-1', port: 8080 } as const;
const OPTIONS: CompareOptions = {
  certificateTrouble: () => null,
  isDoubtful: () => false,
  isCovered: () => false,
  fingerprintOf: () => null,
};

const WISHES: Readonly<Record<string, { wish: RouteWish; traffic: ResolvedTraffic | null }>> = {
  'a proxy host': {
    wish: forwardWish({
      tls: TLS,
      options: {
        accessList: 'staff',
        advancedConfig: 'client_max_body_size 20m;',
        locations: [
          { path: '/api', upstream: UPSTREAM, forwardPath: '/v2', advancedConfig: 'proxy_read_timeout 90s;' },
        ],
      },
    }),
    traffic: toAll(UPSTREAM, { ...UPSTREAM, host: 'shop-4be1c0-2' }),
  },
  'a redirection host': {
    wish: {
      ...forwardWish({ tls: TLS }),
      target: {
        ...{ type: 'redirect', scheme: 'https', domain: 'www.example.test', code: 308 },
        ...{ preservePath: true, blockExploits: false },
      },
    },
    traffic: null,
  },
  'a 404 host': { wish: { ...forwardWish({ tls: TLS }), target: { type: 'not_found' } }, traffic: null },
  'a stream': {
    wish: {
      ...forwardWish({ domains: [] }),
      target: { type: 'stream', incomingPort: 5432, host: 'db.lan', port: 5432, tcp: true, udp: false },
    },
    traffic: null,
  },
  'a stream with a certificate': {
    wish: {
      ...forwardWish({ domains: [], tls: { ...TLS, force: false, http2: false, hsts: false } }),
      target: { type: 'stream', incomingPort: 5432, host: 'db.lan', port: 5432, tcp: true, udp: true },
    },
    traffic: null,
  },
};

/** The host as it is right after it was written. */
function written({ wish, traffic }: { wish: RouteWish; traffic: ResolvedTraffic | null }): Row {
  const { kind, fields, mark } = wantedOf(
    { wish, traffic, adopt: null },
    {
      controller: 'test',
      secret: 'c0ffee'.repeat(8),
      reach: 'network',
      turn: 1,
      resolved: { certificateId: wish.tls === null ? 0 : 7, fingerprint: null, accessId: 9 },
    },
  );
  const meta = markedMeta({ nginx_online: true, nginx_err: null }, mark);
  const row = readRow(kind, { ...fields, id: 14, enabled: true, meta });
  assert.ok(row);
  return row;
}

/** Another value of the same sort; each member of a location by itself. */
function others(value: unknown): unknown[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1, ...(value === 0 ? [] : [0])];
  if (value === 'http' || value === 'https') return [value === 'http' ? 'https' : 'http'];
  if (typeof value === 'string') return [`${value}.other`, ''];
  const [first, ...rest] = value as (string | Location)[];
  if (first === undefined) return [];
  if (typeof first === 'string') return [['other.example.test'], [first, 'other.example.test'], []];
  const changed = Object.entries(first).flatMap(([name, member]) =>
    others(member).map((other) => [{ ...first, [name]: other }, ...rest]),
  );
  return [...changed, [], [first, { ...first, path: '/other' }]];
}

for (const [what, given] of Object.entries(WISHES))
  describe(`${what} of ours that a hand has changed`, () => {
    const row = written(given);
    const seen = (changed: Row) => {
      const route = observe(changed, { controller: 'test' });
      return { drifts: compareRoute(given.wish, route, OPTIONS), traffic: route.traffic };
    };

    it('is as wished before', () => {
      assert.deepEqual(seen(row), { drifts: [], traffic: given.traffic });
    });

    for (const [name, value] of Object.entries(row.fields))
      it(`in ${name} is not`, () => {
        const changes = others(value);
        assert.ok(changes.length > 0);
        for (const change of changes) {
          const domains = name === 'domain_names' ? (change as string[]) : row.domains;
          const { drifts, traffic } = seen({ ...row, domains, fields: { ...row.fields, [name]: change } });
          const isSeen = drifts.length > 0 || !isDeepStrictEqual(traffic, given.traffic);
          assert.ok(isSeen, `${name}: ${JSON.stringify(change)} instead of ${JSON.stringify(value)}`);
          for (const { field, is, shall } of drifts)
            assert.ok(field !== '' && is !== shall, JSON.stringify(drifts));
        }
      });

    it('is not where it is off, not taken by nginx, or has lost our mark', () => {
      for (const change of [{ enabled: false }, { online: false, error: 'x' }, { meta: {} }])
        assert.notDeepEqual(seen({ ...row, ...change }).drifts, [], JSON.stringify(change));
    });
  });
