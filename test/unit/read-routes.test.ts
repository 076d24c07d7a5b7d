// From the keys of a manifest to the routes that are asked of the proxy.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { secretsIn } from '../../src/core/diff-desired.ts';
import { routeWishes } from '../../src/core/route/wishes.ts';
import type { ReadSettings } from '../../src/model/kind.ts';
import type { RouteWish } from '../../src/model/route.ts';
import { catalogOf, proxied } from '../support/manifest-catalog.ts';

function wishesOf(text: string, proxy: ReadSettings['proxy'] = proxied): Record<string, RouteWish> {
  const { units, problems } = catalogOf(text, { proxy });
  assert.deepEqual(problems, []);
  return Object.fromEntries(units.flatMap(routeWishes).map((wish) => [wish.key, wish]));
}

const shop = (more: string) => `kind: project\nname: shop\nimage: acme/shop\nport: 8080\n${more}`;
const names = (text: string, proxy?: ReadSettings['proxy']) =>
  Object.fromEntries(Object.entries(wishesOf(text, proxy)).map(([key, { domains }]) => [key, domains]));

describe('a route', () => {
  it('of one line forwards with WebSockets, in plain HTTP, and asks nothing else of the proxy', () => {
    assert.deepEqual(wishesOf(shop('domains: [Shop.Example.com]\n')), {
      shop: {
        key: 'shop',
        unit: 'shop',
        domains: ['shop.example.com'],
        target: {
          type: 'forward',
          options: {
            websockets: true,
            caching: false,
            blockExploits: false,
            accessList: null,
            locations: [],
            advancedConfig: '',
          },
        },
        tls: null,
      },
    });
  });

  it('has its names in lower case, sorted and once, those of its subdomain among them', () => {
    const text = shop(
      'domains: [www.example.com, SHOP.example.com, "*.shop.example.com"]\nsubdomain: shop\n',
    );
    assert.deepEqual(names(text), { shop: ['*.shop.example.com', 'shop.example.com', 'www.example.com'] });
  });

  it('makes names from the pattern of the settings, or from its own', () => {
    const stages = 'stages: { staging: { tag: "2" }, prod: { tag: "1", subdomain: shop } }\n';
    assert.deepEqual(names(shop(`subdomain: auto\n${stages}`)), {
      'shop/prod': ['shop.example.com'],
      'shop/staging': ['staging-shop.example.com'],
    });
    const proxy = { ...proxied, subdomain: 'stage-{stage}-{project}' };
    assert.deepEqual(names(shop(`subdomain: auto\nstages: { staging: {} }\n`), proxy), {
      'shop/staging': ['stage-staging-shop.example.com'],
    });
    assert.deepEqual(names(shop('subdomain: "{name}.{stage}.{domain}"\nstages: { prod: {} }\n')), {
      'shop/prod': ['shop-prod.prod.example.com'],
    });
  });

  it('leaves the stage out of the name where there is none', () => {
    for (const [pattern, name] of [
      ['{stage}-{project}', 'shop'],
      ['{project}-{stage}', 'shop'],
      ['{stage}.{project}', 'shop'],
      ['x-{stage}-{project}', 'x-shop'],
      ['{project}', 'shop'],
    ] as const) {
      const proxy = { ...proxied, subdomain: pattern };
      assert.deepEqual(names(shop('subdomain: auto\n'), proxy), { shop: [`${name}.example.com`] }, pattern);
    }
  });

  it('belongs to a site as to a project, and to each service of a stack by its own name', () => {
    const text = `kind: site
name: docs
content: { path: ./public }
subdomain: auto
---
kind: stack
name: immich
services:
  immich_server: { subdomain: "{name}-{project}", port: 2283 }
  api: { domains: [api.example.com], port: 80, scheme: https }
  worker: {}
  metrics: { port: 9000 }
`;
    assert.deepEqual(names(text), {
      docs: ['docs.example.com'],
      'immich:api': ['api.example.com'],
      'immich:immich_server': ['immich-server-immich.example.com'],
    });
  });

  it('takes all that the proxy can do, and a stage changes one thing of it', () => {
    const text = shop(`
domains: [shop.example.com]
scheme: https
tls: { certificate: shop, hsts: true, http2: false }
route:
  websockets: false
  access_list: family
  locations: [{ path: /api, forward: "http://[::1]:8080/v2", advanced_config: "x;" }]
  advanced_config: client_max_body_size 1g;
stages:
  prod: { tls: { certificate: auto, hsts_subdomains: true }, route: { caching: true, block_exploits: true } }
`);
    const { 'shop/prod': wish } = wishesOf(text);
    assert.deepEqual(wish?.tls, {
      certificate: { type: 'auto' },
      force: true,
      http2: false,
      hsts: true,
      hstsSubdomains: true,
    });
    assert.deepEqual(wish?.target, {
      type: 'forward',
      options: {
        websockets: false,
        caching: true,
        blockExploits: true,
        accessList: 'family',
        locations: [
          {
            path: '/api',
            upstream: { scheme: 'http', host: '::1', port: 8080 },
            forwardPath: '/v2',
            advancedConfig: 'x;',
          },
        ],
        advancedConfig: 'client_max_body_size 1g;',
      },
    });
  });

  it('is encrypted as the settings say, unless it says otherwise', () => {
    const tls = (more: string, settings: 'auto' | 'off') =>
      wishesOf(shop(`domains: [a.example.com]\n${more}`), { ...proxied, tls: settings }).shop?.tls
        ?.certificate;
    assert.deepEqual(tls('', 'auto'), { type: 'auto', orPlain: true });
    assert.deepEqual(tls('tls: off\n', 'auto'), undefined);
    assert.deepEqual(tls('', 'off'), undefined);
    assert.deepEqual(tls('tls: auto\n', 'off'), { type: 'auto' });
    const upload =
      'tls: { certificate: { upload: { certificate: "${secret:crt}", key: "${secret:key}" } } }\n';
    assert.deepEqual(tls(upload, 'off'), { type: 'upload', certificate: 'crt', key: 'key' });
    const [unit] = catalogOf(shop(`domains: [a.example.com]\n${upload}`), { proxy: proxied }).units;
    assert.ok(unit);
    assert.deepEqual(secretsIn(unit), ['crt', 'key']);
    const asked =
      'tls: { certificate: { letsencrypt: { email: me@example.com, dns: { provider: cloudflare, credentials: "${secret:dns}" } } } }\n';
    assert.deepEqual(tls(asked, 'off'), {
      type: 'letsencrypt',
      email: 'me@example.com',
      dns: { provider: 'cloudflare', credentials: 'dns' },
    });
    assert.deepEqual(tls('tls: { certificate: { letsencrypt: {} } }\n', 'off'), {
      type: 'letsencrypt',
      email: null,
      dns: null,
    });
  });

  it('finds its port where the container names one only', () => {
    const of = (more: string) => {
      const { units } = catalogOf(
        `kind: project\nname: shop\nimage: acme/shop\ndomains: [a.example.com]\n${more}`,
        {
          proxy: proxied,
        },
      );
      return units[0]?.route?.port;
    };
    assert.equal(of('expose: [8080]\n'), 8080);
    assert.equal(of('ports: ["127.0.0.1:9090:3000"]\n'), 3000);
    assert.equal(of('port: 80\nexpose: [8080]\n'), 80);
    assert.equal(of('expose: [8080, 9090]\n'), undefined);
  });

  it('gives clients the time of the settings to leave, and only where there is a route', () => {
    const drain = (more: string, proxy: ReadSettings['proxy'] = proxied) => {
      const [unit] = catalogOf(shop(more), { proxy }).units;
      return unit?.kind === 'project' ? unit.drainMs : null;
    };
    assert.equal(drain('domains: [a.example.com]\n'), 10_000);
    assert.equal(drain('domains: [a.example.com]\ndrain: 1s\n'), 1_000);
    assert.equal(drain(''), 2_000);
    assert.equal(drain('domains: [a.example.com]\n', null), 2_000);
  });

  it('without a proxy is read and kept, and nothing is made of its subdomain', () => {
    const { units, problems } = catalogOf(shop('subdomain: "{stage}-x"\n'));
    assert.deepEqual(problems, []);
    assert.deepEqual(units[0]?.route?.subdomain, '{stage}-x');
    assert.deepEqual(units.flatMap(routeWishes), []);
  });
});
