// Everything that can go wrong in a routed deploy, at each of its steps: the route never leads to nobody, and the next pass converges.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fault } from '../../src/model/errors.ts';
import { createFakeProxy, type FakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';
import { assertToldTruly } from '../support/told-truly.ts';

const MOST_WRITES = 60;

const shop = (tag: string, more: string): string => `kind: project
name: shop
image: example/shop
tag: "${tag}"
port: 8080
domains: [shop.example.com]
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
${more}`;

/** Ways to roll out; `canary` has steps to be killed at. */
const MANNERS = {
  'blue-green': 'replicas: 2\n',
  rolling: 'replicas: 2\nstrategy: rolling\n',
  canary: 'strategy: canary\ncanary: { steps: [{ share: 10%, for: 2s }, { share: 50%, for: 2s }] }\n',
};

interface House {
  rig: LoopRig;
  proxy: FakeProxy;
  /** What was wrong at some moment after a write. */
  wrong: string[];
}

async function stand(more: string): Promise<House> {
  const proxy = createFakeProxy();
  const wrong: string[] = [];
  const rig = createLoopRig({ revisions: 1, proxy, onWrite: (what) => look(what) });
  const look = (what: string): void => {
    const nobody = unserved({ rig, proxy });
    if (nobody !== null) wrong.push(`after ${what}: ${nobody}`);
  };
  await rig.engine.runtime().ensureNetwork('proxy', {});
  for (const version of ['v1', 'v2']) rig.engine.addImage(`example/shop:${version}`);
  rig.engine.addImage('example/shop:bad', { health: 'unhealthy' });
  rig.files.set('shop.yaml', shop('v1', more));
  await rig.settle();
  assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  return { rig, proxy, wrong };
}

/** Each name that the route leads to stands for a container that runs, and is no bad one; null where that is so. */
function unserved({ rig, proxy }: Pick<House, 'rig' | 'proxy'>): string | null {
  const routes = [...proxy.state.routes.values()];
  if (routes.length > 1) return `${routes.length} hosts have one domain`;
  for (const { traffic } of routes) {
    for (const { host } of [...(traffic?.main ?? []), ...(traffic?.canary?.upstreams ?? [])]) {
      const behind = containersOf(rig, (name) => name === host || name.startsWith(`${host}-`));
      if (!behind.some(({ state, image }) => state === 'running' && !image.endsWith(':bad')))
        return `the route leads to ${host}: ${behind.map(({ name, state }) => `${name} ${state}`).join() || 'nobody'}`;
    }
  }
  return null;
}

function containersOf(rig: LoopRig, isMeant: (name: string) => boolean) {
  return [...rig.engine.state.containers.values()].filter(({ name }) => isMeant(name));
}

/** What the index says of the newest deploy and of the unit is what the engine and the proxy show. */
function assertTrue({ rig, proxy }: House, when: string): void {
  const status = rig.status('shop');
  const leads = containersOf(rig, (name) =>
    proxy.trafficOf('shop').some((target) => name.startsWith(target.split(':')[0] ?? '?')),
  );
  const lead = (version: string | null) =>
    leads.length > 0 && leads.every(({ image }) => image.endsWith(`:${version}`));
  if (status.outcome === 'converged') assert.ok(lead(status.runs), `${when}: ${status.sentence}`);
  const [deploy] = rig.store.deploys('shop', { limit: 1 });
  if (deploy?.status === 'success' && deploy.toVersion === 'v2')
    assert.ok(lead('v2'), `${when}: the deploy says success`);
}

/** All of v2, nothing of anything else beside what stands by, one host, and nothing more to write. */
async function assertConverged({ rig, proxy, wrong }: House, when: string): Promise<void> {
  const { outcome, sentence } = rig.status('shop');
  assert.equal(outcome, 'converged', `${when}: ${sentence}`);
  const up = containersOf(rig, () => true).filter(({ state }) => state !== 'exited');
  assert.ok(
    up.length > 0 && up.every(({ image, state }) => image.endsWith(':v2') && state === 'running'),
    when,
  );
  assert.equal(rig.containers().filter((entry) => entry.endsWith('-failed exited')).length, 0, when);
  assert.equal(proxy.state.routes.size, 1, when);
  assert.deepEqual(wrong, [], when);
  const [deploy] = rig.store.deploys('shop', { limit: 1 });
  assert.deepEqual([deploy?.status, deploy?.toVersion], ['success', 'v2'], when);
  proxy.forget();
  rig.engine.forgetJournal();
  await rig.settle();
  assert.deepEqual([proxy.writes(), rig.engine.journal()], [0, []], when);
}

async function restAndConverge(house: House, when: string): Promise<void> {
  await house.rig.settle();
  house.rig.clock.advance(1_200_000);
  await house.rig.settle();
  assertToldTruly(house.rig, { unit: 'shop', when });
  await assertConverged(house, when);
}

for (const [manner, more] of Object.entries(MANNERS)) {
  describe(`a routed deploy, ${manner}`, () => {
    for (const moment of ['before', 'after'] as const) {
      it(`killed ${moment} each write to the engine and to the proxy: served all along, and the restart converges`, async () => {
        let end: string = 'died';
        let write = 0;
        for (write = 1; end === 'died'; write++) {
          assert.ok(write < MOST_WRITES, 'the deploy does not end');
          const house = await stand(more);
          house.rig.files.set('shop.yaml', shop('v2', more));
          end = await house.rig.dieAt(write, moment);
          assert.equal(unserved(house), null, `dead ${moment} write ${write}`);
          await restAndConverge(house, `killed ${moment} write ${write}`);
        }
        assert.ok(write > 5, `only ${write} writes: the matrix is not what it claims`);
      });

      it(`each call of the proxy that fails once, ${moment} its effect, as one that passes and as a refusal`, async () => {
        const faults = {
          ProxyAway: 'retry',
          ProxyBusy: 'retry',
          RouteNotServed: 'retry',
          ProxyLoginRefused: 'stalled',
          RouteRefused: 'stalled',
        } as const;
        for (const call of ['list', 'put', 'ask'] as const) {
          for (const [reason, disposition] of Object.entries(faults)) {
            const when = `${reason} ${moment} ${call}`;
            const house = await stand(more);
            house.rig.files.set('shop.yaml', shop('v2', more));
            const error = fault({ code: reason, reason, message: `${reason} of a test`, disposition });
            house.proxy.failNext(call, { moment, error });
            await house.rig.settle();
            assertTrue(house, when);
            assert.deepEqual(house.rig.control.quarantine('shop'), [], `${when}: the version is blamed`);
            await restAndConverge(house, when);
            assert.equal(house.proxy.unmetFaults(), 0, when);
          }
        }
      });

      it(`each call of the engine that fails once, ${moment} its effect`, async () => {
        const calls = [
          'createContainer',
          'startContainer',
          'stopContainer',
          'inspectContainer',
          'listContainers',
        ] as const;
        for (const call of calls) {
          const when = `${call} fails ${moment}`;
          const house = await stand(more);
          house.rig.files.set('shop.yaml', shop('v2', more));
          house.rig.engine.failNext(call, { moment });
          await house.rig.settle();
          assertTrue(house, when);
          await restAndConverge(house, when);
          assert.equal(house.rig.engine.unmetFaults(), 0, when);
        }
      });

      it(`a bad version, killed ${moment} each write: the old one has the route in the end`, async () => {
        let end: string = 'died';
        for (let write = 1; end === 'died'; write++) {
          assert.ok(write < MOST_WRITES, 'the deploy does not end');
          const { rig, proxy, wrong } = await stand(more);
          const leads = proxy.trafficOf('shop');
          rig.files.set('shop.yaml', shop('bad', more));
          end = await rig.dieAt(write, moment);
          await rig.settle();
          const when = `killed ${moment} write ${write}`;
          assert.equal(rig.status('shop').outcome, 'rolled-back', `${when}: ${rig.status('shop').sentence}`);
          assert.deepEqual([wrong, proxy.trafficOf('shop')], [[], leads], when);
          const [deploy] = rig.store.deploys('shop', { limit: 1 });
          assert.deepEqual([deploy?.status, deploy?.toVersion], ['rolled_back', 'bad'], when);
          assertToldTruly(rig, { unit: 'shop', when });
        }
      });
    }
  });
}
