// Routes through the whole loop, with a proxy in memory: what the list of routes says, and what is written down of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { proxyRows } from '../../src/core/proxy-rows.ts';
import { routedContainers } from '../../src/core/route/routed-containers.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import { createFakeProxy, type FakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';
import { catalogOf, proxied } from '../support/manifest-catalog.ts';
import { observed, shop } from '../support/sample-routes.ts';

const SHOP = (tag: string) => `kind: project
name: shop
image: example/shop
tag: "${tag}"
port: 8080
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
replicas: 2
domains: [shop.example.com]
`;
const NAS = 'kind: proxy\nname: nas\ndomains: [nas.example.com]\nforward: http://192.0.2.10:5000\n';

async function routed(): Promise<{ rig: LoopRig; proxy: FakeProxy }> {
  const proxy = createFakeProxy();
  const rig = createLoopRig({ proxy });
  await rig.engine.runtime().ensureNetwork('proxy', {});
  for (const tag of ['v1', 'v2']) rig.engine.addImage(`example/shop:${tag}`);
  rig.files.set('shop.yaml', SHOP('v1')).set('nas.yaml', NAS);
  await rig.settle();
  return { rig, proxy };
}

/** What GET /api/proxies, the page and the terminal show. */
function list(rig: LoopRig) {
  const { units, controller } = rig.loop().overview();
  return proxyRows({
    controller,
    units,
    routes: rig.store.proxyRoutes(),
    observed: rig.loop().proxyRoutes(),
    looksAt: (unit) => rig.store.monitorResults(unit, { limit: 5 }),
  });
}

describe('TLS that no manifest speaks of', () => {
  const wishOf = (more: string) => {
    const { units } = catalogOf(`${SHOP('v1')}\n${more}`, { proxy: { ...proxied, tls: 'auto' } });
    return units[0]?.route?.tls?.certificate;
  };
  it('is had where a certificate fits; where it is asked for, it must', () => {
    assert.deepEqual(wishOf(''), { type: 'auto', orPlain: true });
    assert.deepEqual(wishOf('tls: auto'), { type: 'auto' });
    assert.deepEqual(wishOf('tls: { hsts: true }'), { type: 'auto' });
    assert.equal(wishOf('tls: off'), undefined);
  });

  it('and cannot be had is told in the plan, for as long as it is so', async () => {
    const { rig, proxy } = await routed();
    proxy.remarks = ({ key }) => (key === 'shop' ? 'no certificate covers it' : null);
    const told = async (): Promise<string[]> => {
      const { units } = await rig.loop().look({ prune: 'none', signal: new AbortController().signal });
      return units.flatMap(({ unit, notices }) =>
        notices.map(({ reason, message }) => `${unit} ${reason} ${message}`),
      );
    };
    const sentence = 'shop PlainHttp shop.example.com is served by plain HTTP: no certificate covers it';
    assert.deepEqual(await told(), [sentence]);
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged');
    assert.deepEqual(await told(), [sentence]);
    proxy.remarks = () => null;
    assert.deepEqual(await told(), []);
  });
});

