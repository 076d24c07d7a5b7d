// What a hostile manifest takes of its neighbours, of the host and of the proxy: refused, or at least told before.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { routeWishes } from '../../src/core/route/wishes.ts';
import type { Desired } from '../../src/model/desired.ts';
import { refuseTraffic, refuseWish } from '../../src/proxies/nginx-proxy-manager/refuse.ts';
import { createFakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig } from '../support/loop-rig.ts';
import { catalogOf, proxied } from '../support/manifest-catalog.ts';

const project = (name: string, more = '') => `kind: project\nname: ${name}\nimage: x:1\nport: 80\n${more}\n`;
const proxy = (more: string) => `kind: proxy\nname: nas\n${more}\n`;

describe('what belongs to another workload', () => {
  const rows: Record<string, { text: string; reason: string; first: string[] }> = {
    'its domain': {
      text: `${project('a', 'domains: [x.example.com]')}---\n${project('b', 'domains: [x.example.com]')}`,
      reason: 'ClaimedTwice',
      first: ['a'],
    },
    'its domain in other letters': {
      text: `${project('a', 'domains: [x.example.com]')}---\n${project('b', 'domains: [X.Example.Com]')}`,
      reason: 'ClaimedTwice',
      first: ['a'],
    },
    'its domain, for a route of its own': {
      text: `${project('a', 'domains: [x.example.com]')}---\n${proxy('domains: [x.example.com]\nforward: http://192.0.2.9')}`,
      reason: 'ClaimedTwice',
      first: ['a'],
    },
    'its name': { text: `${project('a')}---\n${project('a')}`, reason: 'DuplicateName', first: ['a'] },
    'the name and alias of its containers': {
      text: `kind: project\nname: a\nimage: x:1\nstages: { b: {} }\n---\n${project('a-b')}`,
      reason: 'ClaimedTwice',
      first: ['a/b'],
    },
    'a name for its containers': { text: project('a', 'container_name: b'), reason: 'UnknownKey', first: [] },
  };
  for (const [what, { text, reason, first }] of Object.entries(rows))
    it(`${what} is refused, and the first one keeps it`, () => {
      const { units, problems } = catalogOf(text, { proxy: proxied });
      assert.deepEqual(
        units.map(({ unit }) => unit),
        first,
      );
      assert.ok(problems.some((one) => one.severity === 'error' && one.reason === reason));
    });
});

describe('ports of the host', () => {
  for (const port of [
    '127.0.0.1:8480:80',
    '127.0.0.1:81:80',
    '127.0.0.1:22:80',
    '0.0.0.0:9000:80',
    '8481:80',
    '127.0.0.1:9000:80',
  ]) {
    const deserves = port !== '127.0.0.1:9000:80';
    it(`${port} is ${deserves ? '' : 'not '}told of in the plan`, async () => {
      const rig = createLoopRig({ proxy: createFakeProxy() });
      rig.useListen({ host: '127.0.0.1', port: 8480 });
      rig.engine.addImage('x:1');
      rig.files.set('a.yaml', project('a', `ports: ["${port}"]`));
      const plan = await rig.loop().look({ prune: 'none', signal: new AbortController().signal });
      const [unit] = plan.units;
      const isTold = unit?.notices.some(({ reason }) => reason === 'PortExposed');
      assert.equal(isTold, deserves);
    });
  }

  for (const port of [80, 81, 443])
    it(`the proxy's own port ${port} is no stream`, () => {
      const { problems } = catalogOf(proxy(`stream: { port: ${port}, forward: "192.0.2.1:80" }`), {
        proxy: proxied,
      });
      assert.ok(problems.some(({ severity }) => severity === 'error'));
    });
});

describe('text of nginx in a manifest', () => {
  const EVIL = ['}', '; return 200 x;', '$host', '"', "'", '\\', '\n', '{', '#', '`'].map(
    (tail) => `x${tail}deny all`,
  );
  const q = (text: string): string => JSON.stringify(text);
  const places: Record<string, (evil: string) => string> = {
    'a name': (evil) => proxy(`domains: [${q(evil)}]\nforward: http://192.0.2.9`),
    'a name of a workload': (evil) => project('a', `domains: [${q(evil)}]`),
    'a subdomain': (evil) => project('a', `subdomain: ${q(evil)}`),
    'where it leads': (evil) => proxy(`domains: [x.example.com]\nforward: ${q(`http://${evil}:80`)}`),
    'where it is sent on': (evil) =>
      proxy(`domains: [x.example.com]\nredirect: { to: ${q(`https://${evil}`)} }`),
    'the path of a location': (evil) =>
      project(
        'a',
        `domains: [x.example.com]\nroute: { locations: [{ path: ${q(`/${evil}`)}, forward: "http://192.0.2.9" }] }`,
      ),
    'where a location leads': (evil) =>
      project(
        'a',
        `domains: [x.example.com]\nroute: { locations: [{ path: /a, forward: ${q(`http://${evil}:80`)} }] }`,
      ),
    'where a stream leads': (evil) => proxy(`stream: { port: 9000, forward: ${q(`${evil}:80`)} }`),
    'lines that leave their block': (evil) =>
      project(
        'a',
        `domains: [x.example.com]\nroute: { advanced_config: ${q(evil === 'ok' ? 'gzip on;' : `${evil} } server { listen 9999; `)} }`,
      ),
  };
  for (const [what, manifest] of Object.entries(places))
    it(`as ${what} reaches no proxy`, () => {
      const [fine] = catalogOf(manifest('ok'), { proxy: proxied }).units;
      assert.ok(fine !== undefined && !isRefused(fine), 'what is harmless is taken there');
      for (const evil of EVIL) {
        const { units } = catalogOf(manifest(evil), { proxy: proxied });
        for (const unit of units)
          assert.ok(
            isRefused(unit),
            `${JSON.stringify(evil)} would be sent: ${JSON.stringify(routeWishes(unit))}`,
          );
      }
    });
});

/** By the provider, of all that would be sent. */
function isRefused(unit: Desired): boolean {
  const leads =
    unit.kind === 'proxy' &&
    unit.forward !== null &&
    refuseTraffic({ main: [unit.forward], canary: null }) !== null;
  return leads || routeWishes(unit).every((wish) => refuseWish(wish) !== null);
}
