// From a stand-alone proxy's manifest to its route and its monitor.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '../../src/core/config.ts';
import { readSettingsOf } from '../../src/core/read-settings.ts';
import { routeWishes } from '../../src/core/route/wishes.ts';
import type { DesiredProxy } from '../../src/model/desired.ts';
import type { ReadSettings } from '../../src/model/kind.ts';
import { catalogOf, proxied } from '../support/manifest-catalog.ts';

function proxyOf(more: string, proxy: ReadSettings['proxy'] = proxied): DesiredProxy {
  const { units, problems } = catalogOf(`kind: proxy\nname: nas\n${more}`, { proxy });
  assert.deepEqual(problems, []);
  const [unit] = units;
  assert.ok(unit?.kind === 'proxy');
  return unit;
}

const named = (more: string) => proxyOf(`domains: [NAS.example.com]\n${more}`);

describe('a stand-alone proxy', () => {
  it('forwards to an address, with what a route of a workload can have', () => {
    const unit = named('forward: http://192.0.2.10:5000\ntls: auto\nroute: { access_list: family }\n');
    assert.deepEqual(
      [unit.unit, unit.workloadId, unit.role, unit.state, unit.forward],
      ['nas', 'proxy.nas', '', 'running', { scheme: 'http', host: '192.0.2.10', port: 5000 }],
    );
    const [wish, ...more] = routeWishes(unit);
    assert.deepEqual(more, []);
    assert.deepEqual([wish?.key, wish?.domains], ['nas', ['nas.example.com']]);
    assert.deepEqual(wish?.tls?.certificate, { type: 'auto' });
    assert.ok(wish?.target.type === 'forward' && wish.target.options.accessList === 'family');
  });

  it('knows the ports of schemes, names in any case, and IPv6', () => {
    assert.deepEqual(named('forward: https://NAS.lan\n').forward, {
      scheme: 'https',
      host: 'nas.lan',
      port: 443,
    });
    assert.deepEqual(named('forward: http://nas_1/\n').forward, { scheme: 'http', host: 'nas_1', port: 80 });
    assert.deepEqual(named('forward: "http://[fd00::1]:8080"\n').forward, {
      scheme: 'http',
      host: 'fd00::1',
      port: 8080,
    });
  });

  it('may lead to another port of the machine that the proxy is on', () => {
    assert.equal(named('forward: http://npm:9000\n').forward?.port, 9000);
    assert.equal(named('forward: http://localhost:9000\n').forward?.host, 'localhost');
  });

  it('redirects, answers 404, or passes a port on', () => {
    assert.deepEqual(named('redirect: { to: https://WWW.example.com }\n').target, {
      type: 'redirect',
      scheme: 'https',
      domain: 'www.example.com',
      code: 301,
      preservePath: true,
      blockExploits: false,
    });
    const there = named('redirect: { to: www.example.com, code: 308, preserve_path: false }\n').target;
    assert.ok(there.type === 'redirect');
    assert.deepEqual([there.scheme, there.code, there.preservePath], ['auto', 308, false]);
    assert.deepEqual(named('not_found: true\n').target, { type: 'not_found' });
    const stream = proxyOf('stream: { port: 5432, forward: "[fd00::2]:5432", udp: true }\n');
    assert.deepEqual(stream.target, {
      type: 'stream',
      incomingPort: 5432,
      host: 'fd00::2',
      port: 5432,
      tcp: true,
      udp: true,
    });
    assert.deepEqual(
      routeWishes(stream).map(({ domains, tls }) => [domains, tls]),
      [[[], null]],
    );
  });

  it('ends TLS at a port with a certificate by name or from secrets, and with none that nobody wrote', () => {
    const tlsOf = (more: string) => {
      const stream = 'stream: { port: 5432, forward: "db:5432" }\n';
      const auto = { ...proxied, tls: 'auto' as const };
      return routeWishes(proxyOf(`${stream}${more}`, auto))[0]?.tls;
    };
    const bare = { force: false, http2: false, hsts: false, hstsSubdomains: false };
    // The setting is about names, and a port has none.
    assert.equal(tlsOf(''), null);
    assert.equal(tlsOf('tls: off\n'), null);
    assert.deepEqual(tlsOf('tls: { certificate: db.example.com }\n'), {
      certificate: { type: 'named', name: 'db.example.com' },
      ...bare,
    });
    const upload = '{ certificate: "${secret:db-crt}", key: "${secret:db-key}" }';
    assert.deepEqual(tlsOf(`tls: { certificate: { upload: ${upload} } }\n`), {
      certificate: { type: 'upload', certificate: 'db-crt', key: 'db-key' },
      ...bare,
    });
  });

  it('has the name of a subdomain as a workload has', () => {
    assert.deepEqual(routeWishes(proxyOf('subdomain: auto\nforward: http://192.0.2.10\n'))[0]?.domains, [
      'nas.example.com',
    ]);
  });

  it('wants no route while it is stopped', () => {
    assert.deepEqual(routeWishes(named('forward: http://192.0.2.10\nstate: stopped\n')), []);
  });

  it('is watched as it says, and not at all where it says nothing', () => {
    const monitor = (written: string) => named(`forward: http://192.0.2.10\n${written}`).monitor;
    assert.equal(monitor(''), null);
    assert.deepEqual(monitor('monitor: { http: /healthz }\n'), {
      type: 'http',
      path: '/healthz',
      intervalMs: 30_000,
      timeoutMs: 5_000,
      retries: 3,
    });
    assert.deepEqual(monitor('monitor: { tcp: true, interval: 2s, retries: 1 }\n'), {
      type: 'tcp',
      path: '/',
      intervalMs: 2_000,
      timeoutMs: 2_000,
      retries: 1,
    });
  });

  it('cannot open the controller or the proxy to others, wherever they listen', () => {
    const { config } = readConfig({
      text: 'listen: 127.0.0.1:9000\nproxy: { url: "http://[fd00::5]:2019", traffic: { http: "http://edge:8080" } }\n',
      file: '/tinyforge.yaml',
      cwd: '/',
      environment: {},
      overrides: { directory: '/x' },
      senders: null,
      providers: null,
    });
    assert.ok(config);
    const { proxy } = readSettingsOf(config);
    for (const to of [
      'http://localhost:9000',
      'http://[::1]:9000',
      'http://[fd00::5]:2019',
      'http://edge:8080',
    ]) {
      const { problems } = catalogOf(`kind: proxy\nname: x\ndomains: [x.example.com]\nforward: "${to}"\n`, {
        proxy,
      });
      assert.deepEqual(
        problems.map(({ reason }) => reason),
        ['RouteLoop'],
        to,
      );
    }
  });

  it('cannot lead to a name that the proxy serves, of whomever it is; on another port that is another service', () => {
    const shop = 'kind: project\nname: shop\nimage: x:1\nport: 80\ndomains: [shop.example.com]\n';
    const nas = (to: string) => `kind: proxy\nname: nas\ndomains: [nas.example.com]\nforward: "${to}"\n`;
    const stack = `kind: stack\nname: media\nservices:
  web: { domains: [web.example.com], port: 80, route: { locations: [{ path: /api, forward: "http://api.example.com" }] } }
  api: { domains: [api.example.com], port: 80 }\n`;
    const loops = (text: string) =>
      catalogOf(text, { proxy: proxied }).problems.map(({ reason, workload }) => [reason, workload]);
    for (const to of ['https://shop.example.com', 'http://SHOP.example.com', 'http://shop.example.com:443'])
      for (const text of [`${nas(to)}---\n${shop}`, `${shop}---\n${nas(to)}`])
        assert.deepEqual(loops(text), [['RouteLoop', 'proxy.nas']], to);
    for (const to of ['http://shop.example.com:8080', 'http://other.example.com'])
      assert.deepEqual(loops(`${nas(to)}---\n${shop}`), [], to);
    assert.deepEqual(loops(stack), [['RouteLoop', 'stack.media']]);
  });
});