describe('routes in the loop', () => {
  it('are listed with the containers they lead to, whether they are online, and those of others', async () => {
    const { rig, proxy } = await routed();
    proxy.addStranger('home.example.com');
    proxy.failToServe('nas', 'host not found in upstream');
    await rig.loop().look({ prune: 'none', signal: new AbortController().signal });
    assert.deepEqual(
      list(rig).map(({ type, domains, containers, route }) => [
        type,
        domains.join(),
        containers.map(({ containerName }) => containerName?.replace(/-[0-9a-f]{6}-/, '-')),
        route?.online,
      ]),
      [
        ['stand_alone', 'nas.example.com', [], false],
        ['workload', 'shop.example.com', ['shop-1', 'shop-2'], true],
        ['stranger', 'home.example.com', [], true],
      ],
    );
  });

  it('are written beside their containers once, and a calm pass writes nothing', async () => {
    const { rig, proxy } = await routed();
    assert.deepEqual(
      rig.store.proxyRoutes().map(({ routeKey, domains, subdomain, npmProxyId, proxyRouteId }) => ({
        ...{ routeKey, domains, subdomain },
        ids: [npmProxyId, proxyRouteId],
      })),
      [1, 2].map(() => {
        const { id } = proxy.route('shop');
        const ids = [Number(id.split('/')[1]), id];
        return { routeKey: 'shop', domains: ['shop.example.com'], subdomain: null, ids };
      }),
    );
    const writes = rig.store.writes();
    await rig.settle();
    assert.equal(rig.store.writes(), writes);
  });

  it('follow the traffic: after a switch those of the new version have it, and those that stand by do not', async () => {
    const { rig } = await routed();
    rig.files.set('shop.yaml', SHOP('v2'));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
    assert.equal(rig.containers().length, 4);
    assert.deepEqual(
      rig.store.proxyRoutes().map(({ release, state }) => [release, state]),
      [
        ['v2', 'running'],
        ['v2', 'running'],
      ],
    );
  });

  it('stay as they were written while the proxy is away, also over a restart', async () => {
    const { rig, proxy } = await routed();
    const before = rig.store.proxyRoutes();
    assert.equal(before.length, 2);
    proxy.goAway();
    await rig.settle();
    assert.equal(rig.loop().proxyRoutes().length, 2, 'what it had when it answered last is shown');
    rig.boot();
    await rig.settle();
    assert.deepEqual(rig.store.proxyRoutes(), before);
    proxy.comeBack();
    await rig.settle();
    assert.deepEqual(rig.store.proxyRoutes(), before);
  });
});

describe('while the engine does not answer', () => {
  it('who was never seen waits, and says for what', async () => {
    const rig = createLoopRig();
    rig.files.set('shop.yaml', SHOP('v1'));
    rig.engine.goAway();
    await rig.settle();
    const status = rig.status('shop');
    assert.deepEqual([status.outcome, status.reason], ['waiting', 'EngineAway']);
    assert.match(status.sentence, /local.*does not answer/);
    const plan = await rig.loop().look({ prune: 'none', signal: new AbortController().signal });
    assert.deepEqual(
      plan.units.map(({ unit, blocked, actions }) => [unit, blocked?.wait, actions.length]),
      [['shop', true, 0]],
    );
    const writes = rig.store.writes();
    await rig.settle();
    assert.equal(rig.store.writes(), writes, 'told once');
    rig.engine.comeBack();
    rig.engine.addImage('example/shop:v1');
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  });

  it('who was seen before keeps the last that was known', async () => {
    const { rig } = await routed();
    const before = rig.status('shop');
    rig.engine.goAway();
    await rig.settle();
    assert.deepEqual(rig.status('shop'), before);
  });

  it('a stand-alone route is made, changed and taken away all the same', async () => {
    const proxy = createFakeProxy();
    const rig = createLoopRig({ proxy });
    rig.engine.goAway();
    rig.files.set('nas.yaml', NAS);
    await rig.settle();
    assert.notEqual(rig.status('nas').reason, 'EngineAway');
    assert.deepEqual(proxy.trafficOf('nas'), ['192.0.2.10:5000']);
    rig.files.set('nas.yaml', NAS.replace(':5000', ':5001'));
    await rig.settle();
    assert.deepEqual(proxy.trafficOf('nas'), ['192.0.2.10:5001']);
    rig.files.set(
      'nas.yaml',
      'kind: proxy\nname: nas\ndomains: [nas.example.com]\nredirect: { to: https://www.example.com }\n',
    );
    await rig.settle();
    assert.equal(proxy.route('nas').type, 'redirect');
    rig.files.delete('nas.yaml');
    rig.files.set('other.yaml', NAS.replaceAll('nas', 'other'));
    await rig.settle();
    assert.deepEqual(
      [...proxy.state.routes.values()].map(({ owner }) => owner?.key),
      ['other'],
    );
  });

  it('of many that go at once are held until somebody says so; one at a time goes', async () => {
    const proxy = createFakeProxy();
    const rig = createLoopRig({ proxy });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) rig.files.set(`${name}.yaml`, NAS.replaceAll('nas', name));
    await rig.settle();
    const routed = () => [...proxy.state.routes.values()].map(({ owner }) => owner?.key).sort();
    assert.deepEqual(routed(), names);
    rig.files.delete('a.yaml');
    await rig.settle();
    assert.deepEqual(routed(), names.slice(1));
    for (const name of names.slice(1, 5)) rig.files.delete(`${name}.yaml`);
    await rig.settle();
    const held = () =>
      rig
        .loop()
        .overview()
        .problems.some(({ reason }) => reason === 'PruneHeld');
    assert.deepEqual([routed(), held()], [names.slice(1), true]);
    await rig.settle({ prune: 'given' });
    assert.deepEqual([routed(), held()], [['f'], false]);
  });

  it('a workload that left its source keeps its route until its containers can be taken away with it', async () => {
    const { rig, proxy } = await routed();
    rig.engine.goAway();
    rig.files.delete('shop.yaml');
    await rig.settle();
    assert.ok(proxy.route('shop'));
    rig.engine.comeBack();
    await rig.settle();
    assert.deepEqual(
      [rig.containers(), [...proxy.state.routes.values()].map(({ owner }) => owner?.key)],
      [[], ['nas']],
    );
  });
});

