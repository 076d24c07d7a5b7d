// The status page: one golden file per part and state, sizes, filters, and strings that must not come alive.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { problem } from '../../src/core/problem.ts';
import { assertGolden } from '../support/golden.ts';
import { assertWellFormed, elementOf, oneTagALine, textOf } from '../support/html-text.ts';
import { createHttpWorld, type HttpWorld } from '../support/http-world.ts';
import { createHouse } from '../support/sample-house.ts';
import { busyDay, calmUnits, NOW_MS, overviewOf, unitStatus } from '../support/sample-status.ts';

async function page(world: HttpWorld, path: string): Promise<string> {
  const answer = await world.ask(path, { headers: { accept: 'text/html' } });
  const text = await answer.text();
  assertWellFormed(text);
  return text;
}

/** A house where nothing needs anybody. */
function calmHouse(many: number) {
  return { ...createHouse(), overview: overviewOf(calmUnits(many)) };
}

describe('the parts of the page', () => {
  const cases: [string, string, string[]][] = [
    ['/', 'overview', ['headline', 'counts', 'needs', 'running', 'all', 'orphans', 'connections', 'events']],
    ['/?state=held&q=im', 'filtered', ['counts', 'all']],
    ['/?q=zzz', 'no-match', ['all']],
    ['/workloads/ledger', 'failed', ['headline', 'why', 'last-deploy']],
    ['/workloads/mailer', 'degraded', ['headline', 'why', 'dependencies']],
    [
      '/workloads/shop/prod',
      'rolled-back',
      ['headline', 'why', 'last-deploy', 'what-runs', 'facts', 'dependencies', 'deploys', 'log'],
    ],
    ['/workloads/immich', 'held', ['headline', 'why', 'what-runs']],
    ['/workloads/wiki/prod', 'progressing', ['headline', 'why', 'last-deploy', 'log']],
    ['/workloads/gitea', 'waiting', ['headline', 'why', 'dependencies']],
    ['/workloads/paperless', 'suspended', ['headline', 'why']],
    ['/workloads/database', 'converged', ['headline', 'why', 'dependencies']],
    ['/workloads/shop/prod/deploys', 'tab-deploys', ['deploys']],
    ['/workloads/shop/prod/plan', 'tab-plan', ['plan']],
    ['/workloads/database/plan', 'tab-plan-nothing', ['plan']],
    ['/workloads/shop/prod/containers', 'tab-containers', ['containers']],
    ['/workloads/shop/prod/events', 'tab-events', ['events']],
    ['/workloads/shop', 'stages', ['main']],
    ['/routes', 'routes', ['routes']],
    ['/events', 'events', ['events']],
    ['/nothing-here', 'error', ['main']],
  ];
  for (const [path, name, ids] of cases) {
    it(`of ${path} are as before`, async () => {
      const html = await page(createHttpWorld({ calm: 1 }), path);
      const parts = ids.map((id) => `<!-- #${id} -->\n${oneTagALine(elementOf(html, id))}`);
      assertGolden(`page/${name}.html`, parts.join('\n'));
    });
  }

  it('of a calm day leave out what there is not', async () => {
    const html = await page(createHttpWorld({ house: calmHouse(3) }), '/');
    assertGolden('page/calm.html', oneTagALine(elementOf(html, 'main')));
    assert.match(textOf(elementOf(html, 'headline')), /^All 3 workloads run as declared\. Nothing is down\./);
    assert.ok(!html.includes('Needs you') && !html.includes('Running now') && !html.includes('Left alone'));
  });

  it('of an empty house show the shortest manifest', async () => {
    const html = await page(createHttpWorld({ house: calmHouse(0) }), '/');
    assertGolden('page/empty.html', oneTagALine(elementOf(html, 'main')));
  });

  it('of a house that nobody could look at yet do not call it empty', async () => {
    const known = calmHouse(0);
    const [engine] = known.overview.engines;
    const cases: [Parameters<typeof overviewOf>[1], string][] = [
      [{ lastPassMs: null }, 'the first pass has not ended'],
      [
        { engines: engine === undefined ? [] : [{ ...engine, reachable: false }] },
        'engine local could not be read',
      ],
    ];
    for (const [facts, why] of cases) {
      const house = { ...known, overview: overviewOf([], facts) };
      const html = await page(createHttpWorld({ house }), '/');
      assert.match(
        textOf(elementOf(html, 'all')),
        new RegExp(`Nothing is known of the workloads yet: ${why}`),
      );
    }
  });

  it('stand in a frame with title, icon and foot', async () => {
    const html = await page(createHttpWorld({ calm: 1 }), '/');
    const frame = html
      .replace(/<main[\s\S]*<\/main>/, '<main/>')
      .replace(/<svg class="sprite"[\s\S]*?<\/svg>/, '<sprite/>')
      .replace(/\.[0-9a-f]{10}\./g, '.HASH.');
    assertGolden('page/frame.html', oneTagALine(frame));
    assert.match(html, /<title>4 need you · Tinyforge<\/title>/);
    assert.match(html, /href="\/assets\/needs-you\.[0-9a-f]{10}\.svg"/);
    assert.match(await page(createHttpWorld({ house: calmHouse(3) }), '/'), /href="\/assets\/calm\./);
  });
});

describe('every page', () => {
  const paths = [
    '/',
    '/workloads/shop/prod',
    '/workloads/shop/prod/logs',
    '/workloads/wiki/prod/logs',
    '/workloads/gitea/logs',
    '/workloads/shop/prod/deploys',
    '/workloads/shop/prod/plan',
    '/deploys',
    '/deploys/1',
    '/events',
    '/routes',
    '/workloads/shop',
    '/none',
  ];
  for (const path of paths) {
    it(`${path} has no inline style or script, and each id once`, async () => {
      const html = await page(createHttpWorld(), path);
      assert.ok(!/\sstyle="|<style|\son[a-z]+="|javascript:|<script(?! src=)/i.test(html));
      const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
      assert.deepEqual(
        ids.filter((id, index) => ids.indexOf(id) !== index),
        [],
      );
      assert.equal([...html.matchAll(/<h1[ >]/g)].length, 1);
    });
  }

  it('links only to pages that are there', async () => {
    const world = createHttpWorld();
    const links = new Set<string>();
    for (const path of paths) {
      for (const [, href = ''] of (await page(world, path)).matchAll(/<a [^>]*href="(\/[^"]*)"/g))
        links.add(href);
    }
    assert.ok(links.size > 40);
    for (const href of links) {
      const answer = await world.ask(href.replaceAll('&amp;', '&'));
      assert.equal(answer.status, 200, href);
    }
  });

  it('fragments of a path lead to an element', async () => {
    const html = await page(createHttpWorld(), '/workloads/shop/prod/logs');
    for (const [, id = ''] of html.matchAll(/href="#([^"]+)"/g)) assert.match(html, new RegExp(`id="${id}"`));
  });
});

describe('addresses of a workload', () => {
  it('lead to a stage before they lead to a tab of that name', async () => {
    const units = [unitStatus('shop/logs', { workloadId: 'project.shop' }), unitStatus('immich')];
    const world = createHttpWorld({ house: { ...createHouse(), overview: overviewOf(units) } });
    const title = async (path: string) => /<title>([^<]*)</.exec(await page(world, path))?.[1];
    assert.equal(await title('/workloads/shop/logs'), 'shop/logs converged · Tinyforge');
    assert.equal(await title('/workloads/shop/logs/logs'), 'shop/logs logs, converged · Tinyforge');
    assert.equal(await title('/workloads/immich/logs'), 'immich logs, converged · Tinyforge');
    assert.equal(await title('/workloads/immich/nope'), 'There is no such page · Tinyforge');
    assert.equal(await title('/workloads/shop'), 'shop · Tinyforge');
  });
});

describe('the list', () => {
  const rows = (html: string) => [...html.matchAll(/<tr id="w-([^"]+)"/g)].map(([, id]) => id);

  it('is in order of rank, then name', async () => {
    const html = await page(createHttpWorld({ calm: 0 }), '/');
    assert.deepEqual(rows(html), [
      'ledger',
      'mailer',
      'shop.prod',
      'immich',
      'wiki.prod',
      'gitea',
      'paperless',
      'database',
      'shop.staging',
    ]);
  });

  it('comes in pages of a hundred, and whole', async () => {
    const world = createHttpWorld({ house: calmHouse(240) });
    assert.equal(rows(await page(world, '/')).length, 100);
    const last = await page(world, '/?page=3');
    assert.equal(rows(last).length, 40);
    assert.match(textOf(last), /201 to 240 of 240 shown\. Previous Show all/);
    assert.equal(rows(await page(world, '/?page=all')).length, 240);
    assert.match(textOf(await page(world, '/?page=all')), /All 240 shown\./);
    for (const odd of ['0', '-1', '1.5', 'x', '99999', '9'.repeat(30)])
      assert.ok(rows(await page(world, `/?page=${odd}`)).length > 0, odd);
  });

  it('is filtered by name, domain, version and state, all kept in the links', async () => {
    const world = createHttpWorld();
    for (const [query, expected] of [
      ['q=SHOP', ['shop.prod', 'shop.staging']],
      ['q=photos.example', ['immich']],
      ['q=2.1.4', ['shop.prod']],
      ['state=waiting', ['gitea']],
      ['q=shop&state=converged', ['shop.staging']],
      ['state=nonsense&q=wiki', ['wiki.prod']],
    ] as const) {
      assert.deepEqual(rows(await page(world, `/?${query}`)), expected, query);
    }
    const html = await page(world, '/?q=shop&state=converged');
    assert.match(html, /href="\/\?q=shop" aria-current="true"/);
    assert.match(html, /<input type="hidden" name="state" value="converged">/);
    assert.match(html, /name="q" type="search" value="shop"/);
  });
});

describe('strings from outside', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'\u001b[31m\`\u202e`;

  it('stay text wherever they come up', async () => {
    const house = createHouse();
    const { store } = house;
    const unit = unitStatus('shop/prod', {
      app: evil,
      outcome: 'rolled-back',
      sentence: evil,
      runs: evil,
      wants: `${evil}2`,
      domains: [`${evil}.example.com`],
      dependsOn: [evil],
      next: evil,
      digest: evil,
      strategy: evil,
      place: { source: evil, file: evil, line: 1, column: 1 },
      source: evil,
      lastAttemptedRevision: evil,
      health: { status: 'unhealthy', ready: 0, total: 1, detail: evil },
      problems: [
        problem({ reason: evil, message: evil, hint: evil, effect: evil, file: evil, line: 1, column: 1 }),
      ],
    });
    const deploy = store.startDeploy({
      unit: 'shop/prod',
      workloadId: 'project.shop',
      status: 'rolled_back',
      fromVersion: evil,
      toVersion: evil,
      specHash: evil,
      digest: evil,
      revision: evil,
      cause: evil,
      reason: evil,
      message: evil,
      startedAtMs: NOW_MS,
      finishedAtMs: NOW_MS,
      proof: null,
      steps: [{ name: evil, status: 'failed', startedAtMs: 1, finishedAtMs: 2, detail: evil }],
    });
    store.addDeployLog({ deployId: deploy.id, atMs: NOW_MS, level: 'error', phase: evil, text: evil });
    store.addEvent({ atMs: NOW_MS, severity: 'error', unit: 'shop/prod', reason: evil, message: evil });
    const [container] = store.containers({ workloadId: 'project.shop' });
    if (container !== undefined)
      store.upsertContainer(
        { ...container, imageRef: evil, extra: { name: evil, health: evil, release: evil } },
        NOW_MS,
      );
    const source = {
      ...busyDay.sources[0],
      name: evil,
      ref: evil,
      revision: evil,
      problem: unit.problems[0] ?? null,
    };
    const world = createHttpWorld({
      version: evil,
      house: {
        ...house,
        overview: overviewOf([unit], {
          controller: evil,
          sources: [source as (typeof busyDay.sources)[number]],
          problems: unit.problems,
          orphans: [{ unit: evil, why: evil, containers: [evil] }],
        }),
        quarantine: house.quarantine.map((entry) => ({
          ...entry,
          release: evil,
          message: evil,
          evidence: [evil],
        })),
      },
    });
    const tabs = ['', '/deploys', '/plan', '/logs', '/containers', '/events'].map(
      (tab) => `/workloads/shop/prod${tab}`,
    );
    const typed = `/?q=${encodeURIComponent(evil)}`;
    for (const path of [
      '/',
      typed,
      ...tabs,
      '/deploys',
      `/deploys/${deploy.id}`,
      '/events',
      '/routes',
      `/${encodeURIComponent(evil)}`,
    ]) {
      const html = await page(world, path);
      // Without what stands in quotes: nothing but our own tags and attributes, and no script but ours.
      const bare = html.replace(/"[^"]*"/g, '""');
      assert.equal([...html.matchAll(/<script/gi)].length, 1, path);
      assert.ok(!/<img|<[^>]*\sonerror/i.test(bare), path);
      assert.ok(/&lt;script&gt;/.test(html), `${path} does not show it at all`);
    }
  });

  it('in logs keep their colours as tones and lose every other control', async () => {
    const world = createHttpWorld();
    const { store } = world.house;
    const [deploy] = store.deploys('shop/prod', { limit: 1 });
    const text =
      'a\u001b[1;31mred\u001b[0m b\u001b]8;;http://evil\u0007link\u001b]8;;\u0007\u001b[2Jc\u0008\u009b31md\u202e\r\u001b[';
    store.addDeployLog({ deployId: deploy?.id ?? 0, atMs: NOW_MS, level: 'info', phase: 'evidence', text });
    const html = await page(world, '/workloads/shop/prod/logs');
    const line = /<li id="log-\d+-8">[\s\S]*?<\/li>/.exec(html)?.[0] ?? '';
    assert.match(line, /a<span class="bad">red<\/span> blinkc31md<\/span><\/li>$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must be gone
    assert.ok(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/.test(line));
  });
});

describe('the first visit', () => {
  it('weighs at most 32 kB on the line, with a hundred rows', async () => {
    const units = Array.from({ length: 100 }, (_, index) =>
      unitStatus(`workload-${index}-with-a-name/prod`, {
        domains: [`w${index}.example.com`],
        app: 'storefront',
      }),
    );
    const house = { ...createHouse(), overview: { ...busyDay, units } };
    for (const unit of units) {
      house.store.upsertWorkload(
        {
          id: unit.workloadId,
          kind: 'project',
          refId: unit.name,
          name: unit.name,
          appId: null,
          notificationUrl: null,
          notificationSecret: null,
          webhookSecret: null,
          webhookSigningSecret: null,
          webhookRequireSignature: false,
        },
        NOW_MS,
      );
    }
    const html = await page(createHttpWorld({ house }), '/');
    const assets = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    const weigh = (text: string) => gzipSync(text).byteLength;
    const sizes = new Map<string, number>([['html', weigh(html)]]);
    const world = createHttpWorld({ house });
    for (const path of assets) {
      const answer = await world.ask(path);
      assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable');
      sizes.set(path.replace(/\.[0-9a-f]{10}/, ''), weigh(await answer.text()));
    }
    const told = JSON.stringify([...sizes]);
    assert.equal(sizes.size, 4, told);
    assert.ok((sizes.get('html') ?? 0) <= 20_000, told);
    assert.ok((sizes.get('/assets/style.css') ?? 0) <= 6_000, told);
    assert.ok((sizes.get('/assets/live.js') ?? 0) <= 2_048, told);
    assert.ok([...sizes.values()].reduce((sum, size) => sum + size, 0) <= 32_000, told);
  });

  it('is compressed on the line, and the stream is not', async () => {
    const world = createHttpWorld();
    const headers = { 'accept-encoding': 'gzip, br' };
    const answer = await world.ask('/', { headers });
    assert.equal(answer.headers.get('content-encoding'), 'gzip');
    const stream = await world.ask('/events/stream?page=/', { headers });
    assert.equal(stream.headers.get('content-encoding'), null);
    await stream.body?.cancel();
  });
});
