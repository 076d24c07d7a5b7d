// The status page in a real browser: accessible and whole at both widths and in both schemes, live, and honest when it is not.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type HttpServer, serveHttp } from '../../src/http/serve.ts';
import { createHttpWorld, type HttpWorld } from '../support/http-world.ts';
import { launchBrowser } from '../support/real/browser.ts';
import { until } from '../support/real/until.ts';
import { PROXY, ROUTES } from '../support/sample-routes.ts';
import { NOW_MS } from '../support/sample-status.ts';

/** Set to a folder to get a picture of each page, for people to look at. */
const PICTURES = process.env.PAGE_PICTURES;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

interface Visit {
  world: HttpWorld;
  server: HttpServer;
  context: BrowserContext;
  page: Page;
  /** What the browser complained of. */
  complaints: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

async function visit(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Visit> {
  const world = createHttpWorld({ config: { proxy: PROXY } });
  world.controller.setRoutes(ROUTES);
  const server = await serveHttp({ app: world.app, listen: { host: '127.0.0.1', port: 0 }, log: world.log });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${server.address}${path}`);
  return {
    world,
    server,
    context,
    page,
    complaints,
    async [Symbol.asyncDispose]() {
      await context.close();
      await server.close();
    },
  };
}

const liveWord = (page: Page) => page.locator('#live-word');

async function becomesLive({ page, world }: Visit): Promise<void> {
  await liveWord(page).getByText('Live', { exact: true }).waitFor();
  await world.clock.advance(0);
}

/** Changes a unit, and lets the time pass after which pages are told. */
async function change(
  { world }: Visit,
  ...facts: Parameters<HttpWorld['controller']['change']>
): Promise<void> {
  world.controller.change(...facts);
  await world.clock.advance(250);
}

describe('each page', () => {
  const paths = [
    '/',
    '/?q=zzz',
    '/workloads/shop/prod',
    '/workloads/immich',
    '/workloads/shop/prod/plan',
    '/workloads/shop/prod/logs',
    '/workloads/shop/prod/containers',
    '/workloads/shop',
    '/deploys',
    '/deploys/82',
    '/routes',
    '/events',
  ];
  for (const width of [1280, 360]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`is accessible and whole at ${width} px, ${colorScheme}`, async () => {
        await using seen = await visit('/', {
          viewport: { width, height: 800 },
          colorScheme,
          reducedMotion: 'reduce',
        });
        for (const path of paths) {
          await seen.page.goto(`${seen.server.address}${path}`);
          await becomesLive(seen);
          await takePicture(seen.page, `${path}-${width}-${colorScheme}`);
          const wide = await seen.page.evaluate(
            `[document.documentElement, ...document.querySelectorAll('.card, table')]
              .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML.slice(0, 200))`,
          );
          assert.deepEqual(wide, [], `${path} is wider than it may be`);
          await seen.page.evaluate(axe.source);
          const violations = await seen.page.evaluate(
            `axe.run({ runOnly: ${JSON.stringify(TAGS)} }).then(({ violations }) =>
              violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))`,
          );
          assert.deepEqual(violations, [], path);
        }
        assert.deepEqual(seen.complaints, [], 'the browser has nothing to complain of, the policy included');
      });
    }
  }

  it('shows its first things without scrolling', async () => {
    await using seen = await visit('/');
    for (const id of ['#headline', '#counts', '#needs']) {
      const box = await seen.page.locator(id).boundingBox();
      assert.ok(box !== null && box.y < 800, id);
    }
  });

  it('is complete without script, and says so', async () => {
    await using seen = await visit('/', { javaScriptEnabled: false });
    const { page } = seen;
    assert.equal(await page.locator('#rows tr').count(), 15);
    assert.equal(await liveWord(page).textContent(), 'As of 16:02');
    assert.ok(await page.getByRole('link', { name: 'Reload' }).isVisible());
    assert.equal(await page.locator('meta[http-equiv=refresh]').getAttribute('content'), '30');
  });

  it('is used by keyboard: the skip link first, then the way to the content', async () => {
    await using seen = await visit('/');
    await seen.page.keyboard.press('Tab');
    const skip = seen.page.getByRole('link', { name: 'Skip to the content' });
    assert.ok(await skip.isVisible());
    assert.equal(await seen.page.evaluate('document.activeElement.className'), 'skip');
    await seen.page.keyboard.press('Enter');
    assert.equal(await seen.page.evaluate('document.activeElement.id'), 'main');
    assert.match(seen.page.url(), /#main$/);
  });

  it('filters by its form, and the filter is in the address', async () => {
    await using seen = await visit('/');
    await seen.page.getByLabel('Filter by name').fill('shop');
    await seen.page.keyboard.press('Enter');
    await seen.page.waitForURL(/q=shop/);
    assert.equal(await seen.page.locator('#rows tr').count(), 2);
    await seen.page.getByRole('link', { name: '1 rolled back' }).click();
    await seen.page.waitForURL(/state=rolled-back/);
    assert.equal(await seen.page.locator('#rows tr').count(), 1);
  });

  it('copies a command', async () => {
    await using seen = await visit('/workloads/shop/prod', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await seen.page.getByRole('button', { name: 'Copy tinyforge resume shop/prod' }).click();
    await seen.page.locator('#say').getByText('Copied.').waitFor();
    assert.equal(await seen.page.evaluate('navigator.clipboard.readText()'), 'tinyforge resume shop/prod');
  });
});

describe('an open page', () => {
  it('shows a change without being loaded again, and says it', async () => {
    await using seen = await visit('/');
    await becomesLive(seen);
    await seen.page.evaluate('window.same = 1');
    await change(seen, 'database', { outcome: 'failed', sentence: 'ended with exit 1' });
    await seen.page.locator('#w-database').getByText('failed').waitFor();
    await seen.page.locator('#needs').getByText('Ended with exit 1.').waitFor();
    await seen.page.locator('#say').getByText('database is failed.').waitFor();
    assert.match(await seen.page.title(), /^5 need you/);
    assert.equal(await seen.page.evaluate('window.same'), 1);
    assert.match((await seen.page.locator('#moved').textContent()) ?? '', /1 row moved\. Sort again/);
    assert.deepEqual(seen.complaints, []);
  });

  it('renews the age of the last pass', async () => {
    await using seen = await visit('/');
    await becomesLive(seen);
    seen.world.controller.set({ lastPassMs: NOW_MS - 90_000 });
    seen.world.controller.tell({ type: 'pass' });
    await seen.world.clock.advance(250);
    await seen.page.locator('#live').getByText('1 min ago').waitFor();
  });

  it('keeps focus, scroll and a marked text where they are', async () => {
    await using seen = await visit('/');
    await becomesLive(seen);
    const link = seen.page.locator('#w-gitea th a');
    await link.focus();
    const scrolled = await seen.page.evaluate('scrollY');
    await change(seen, 'gitea', { runs: '1.24.9' });
    await seen.page.locator('#w-gitea code').getByText('1.24.9').waitFor();
    assert.equal(await seen.page.evaluate("document.activeElement.closest('tr').id"), 'w-gitea');
    assert.equal(await seen.page.evaluate('scrollY'), scrolled);

    await seen.page.evaluate("getSelection().selectAllChildren(document.querySelector('#w-immich th'))");
    await change(seen, 'immich', { runs: 'v9' });
    await change(seen, 'mailer', { runs: '9.9' });
    await seen.page.locator('#w-mailer code').getByText('9.9').waitFor();
    assert.match(String(await seen.page.evaluate('getSelection().toString()')), /immich/);
    assert.equal(await seen.page.locator('#w-immich code').textContent(), 'v2.3.1');
    await seen.page.evaluate('getSelection().removeAllRanges()');
    await seen.page.locator('#w-immich code').getByText('v9').waitFor();
  });

  it('adds the lines of a log as they are written', async () => {
    await using seen = await visit('/workloads/wiki/prod/logs');
    await becomesLive(seen);
    const { store } = seen.world.house;
    const deployId = store.deploys('wiki/prod', { limit: 1 })[0]?.id ?? 0;
    store.addDeployLog({ deployId, atMs: NOW_MS, level: 'error', phase: 'prove', text: '<b>not bold</b>' });
    seen.world.controller.tell({ type: 'deploy', unit: 'wiki/prod', deployId });
    await seen.world.clock.advance(250);
    const lines = seen.page.locator(`#log-${deployId} li`);
    await lines.getByText('<b>not bold</b>').waitFor();
    assert.equal(await lines.count(), 2);
  });

  it('that loses its stream says since when, and is live again by itself', async () => {
    await using seen = await visit('/');
    await becomesLive(seen);
    const { port } = new URL(seen.server.address);
    await seen.server.close();
    await liveWord(seen.page)
      .getByText(/^Not live since \d\d:\d\d, trying again$/)
      .waitFor();
    assert.equal(await seen.page.locator('#live').isVisible(), false, 'no age is shown that may be wrong');
    const background = await seen.page.evaluate(
      "getComputedStyle(document.querySelector('.dot')).backgroundColor",
    );
    assert.equal(background, 'rgba(0, 0, 0, 0)', 'the dot is a ring');

    const world = createHttpWorld();
    world.controller.change('database', { outcome: 'degraded' });
    await using _ = await restart(world, Number(port));
    await liveWord(seen.page).getByText('Live', { exact: true }).waitFor();
    await world.clock.advance(0);
    await seen.page.locator('#w-database').getByText('degraded').waitFor();
  });

  it('of an older Tinyforge offers to load the new one, and never does so by itself', async () => {
    await using seen = await visit('/');
    await becomesLive(seen);
    const { port } = new URL(seen.server.address);
    await seen.server.close();
    await using _ = await restart(createHttpWorld({ version: '0.2.0' }), Number(port));
    await seen.page.locator('#banner').getByRole('link', { name: 'Reload' }).waitFor();
    assert.match((await seen.page.locator('footer').textContent()) ?? '', /Tinyforge 0\.1\.0/);
  });

  it('lets its stream go after a minute in the background, and takes it up again', async () => {
    await using seen = await visit('/');
    const { page, world } = seen;
    await page.clock.install();
    await page.goto(`${seen.server.address}/routes`);
    await becomesLive(seen);
    const streams = () => world.clock.sleeping();
    assert.equal(streams(), 1);
    await hide(page, true);
    await page.clock.runFor(59_000);
    assert.equal(streams(), 1, 'not before');
    await page.clock.runFor(2_000);
    await until({ what: 'the stream to be given up', look: () => streams() === 0 });
    world.controller.change('gitea', { outcome: 'failed' });
    await hide(page, false);
    await until({ what: 'the stream to be taken up', look: () => streams() > 0 });
    await world.clock.advance(250);
    await page.locator('#routes').getByText('failed').waitFor();
  });

  it('cannot be used by a page of another address', async () => {
    await using seen = await visit('/');
    await becomesLive(seen);
    await using stranger = await serveStranger();
    const other = await seen.context.newPage();
    await other.goto(stranger.address);
    const { address } = seen.server;
    const read = await other.evaluate(
      `fetch('${address}/api/workloads').then((r) => r.text(), () => 'cannot be read')`,
    );
    assert.equal(read, 'cannot be read');
    for (const body of ['undefined', "'{}'", "new URLSearchParams({ units: 'shop' })"]) {
      const post = `fetch('${address}/api/sync', { method: 'POST', mode: 'no-cors', body: ${body} })`;
      await other.evaluate(`${post}.then(() => 'sent', () => 'refused')`);
    }
    assert.deepEqual(seen.world.controller.triggers, []);
    const streams = seen.world.clock.sleeping();
    const opened = await other.evaluate(
      `new Promise((resolve) => {
        const source = new EventSource('${address}/events/stream?page=/');
        source.onopen = () => resolve('open');
        source.onerror = () => resolve('refused');
      })`,
    );
    assert.deepEqual([opened, seen.world.clock.sleeping()], ['refused', streams]);
  });
});

async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(
    `Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
     document.dispatchEvent(new Event('visibilitychange'))`,
  );
}

async function restart(world: HttpWorld, port: number): Promise<AsyncDisposable> {
  const server = await serveHttp({ app: world.app, listen: { host: '127.0.0.1', port }, log: world.log });
  return { [Symbol.asyncDispose]: () => server.close() };
}

/** A page that is not ours and has no policy: it may try what it likes. */
async function serveStranger(): Promise<AsyncDisposable & { address: string }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<h1>Hi</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === 'object');
  return {
    address: `http://127.0.0.1:${bound.port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function takePicture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  const file = `${name.replace(/[^a-z0-9-]+/g, '_')}.png`;
  await page.screenshot({ path: join(PICTURES, file), fullPage: true });
}
