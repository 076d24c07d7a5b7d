// All routes in one list, wherever it is asked for: index, API, terminal and page say the same.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openScratchStore } from '../../src/adapters/sqlite/open-store.ts';
import { createCanary, searchText } from '../support/canary.ts';
import { CONFIG, createHouse, record } from '../support/fake-sessions.ts';
import { createFakeStore } from '../support/fake-store.ts';
import { assertGolden } from '../support/golden.ts';
import { elementOf, oneTagALine } from '../support/html-text.ts';
import { createHttpWorld } from '../support/http-world.ts';
import { cli, LOOKS } from '../support/run-cli.ts';
import { addRouted, addWatched, nas, PROXY, ROUTES, shop } from '../support/sample-routes.ts';
import { NOW_MS, overviewOf } from '../support/sample-status.ts';
import { assertValid } from '../support/valid-answer.ts';

describe('ListProxyRoutes', () => {
  it('joins containers that have a route with their workload: this shape, from SQLite', () => {
    const store = openScratchStore();
    addRouted(store);
    assertGolden('store/proxy-routes.json', `${JSON.stringify(store.proxyRoutes(), null, 2)}\n`);
    store.close();
  });

  it('is the same from the store of the tests', () => {
    const [real, fake] = [openScratchStore(), createFakeStore()];
    for (const store of [real, fake]) addRouted(store);
    assert.deepEqual(fake.proxyRoutes(), real.proxyRoutes());
    real.close();
  });
});

function world() {
  const store = createFakeStore();
  addRouted(store);
  addWatched(store);
  const http = createHttpWorld({
    config: { proxy: PROXY },
    house: { ...httpHouse(), store },
  });
  http.controller.set({ units: [shop, nas] });
  http.controller.setRoutes(ROUTES);
  return http;
}

function httpHouse() {
  return { ...createHttpWorld({ calm: 0 }).house, overview: overviewOf([shop, nas]) };
}

describe('the list of all routes', () => {
  it('over the API has ours with their containers and health, and those of others to read', async () => {
    const answer = await world().ask('/api/proxies');
    assert.equal(answer.status, 200);
    const body = (await answer.json()) as { data: unknown };
    assert.equal(assertValid(JSON.stringify(body.data)), 'ProxyList');
    assertGolden('api/proxies.json', `${JSON.stringify(body, null, 2)}\n`);
  });

  it('shows nothing of what the provider keeps of a route', async () => {
    const canary = createCanary('key');
    const raw = { certificate: { meta: { certificate_key: canary.value } } };
    const http = world();
    http.controller.setRoutes(ROUTES.map((route) => ({ ...route, raw })));
    for (const path of ['/api/proxies', '/routes', '/api/containers', '/api/plan', '/', '/w/shop/prod']) {
      const content = await (await http.ask(path)).text();
      assert.ok(content.length > 0);
      assert.deepEqual(searchText([canary], { place: path, content }), []);
    }
  });

  it('on the page is the same, and what others call their routes does not come alive', async () => {
    const html = await (await world().ask('/routes')).text();
    assertGolden('page/routes-proxy.html', `<!-- #routes -->\n${oneTagALine(elementOf(html, 'routes'))}`);
    assert.ok(!html.includes('<b>odd'));
  });

  it('has a page of its own, without what only containers have', async () => {
    const html = await (await world().ask('/workloads/nas')).text();
    const headline = elementOf(html, 'headline');
    for (const tab of ['Overview', 'Deploys', 'Plan', 'Events'])
      assert.match(headline, new RegExp(`>${tab}`));
    assert.doesNotMatch(headline, /Logs|Containers/);
    assert.doesNotMatch(html, /What runs|Log of deploy|tinyforge logs/);
    for (const tab of ['logs', 'containers'])
      assert.equal((await world().ask(`/workloads/nas/${tab}`)).status, 404);
    for (const tab of ['plan', 'events', 'deploys'])
      assert.equal((await world().ask(`/workloads/nas/${tab}`)).status, 200);
    const shown = elementOf(await (await world().ask('/workloads/shop/prod')).text(), 'headline');
    assert.match(shown, /Logs.*Containers/s);
  });

  function house() {
    const made = createHouse({ config: { ...CONFIG, proxy: PROXY } });
    assert.ok(made.store);
    record(made.store, [shop, nas], NOW_MS);
    addRouted(made.store);
    addWatched(made.store);
    return made;
  }
  /** A controller that answers as the HTTP side does. */
  const running: typeof fetch = async (url, init) => {
    const { pathname, search } = new URL(String(url));
    return world().ask(`${pathname}${search}`, init as Parameters<ReturnType<typeof world>['ask']>[1]);
  };

  for (const look of ['pipe', 'tty80', 'tty120'] as const) {
    it(`in a terminal (${look}) asks the controller`, async () => {
      const { transcript } = await cli(house(), ['proxies'], { look: LOOKS[look], fetch: running });
      assertGolden(`cli/proxies.${look}.txt`, transcript);
    });
  }

  it('without a controller tells of ours, and that others are not shown', async () => {
    const { transcript } = await cli(house(), ['proxy', 'list']);
    assertGolden('cli/proxies-nobody.pipe.txt', transcript);
  });

  it('for programs is one object', async () => {
    const { stdout, code } = await cli(house(), ['proxies', '-o', 'json']);
    assert.equal(code, 0);
    assert.equal(assertValid(stdout), 'ProxyList');
    assertGolden('cli/json-proxies.json', stdout);
  });
});
