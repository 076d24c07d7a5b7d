// Proves that a real Prometheus and a real browser can look at what the tests serve.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { launchBrowser } from '../support/real/browser.ts';
import { startPrometheus } from '../support/real/prometheus.ts';
import { until } from '../support/real/until.ts';

describe('observers', () => {
  let server: Server;
  let address: string;
  before(async () => {
    server = createServer((request, response) => {
      if (request.url === '/metrics') response.end('# TYPE shop_orders_total counter\nshop_orders_total 7\n');
      else
        response
          .setHeader('content-type', 'text/html; charset=utf-8')
          .end('<title>Shop</title><h1>Grüß Gott</h1>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    assert.ok(bound !== null && typeof bound === 'object');
    address = `127.0.0.1:${bound.port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('Prometheus scrapes a target and tells its sample', async () => {
    await using prometheus = await startPrometheus({ targets: [address] });
    const samples = await until({
      what: 'the first sample',
      look: async () => {
        const found = await prometheus.query('shop_orders_total');
        return found.length > 0 && found;
      },
    });
    assert.equal(samples[0]?.value, 7);
    assert.deepEqual(
      (await prometheus.targets()).map((target) => target.health),
      ['up'],
    );
  });

  it('the browser renders a page', async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`http://${address}/`);
      assert.equal(await page.title(), 'Shop');
      assert.equal(await page.locator('h1').textContent(), 'Grüß Gott');
    } finally {
      await browser.close();
    }
  });
});
