// Traffic that somebody sent elsewhere in the proxy by hand: put right, or left and told, until a deploy takes it back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NpmLoop } from '../support/npm/loop.ts';
import { npmLoop } from '../support/npm/loop.ts';

const DOMAIN = 'shop.example.com';

const shop = (tag: string, more = ''): string => `kind: project
name: shop
image: example/shop
tag: "${tag}"
port: 8080
domains: [${DOMAIN}]
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
${more}`;

const MANNERS = {
  'blue-green': '',
  rolling: 'strategy: rolling\nreplicas: 2\n',
  canary: 'strategy: canary\ncanary: { steps: [{ share: 50%, for: 2s }] }\n',
  recreate: 'strategy: recreate\n',
};

async function stand(drift: 'heal' | 'report', more = ''): Promise<NpmLoop> {
  const loop = await npmLoop({ drift });
  for (const tag of ['v1', 'v2']) loop.rig.engine.addImage(`example/shop:${tag}`);
  loop.rig.files.set('shop.yaml', shop('v1', more));
  await loop.rig.settle();
  assert.equal(loop.rig.status('shop').outcome, 'converged', loop.rig.status('shop').sentence);
  return loop;
}

/** As somebody does on the page of the proxy. */
function sendByHand({ hosts, double }: NpmLoop, change: object): void {
  const [row] = hosts();
  assert.ok(row);
  double.world.tables.proxyHosts.patch(row, change as Record<string, unknown>);
}

const ELSEWHERE = { forward_host: '192.0.2.7', forward_port: 9000 };
const leadsTo = ({ hosts }: NpmLoop): string => `${hosts()[0]?.forward_host}:${hosts()[0]?.forward_port}`;

async function writesOf(loop: NpmLoop, work: () => Promise<unknown>): Promise<string[]> {
  const requests = await loop.requestsOf(work);
  return requests
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/tokens'))
    .map(({ method, path }) => `${method} ${path}`);
}

describe('a route that somebody sent elsewhere by hand', () => {
  it('is put right where the settings say heal, and the diary says what it was', async () => {
    await using loop = await stand('heal');
    const before = leadsTo(loop);
    sendByHand(loop, ELSEWHERE);
    assert.equal((await writesOf(loop, () => loop.rig.settle())).length, 1);
    assert.equal(leadsTo(loop), before);
    assert.equal(loop.rig.status('shop').outcome, 'converged');
    const [told] = loop.rig.store.events({ unit: 'shop', limit: 1 });
    assert.match(told?.message ?? '', /upstream of shop\.example\.com is 192\.0\.2\.7:9000 instead of shop-/);
  });

  for (const [what, change] of Object.entries({
    'to another host': ELSEWHERE,
    'to another port': { forward_port: 9000 },
  }))
    it(`${what} is left so where the settings say report: told, degraded, and nothing is written`, async () => {
      await using loop = await stand('report');
      sendByHand(loop, change);
      const now = leadsTo(loop);
      const writes = await writesOf(loop, async () => {
        for (let pass = 0; pass < 3; pass++) {
          loop.rig.clock.advance(60_000);
          await loop.rig.settle();
        }
      });
      assert.deepEqual(writes, []);
      assert.equal(leadsTo(loop), now);
      const { outcome, reason, sentence, problems } = loop.rig.status('shop');
      assert.deepEqual([outcome, reason], ['degraded', 'RouteSentElsewhere']);
      assert.match(sentence, /^shop\.example\.com was sent to \S+:9000 by hand, instead of shop-\w+:8080$/);
      assert.match(problems[0]?.hint ?? '', /drift: heal/);
    });

  it('is put right when the settings say heal from now on', async () => {
    await using loop = await stand('report');
    const before = leadsTo(loop);
    sendByHand(loop, ELSEWHERE);
    await loop.rig.settle();
    loop.rig.useProxy({ ...loop.config, drift: 'heal' });
    await loop.rig.settle();
    assert.equal(leadsTo(loop), before);
    assert.equal(loop.rig.status('shop').outcome, 'converged');
  });

  it('is right again when the hand sends it back', async () => {
    await using loop = await stand('report');
    const [host, port] = leadsTo(loop).split(':');
    sendByHand(loop, ELSEWHERE);
    await loop.rig.settle();
    assert.equal(loop.rig.status('shop').outcome, 'degraded');
    sendByHand(loop, { forward_host: host, forward_port: Number(port) });
    assert.deepEqual(await writesOf(loop, () => loop.rig.settle()), []);
    assert.equal(loop.rig.status('shop').outcome, 'converged');
  });

  it('stays there while a container is healed', async () => {
    await using loop = await stand('report');
    sendByHand(loop, ELSEWHERE);
    await loop.rig.settle();
    for (const { id } of [...loop.rig.engine.state.containers.values()])
      await loop.rig.engine.runtime().removeContainer(id);
    assert.deepEqual(await writesOf(loop, () => loop.rig.settle()), []);
    assert.equal(leadsTo(loop), '192.0.2.7:9000');
    assert.equal(loop.rig.status('shop').reason, 'RouteSentElsewhere', loop.rig.status('shop').sentence);
  });

  for (const [manner, more] of Object.entries(MANNERS))
    for (const drift of ['heal', 'report'] as const) {
      it(`${drift}: a deploy (${manner}) takes it back`, async () => {
        await using loop = await stand(drift, more);
        sendByHand(loop, ELSEWHERE);
        if (drift === 'report') await loop.rig.settle();
        loop.rig.files.set('shop.yaml', shop('v2', more));
        await loop.rig.settle();
        const { outcome, sentence } = loop.rig.status('shop');
        assert.equal(outcome, 'converged', sentence);
        const [row] = loop.hosts();
        assert.ok(row);
        assert.deepEqual([...new Set(loop.serving(row).map(({ image }) => image))], ['example/shop:v2']);
      });

      it(`${drift}: a deploy (${manner}) of a route that nobody touched switches as ever`, async () => {
        await using loop = await stand(drift, more);
        loop.rig.files.set('shop.yaml', shop('v2', more));
        await loop.rig.settle();
        assert.equal(loop.rig.status('shop').outcome, 'converged', loop.rig.status('shop').sentence);
        if (manner !== 'recreate') assert.deepEqual(loop.wrong, []);
        const [row] = loop.hosts();
        assert.ok(row);
        assert.deepEqual([...new Set(loop.serving(row).map(({ image }) => image))], ['example/shop:v2']);
      });
    }
});
