// Stand-alone proxies that lead nowhere, in a circle, or to two places at once.
import { proxied } from '../manifest-catalog.ts';
import type { BrokenCase, CaseGroup } from './cases.ts';

const nas = (what: string, more: string): BrokenCase => ({
  what,
  files: `kind: proxy\nname: nas\n${more}`,
  proxy: proxied,
});
const named = (what: string, more: string): BrokenCase => nas(what, `domains: [nas.example.com]\n${more}`);
const forward = 'forward: http://192.0.2.10:5000\n';
const stream = 'stream: { port: 5432, forward: "db:5432" }\n';
const SHOP = `---\nkind: proxy\nname: shop\ndomains: [shop.example.com]\n${forward}`;

export const proxyCases: CaseGroup = {
  title: 'Stand-alone proxies',
  cases: [
    named('a proxy that leads nowhere', ''),
    named('a proxy that leads to two places', `${forward}not_found: true\n`),
    nas('a proxy without a name to ask for', forward),
    named('an address without http://', 'forward: 192.0.2.10:5000\n'),
    named('an address with a path', 'forward: http://192.0.2.10:5000/nas\n'),
    named('an address with a user', 'forward: http://me:pw@192.0.2.10\n'),
    named('an address with port 0', 'forward: http://192.0.2.10:0\n'),
    named('a proxy to its own name', 'forward: https://nas.example.com\n'),
    nas(
      'a proxy to a name that its star covers',
      'domains: ["*.example.com"]\nforward: http://nas.example.com\n',
    ),
    named('a proxy to the controller', 'forward: http://127.0.0.1:8480\n'),
    named('a proxy to the API of the proxy', 'forward: http://npm:81\n'),
    named(
      'a location that leads back',
      `${forward}route: { locations: [{ path: /a, forward: "http://nas.example.com" }] }\n`,
    ),
    named('a proxy to a name of another workload', `forward: https://shop.example.com\n${SHOP}`),
    named(
      'a location that leads to a name of another workload',
      `${forward}route: { locations: [{ path: /a, forward: "http://shop.example.com" }] }\n${SHOP}`,
    ),
    named('a redirect to its own name', 'redirect: { to: https://nas.example.com }\n'),
    named('a redirect to a path', 'redirect: { to: https://www.example.com/nas }\n'),
    named('a redirect with a status that is none', 'redirect: { to: www.example.com, code: 200 }\n'),
    named(
      'a redirect with a key of what is forwarded',
      'redirect: { to: www.example.com }\nroute: { caching: true }\n',
    ),
    named('a stream with a domain', 'stream: { port: 5432, forward: "db:5432" }\n'),
    nas('a stream whose certificate is to be found by names', `${stream}tls: auto\n`),
    nas('a stream that names no certificate', `${stream}tls: {}\n`),
    nas('a stream with a certificate that fits by itself', `${stream}tls: { certificate: auto }\n`),
    nas('a stream with one of Let’s Encrypt', `${stream}tls: { certificate: { letsencrypt: {} } }\n`),
    nas('a stream that is to force TLS', `${stream}tls: { certificate: db, force: true, hsts: true }\n`),
    nas(
      'a stream of UDP with a certificate',
      'stream: { port: 5432, forward: "db:5432", tcp: false, udp: true }\ntls: { certificate: db }\n',
    ),
    nas('a stream of nothing', 'stream: { port: 5432, forward: "db:5432", tcp: false }\n'),
    nas('a stream at a port of the proxy', 'stream: { port: 443, forward: "db:5432" }\n'),
    nas('a stream without the port behind it', 'stream: { port: 5432, forward: db }\n'),
    nas('a stream to port 0', 'stream: { port: 5432, forward: "db:0" }\n'),
    named('a monitor that asks in two ways', `${forward}monitor: { http: /, tcp: true }\n`),
    named('a monitor that asks in no way', `${forward}monitor: { interval: 30s }\n`),
    named('a monitor of nothing', 'not_found: true\nmonitor: { http: / }\n'),
    nas(
      'a monitor of a stream by HTTP',
      'stream: { port: 5432, forward: "db:5432" }\nmonitor: { http: / }\n',
    ),
    named('a monitor that asks all the time', `${forward}monitor: { tcp: true, interval: 10ms }\n`),
    named(
      'a monitor that waits longer than it pauses',
      `${forward}monitor: { tcp: true, interval: 5s, timeout: 6s }\n`,
    ),
    named('a monitor that never gives up', `${forward}monitor: { tcp: true, retries: 0 }\n`),
    named('a port of a project in a proxy', `${forward}port: 5000\n`),
    {
      what: 'two streams at one port',
      files:
        'kind: proxy\nname: a\nstream: { port: 5432, forward: "db:5432" }\n---\nkind: proxy\nname: b\nstream: { port: 5432, forward: "db2:5432" }\n',
    },
    {
      what: 'a proxy with the domain of a project',
      files: `kind: project\nname: shop\nimage: acme/shop\ndomains: [a.example.com]\n---\nkind: proxy\nname: nas\ndomains: [a.example.com]\n${forward}`,
    },
  ],
};
