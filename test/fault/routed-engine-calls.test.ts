// Every call that a routed deploy makes to the engine going wrong in every way: served all along, and the next passes converge.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import { createFakeProxy, type FakeProxy } from '../support/fake-proxy.ts';
import { engineAway, engineFault, engineSlow, type FaultMoment } from '../support/fake-runtime-faults.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

type Call = keyof ContainerRuntime;

const shop = (tag: string, more = ''): string => `kind: project
name: shop
image: example/shop
tag: "${tag}"
port: 8080
domains: [shop.example.com]
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
${more}`;

interface House {
  rig: LoopRig;
  proxy: FakeProxy;
  /** Who got requests and did not serve, after some write. */
  wrong: string[];
}

interface Deploy {
  to: string;
  version: string;
  outcome?: 'rolled-back';
  /** What runs is stopped before its successor starts, as the plan says. */
  hasGap?: true;
  /** Versions that are kept; 1 where it is left out, so that the one before is removed. */
  keeps?: number;
  /** Until the deploy is to begin. */
  stand(house: House): Promise<void>;
}

const from =
  (...manifests: string[]) =>
  async ({ rig }: House): Promise<void> => {
    for (const manifest of manifests) {
      rig.files.set('shop.yaml', manifest);
      await rig.settle();
      assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
    }
  };

const update = (more: string): Deploy => ({
  to: shop('v2', more),
  version: 'v2',
  stand: from(shop('v1', more)),
});

const DEPLOYS: Readonly<Record<string, Deploy>> = {
  'of what is new': {
    to: shop('pulled', 'volumes: ["data:/data"]\nnetworks: [back]\n'),
    version: 'pulled',
    stand: from(),
  },
  'blue-green': update('replicas: 2\n'),
  rolling: update('replicas: 2\nstrategy: rolling\n'),
  canary: update('strategy: canary\ncanary: { steps: [{ share: 10%, for: 2s }, { share: 50%, for: 2s }] }\n'),
  'with a file of its own': update('configs: [{ target: /etc/app.conf, content: "level = 1" }]\n'),
  recreate: { ...update('volumes: ["data:/data"]\n'), hasGap: true },
  'of a bad version': { ...update(''), to: shop('bad'), version: 'v1', outcome: 'rolled-back' },
  'back to what stands by, on networks of which one is gone': {
    to: shop('v1', 'networks: [back]\n'),
    version: 'v1',
    keeps: 2,
    async stand(house) {
      const { engine } = house.rig;
      await from(shop('v1', 'networks: [back]\n'))(house);
      const runtime = engine.runtime();
      await runtime.ensureNetwork('further', {});
      const [first] = [...engine.state.containers.values()];
      await runtime.connectNetwork(first?.id ?? '', { network: 'further', aliases: [] });
      await from(shop('v2', 'networks: [back]\n'))(house);
      await runtime.removeNetwork('further');
    },
  },
};

const WRITES: ReadonlySet<Call> = new Set<Call>([
  'pullImage',
  'createContainer',
  'putArchive',
  'startContainer',
  'stopContainer',
  'renameContainer',
  'removeContainer',
  'ensureNetwork',
  'ensureVolume',
  'connectNetwork',
  'disconnectNetwork',
]);

/** A read that fails has no effect to be before or after. */
const FAULTS: readonly { name: string; moment: FaultMoment; error: (call: Call) => Error; reads: boolean }[] =
  [
    { name: '500 before', moment: 'before', error: failed, reads: true },
    { name: '500 after', moment: 'after', error: failed, reads: false },
    { name: 'cut before', moment: 'before', error: engineAway, reads: true },
    { name: 'cut after', moment: 'after', error: engineAway, reads: false },
    { name: 'no answer', moment: 'before', error: engineSlow, reads: true },
    { name: 'no answer, done', moment: 'after', error: engineSlow, reads: false },
    { name: 'done after its deadline', moment: 'late', error: engineSlow, reads: false },
  ];

function failed(call: Call): Error {
  return engineFault('EngineFailed', 'retry', `engine local failed at ${call} ("internal error")`);
}

async function houseFor(deploy: Deploy): Promise<House> {
  const proxy = createFakeProxy();
  const wrong: string[] = [];
  const rig = createLoopRig({
    revisions: deploy.keeps ?? 1,
    proxy,
    onWrite: (what) => {
      const nobody = unserved({ rig, proxy });
      if (nobody !== null) wrong.push(`after ${what}: ${nobody}`);
    },
  });
  await rig.engine.runtime().ensureNetwork('proxy', {});
  for (const tag of ['v1', 'v2']) rig.engine.addImage(`example/shop:${tag}`);
  rig.engine.addImage('example/shop:bad', { health: 'unhealthy' });
  rig.engine.addPullable('example/shop:pulled');
  const house = { rig, proxy, wrong };
  await deploy.stand(house);
  rig.files.set('shop.yaml', deploy.to);
  wrong.length = 0;
  return house;
}