describe('where a route leads', () => {
  it('is told by published ports, by names, and for a service of a stack by whose it is', () => {
    const by = { controller: 'default', domain: 'example.com' };
    const web = container('blog-web', { published: 49_001, service: 'web' });
    const db = container('blog-db', { published: null, service: 'db' });
    const byUnit = new Map([['blog', [web, db]]]);
    const owner = { controller: 'default', unit: 'blog', key: 'blog:web' };
    const route = observed({
      id: 'proxy-host/7',
      domains: ['blog.example.com'],
      owner,
      traffic: { main: [{ scheme: 'http', host: '192.0.2.1', port: 49_001 }], canary: null },
    });
    for (const reach of ['published', 'network'] as const) {
      const found = routedContainers({ ...by, reach, routes: [route], byUnit });
      assert.deepEqual(
        [...found],
        [
          [
            web.id,
            {
              route_key: 'blog:web',
              domains: ['blog.example.com'],
              subdomain: 'blog',
              npm_proxy_id: 7,
              proxy_route_id: 'proxy-host/7',
            },
          ],
        ],
      );
    }
    const theirs = { ...route, owner: { ...owner, controller: 'attic' } };
    assert.equal(routedContainers({ ...by, reach: 'network', routes: [theirs], byUnit }).size, 0);
  });

  it('is one line each for the services of a stack, and one for names that nobody has yet', () => {
    const status = {
      ...shop,
      unit: 'blog',
      domains: ['api.example.com', 'new.example.com', 'web.example.com'],
    };
    const ours = (key: string, domain: string) =>
      observed({ id: key, domains: [domain], owner: { controller: 'default', unit: 'blog', key } });
    const rows = proxyRows({
      controller: 'default',
      units: [status],
      routes: [],
      observed: [ours('blog:web', 'web.example.com'), ours('blog:api', 'api.example.com')],
      looksAt: () => [],
    });
    assert.deepEqual(
      rows.map(({ domains, route }) => [domains.join(), route?.id ?? null]),
      [
        ['api.example.com', 'blog:api'],
        ['new.example.com', null],
        ['web.example.com', 'blog:web'],
      ],
    );
  });
});

function container(
  name: string,
  { published, service }: { published: number | null; service: string },
): ObservedContainer {
  const port = { target: 80, published, hostIp: '192.0.2.1', protocol: 'tcp' };
  return {
    id: `id-of-${name}`,
    name,
    image: 'example/blog:1',
    imageId: '',
    state: 'running',
    health: 'none',
    exitCode: null,
    upSeconds: 60,
    createdAtMs: 0,
    ports: published === null ? [] : [port],
    networks: {},
    ours: null,
    compose: {
      project: 'blog',
      service,
      number: 1,
      oneOff: false,
      workingDir: '',
      configFiles: '',
      replaces: null,
    },
  };
}
