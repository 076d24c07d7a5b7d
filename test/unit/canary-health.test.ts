// A canary that falls ill while it has a part of the clients is taken back; one bad answer of its check is no illness.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeProxy, type FakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

const shop = (tag: string, check: string, lasts: string) => `kind: project
name: shop
image: example/shop
tag: ${tag}
port: 8080
domains: [shop.example.com]
healthcheck: ${check}
canary: { steps: [10%, 50%], for: ${lasts} }
`;

const HTTP = '{ http: /healthz, interval: 100ms, retries: 3 }';
const OWN = '{ test: [CMD, check], interval: 100ms, retries: 3 }';

interface House {
  rig: LoopRig;
  proxy: FakeProxy;
  shares(): number[];
  /** Deploys v2; while it has a part of the clients, `happen` is told its container's name at each look, and how many there were; it may answer with another status than 200. */
  deploy(happen: (name: string, looks: number) => unknown): Promise<void>;
  running(): string[];
}

async function stand(check = HTTP, lasts = '10s'): Promise<House> {
  const proxy = createFakeProxy();
  const rig = createLoopRig({ proxy });
  await rig.engine.runtime().ensureNetwork('proxy', {});
  for (const tag of ['v1', 'v2']) rig.engine.addImage(`example/shop:${tag}`, { health: 'healthy' });
  rig.files.set('shop.yaml', shop('v1', check, lasts));
  await rig.settle();
  assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  proxy.forget();
  const up = (): string[] =>
    rig.containers().flatMap((entry) => (/ running$/.test(entry) ? entry.replace(/ running$/, '') : []));
  return {
    rig,
    proxy,
    shares: () => proxy.puts().map(({ traffic }) => traffic?.canary?.share ?? 1),
    running: up,
    async deploy(happen) {
      const [old = '?'] = up();
      let looks = 0;
      proxy.answer((upstream) => {
        const fresh = up().find((name) => name !== old);
        if (
          fresh !== undefined &&
          upstream !== null &&
          fresh.startsWith(upstream.host) &&
          proxy.puts().length > 0
        ) {
          looks += 1;
          const status = happen(fresh, looks);
          return { status: typeof status === 'number' ? status : 200, body: '' };
        }
        return { status: 200, body: '' };
      });
      rig.files.set('shop.yaml', shop('v2', check, lasts));
      await rig.settle();
    },
  };
}

/** Taken back at its first share, with the version before as the only one that runs and is asked. */
function assertTakenBack(house: House, old: string | undefined, why: RegExp): void {
  const { reason, sentence } = house.rig.status('shop');
  assert.equal(reason, 'CanaryFailed', sentence);
  assert.match(sentence, why);
  assert.deepEqual(house.running(), [old]);
  assert.deepEqual(house.proxy.trafficOf('shop'), [`${old?.replace(/-1$/, '')}:8080`]);
  assert.ok(!house.shares().includes(0.5), `${house.shares()}`);
}

describe('a canary', () => {
  it('that ends is taken back at once', async () => {
    const house = await stand();
    const [old] = house.running();
    await house.deploy((name, looks) => {
      if (looks === 2) house.rig.engine.exit(name, 1);
    });
    assertTakenBack(
      house,
      old,
      /10 % of the clients: the container ended with exit 1, and was started again/,
    );
  });

  it('whose check fails as often in a row as the manifest says is taken back, with what it answered', async () => {
    const house = await stand();
    const [old] = house.running();
    await house.deploy((name, looks) => {
      if (looks === 2) house.rig.engine.setHealth(name, 'unhealthy');
    });
    assertTakenBack(house, old, /10 % of the clients: GET \/healthz answered 503/);
  });

  it('whose check fails now and then goes on, but not from a step while it is in doubt', async () => {
    const house = await stand();
    const shares: number[][] = [];
    await house.deploy((name, looks) => {
      // Ten seconds are eleven looks; the last ones of the first step are bad.
      const isBad = [2, 3, 6, 10, 11].includes(looks);
      house.rig.engine.setHealth(name, isBad ? 'unhealthy' : 'healthy');
      if (looks === 12) shares.push(house.shares());
    });
    const { outcome, runs, sentence } = house.rig.status('shop');
    assert.deepEqual([outcome, runs], ['converged', 'v2'], sentence);
    assert.deepEqual(shares, [[0.1]]);
    assert.deepEqual(house.shares(), [0.1, 0.5, 1]);
  });

  it('that the engine calls unhealthy by its own check is taken back', async () => {
    const house = await stand(OWN);
    const [old] = house.running();
    await house.deploy((name, looks) => {
      if (looks === 2) house.rig.engine.setHealth(name, 'unhealthy');
    });
    assertTakenBack(house, old, /10 % of the clients: its health check fails/);
  });

  it('that answers with errors, more than now and then, is taken back', async () => {
    const house = await stand();
    const [old] = house.running();
    await house.deploy((_name, looks) => (looks % 3 === 0 ? 502 : 200));
    assertTakenBack(house, old, /10 % of the clients: 3 of 9 requests through the proxy failed/);
  });

  it('that begins to answer with errors late in a long step is taken back as soon', async () => {
    const house = await stand(HTTP, '10m');
    const [old] = house.running();
    await house.deploy((_name, looks) => (looks > 300 ? 502 : 200));
    assertTakenBack(house, old, /10 % of the clients: 3 of 60 requests through the proxy failed/);
  });

  it('that answers with an error once in a hundred times goes on, however long its steps are', async () => {
    const house = await stand(HTTP, '10m');
    await house.deploy((_name, looks) => (looks % 100 === 0 ? 502 : 200));
    const { outcome, runs, sentence } = house.rig.status('shop');
    assert.deepEqual([outcome, runs], ['converged', 'v2'], sentence);
  });
});
