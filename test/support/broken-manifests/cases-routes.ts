// Routes as people write them and no proxy can serve them.
import { proxied } from '../manifest-catalog.ts';
import type { BrokenCase, CaseGroup } from './cases.ts';

const shop = (more: string) => `kind: project\nname: shop\nimage: acme/shop\nport: 8080\n${more}`;
const routed = (what: string, more: string): BrokenCase => ({ what, files: shop(more), proxy: proxied });
const withTls = (what: string, tls: string): BrokenCase =>
  routed(what, `domains: [shop.example.com]\ntls: ${tls}\n`);
const withRoute = (what: string, route: string): BrokenCase =>
  routed(what, `domains: [shop.example.com]\nroute: ${route}\n`);

export const routeCases: CaseGroup = {
  title: 'Routes',
  cases: [
    {
      what: 'a subdomain, and no domain that it is below',
      files: shop('subdomain: shop\n'),
      proxy: { ...proxied, domain: null },
    },
    routed('a placeholder that there is not', 'subdomain: "{stge}-shop"\n'),
    routed('{domain} in the middle', 'subdomain: "{domain}-shop"\n'),
    routed('a subdomain with an underscore', 'subdomain: my_shop\n'),
    routed('a subdomain that becomes too long', `subdomain: "{name}-${'x'.repeat(60)}"\n`),
    routed('the name of the controller', 'domains: [forge.example.com]\n'),
    routed('the name of the proxy as a subdomain', 'subdomain: npm\n'),
    {
      what: 'a route without its port',
      files: 'kind: project\nname: shop\nimage: acme/shop\ndomains: [shop.example.com]\n',
      proxy: proxied,
    },
    routed('a scheme that there is not', 'domains: [shop.example.com]\nscheme: tcp\n'),
    routed(
      'both stages by one subdomain',
      'subdomain: shop\nstages: { staging: { tag: "2" }, prod: { tag: "1" } }\n',
    ),
    {
      what: 'two services of a stack by one domain',
      files:
        'kind: stack\nname: immich\nservices: { web: { domains: [p.example.com] }, api: { domains: [p.example.com] } }\n',
    },
    routed('a canary that falls', 'domains: [shop.example.com]\ncanary: [10%, 5%]\n'),
    routed('a canary of everybody', 'domains: [shop.example.com]\ncanary: [10%, 100%]\n'),
    routed('a canary as numbers', 'domains: [shop.example.com]\ncanary: [1, 10]\n'),
    routed(
      'a step of a canary without time',
      'domains: [shop.example.com]\ncanary: [{ share: 1%, for: 0s }]\n',
    ),
    routed(
      'a canary beside another strategy',
      'domains: [shop.example.com]\nstrategy: recreate\ncanary: [10%]\n',
    ),
    routed('a canary without a route', 'canary: [10%]\n'),
    routed('a time to watch without its unit', 'deploy: { update_config: { monitor: 60 } }\n'),
    withTls('`yes` for `tls`', 'yes'),
    withTls('a key of `tls` that is misspelt', '{ forced: true }'),
    withTls('HSTS beside plain HTTP', '{ hsts: true, force: false }'),
    withTls('`hsts_subdomains` alone', '{ hsts_subdomains: true }'),
    withTls(
      'a key of a certificate as text',
      '{ certificate: { upload: { certificate: "${secret:crt}", key: pem } } }',
    ),
    withTls(
      'a certificate that is uploaded without its key',
      '{ certificate: { upload: { certificate: "${secret:crt}" } } }',
    ),
    withTls('no certificate and nowhere to get one', '{ certificate: {} }'),
    withTls('an email that is none', '{ certificate: { letsencrypt: { email: me } } }'),
    withRoute('a list for `route`', '[websockets]'),
    withRoute('a key of `route` that is misspelt', '{ websocket: true }'),
    withRoute('a location without its target', '{ locations: [{ path: /api }] }'),
    withRoute('a location that leads nowhere', '{ locations: [{ path: /api, forward: api }] }'),
    withRoute(
      'a location with a port that there is not',
      '{ locations: [{ path: /api, forward: "http://api:99999" }] }',
    ),
    withRoute(
      'one path twice',
      '{ locations: [{ path: /a, forward: "http://a" }, { path: /a, forward: "http://b" }] }',
    ),
    withRoute('a path with a brace', '{ locations: [{ path: "/a}", forward: "http://a" }] }'),
    withRoute('a secret in the proxy’s own lines', '{ advanced_config: "proxy_set_header X ${secret:x};" }'),
  ],
};