function behind({ rig }: Pick<House, 'rig'>, host: string) {
  return [...rig.engine.state.containers.values()].filter(
    ({ name }) => name === host || name.startsWith(`${host}-`),
  );
}

function hostsOf({ proxy }: Pick<House, 'proxy'>): string[] {
  return [...proxy.state.routes.values()].flatMap(({ traffic }) =>
    [...(traffic?.main ?? []), ...(traffic?.canary?.upstreams ?? [])].map(({ host }) => host),
  );
}

/** Null, or whom the route leads to that does not run or is no good. */
function unserved(house: Pick<House, 'rig' | 'proxy'>): string | null {
  if (house.proxy.state.routes.size > 1) return `${house.proxy.state.routes.size} hosts have one domain`;
  for (const host of hostsOf(house)) {
    const all = behind(house, host);
    if (!all.some(({ state, image }) => state === 'running' && !image.endsWith(':bad')))
      return `the route leads to ${host}: ${all.map(({ name, state }) => `${name} ${state}`).join() || 'nobody'}`;
  }
  return null;
}

const versionsServed = (house: House): string[] => [
  ...new Set(
    hostsOf(house).flatMap((host) => behind(house, host).map(({ image }) => image.split(':')[1] ?? '')),
  ),
];

function versionsUp({ rig }: House): string[] {
  const up = [...rig.engine.state.containers.values()].filter(({ state }) => state === 'running');
  return [...new Set(up.map(({ image }) => image.split(':')[1] ?? ''))];
}

/** What is told is what there is: also right after the fault, before anything was tried again. */
function assertTrue(house: House, { outcome: wanted }: Deploy, when: string): void {
  const { outcome, runs, sentence } = house.rig.status('shop');
  if (outcome === 'converged') assert.deepEqual(versionsServed(house), [runs], `${when}: ${sentence}`);
  const [deploy] = house.rig.store.deploys('shop', { limit: 1 });
  if (deploy?.status === 'success') assert.deepEqual(versionsServed(house), [deploy.toVersion], when);
  if (wanted === undefined)
    assert.deepEqual(house.rig.control.quarantine('shop'), [], `${when}: the version is blamed`);
}

async function assertConverged(house: House, deploy: Deploy, when: string): Promise<void> {
  const { rig, proxy, wrong } = house;
  const { outcome, sentence } = rig.status('shop');
  assert.equal(outcome, deploy.outcome ?? 'converged', `${when}: ${sentence}`);
  assert.deepEqual([versionsUp(house), versionsServed(house)], [[deploy.version], [deploy.version]], when);
  assert.equal(proxy.state.routes.size, 1, when);
  assert.deepEqual(
    rig.containers().filter((entry) => !/ (?:running|exited)$/.test(entry)),
    [],
    when,
  );
  if (deploy.hasGap === undefined) assert.deepEqual(wrong, [], when);
  proxy.forget();
  rig.engine.forgetJournal();
  await rig.settle();
  assert.deepEqual([proxy.writes(), rig.engine.journal()], [0, []], `${when}: not at rest`);
}

/** What a deploy asks of the engine when all goes well: found out, not listed here. */
async function callsOf(deploy: Deploy): Promise<{ call: Call; skip: number }[]> {
  const house = await houseFor(deploy);
  const before = house.rig.engine.calls().length;
  await house.rig.settle();
  const made = house.rig.engine.calls().slice(before);
  await assertConverged(house, deploy, 'without a fault');
  return made.map((call, index) => ({
    call,
    skip: made.slice(0, index).filter((one) => one === call).length,
  }));
}

const met = new Set<Call>();

for (const [name, deploy] of Object.entries(DEPLOYS))
  describe(`a routed deploy ${name}`, () => {
    for (const fault of FAULTS)
      it(`${fault.name} at each call of the engine`, async () => {
        for (const { call, skip } of await callsOf(deploy)) {
          if (!WRITES.has(call) && !fault.reads) continue;
          met.add(call);
          const when = `${fault.name}, ${call} ${skip + 1}.`;
          const house = await houseFor(deploy);
          house.rig.engine.failNext(call, { moment: fault.moment, error: fault.error(call), skip });
          await house.rig.settle();
          assert.equal(house.rig.engine.unmetFaults(), 0, `${when} was never made`);
          assertTrue(house, deploy, when);
          for (let pass = 0; pass < 2; pass++) {
            house.rig.clock.advance(1_200_000);
            await house.rig.settle();
          }
          await assertConverged(house, deploy, when);
        }
      });
  });

describe('the deploys above', () => {
  it('make every kind of write that there is', () => {
    const never = [...WRITES].filter((call) => !met.has(call));
    assert.deepEqual(never, []);
  });
});
