// Routed deploys of a project over a fake engine and a fake proxy, ways back from one too: how each begins, and what is to be true in the end.
import assert from 'node:assert/strict';
import { createFakeProxy, type FakeProxy } from './fake-proxy.ts';
import { createLoopRig, type LoopRig } from './loop-rig.ts';
import { assertToldTruly } from './told-truly.ts';

const IMAGE = 'example/shop:';

const shop = (tag: string, more = ''): string => `kind: project
name: shop
image: example/shop
tag: "${tag}"
port: 8080
domains: [shop.example.com]
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
${more}`;

export interface House {
  rig: LoopRig;
  proxy: FakeProxy;
  /** Who got requests and did not serve, after some write. */
  wrong: string[];
}

/** What is to be true in the end. */
export interface Ending {
  version: string;
  /** Where it is another one than converged: how the newest deploy is told, too. */
  outcome?: 'rolled-back' | 'held';
  told?: [status: string, version: string];
  /** What runs is stopped before its successor starts, as the plan says. */
  hasGap?: true;
}

export interface Deploy extends Ending {
  to: string;
  /** How it ends where a rollback by hand is refused by the engine. */
  givenUp?: Deploy;
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

const CANARY = 'strategy: canary\ncanary: { steps: [{ share: 10%, for: 9s }, { share: 50%, for: 9s }] }\n';

export const DEPLOYS: Readonly<Record<string, Deploy>> = {
  'of what is new': {
    to: shop('pulled', 'volumes: ["data:/data"]\nnetworks: [back]\n'),
    version: 'pulled',
    stand: from(),
  },
  'blue-green': update('replicas: 2\n'),
  'beside a neighbour': {
    ...update(''),
    async stand(house) {
      await from(shop('v1'))(house);
      const { engine } = house.rig;
      engine.addStranger({ name: 'neighbour' });
      await engine.runtime().connectNetwork('neighbour', { network: 'shop', aliases: [] });
    },
  },
  rolling: update('replicas: 2\nstrategy: rolling\n'),
  canary: update('strategy: canary\ncanary: { steps: [{ share: 10%, for: 2s }, { share: 50%, for: 2s }] }\n'),
  'with a file of its own': update('configs: [{ target: /etc/app.conf, content: "level = 1" }]\n'),
  recreate: { ...update('volumes: ["data:/data"]\n'), hasGap: true },
  'of a bad version': {
    ...update(''),
    to: shop('bad'),
    version: 'v1',
    outcome: 'rolled-back',
    told: ['rolled_back', 'bad'],
  },
  'of a canary that fails at its share': {
    to: shop('v2', CANARY),
    version: 'v1',
    outcome: 'rolled-back',
    told: ['rolled_back', 'v2'],
    async stand(house) {
      await from(shop('v1', CANARY))(house);
      const { proxy, rig } = house;
      proxy.answer((upstream) => {
        const isNew = behind(house, upstream?.host ?? '').some(({ image }) => image.endsWith(':v2'));
        const isShared = proxy.route('shop').traffic?.canary !== null;
        return isNew && isShared ? { status: 503, body: '' } : { status: 200, body: '' };
      });
      assert.equal(rig.status('shop').outcome, 'converged');
    },
  },
  'that falls ill right after its switch': {
    to: shop('v2'),
    version: 'v1',
    outcome: 'rolled-back',
    told: ['rolled_back', 'v2'],
    keeps: 2,
    async stand(house) {
      await from(shop('v1'), shop('v2'))(house);
      const { engine } = house.rig;
      for (const { name, state } of engine.state.containers.values())
        if (state === 'running') engine.setHealth(name, 'unhealthy');
    },
  },
  'back by hand': {
    to: shop('v2'),
    version: 'v1',
    outcome: 'held',
    told: ['rolled_back', 'v1'],
    givenUp: { ...update(''), told: ['failed', 'v1'] },
    keeps: 2,
    async stand(house) {
      await from(shop('v1'), shop('v2'))(house);
      await house.rig.loop().rollBack({ unit: 'shop', to: null, by: 'adm' });
    },
  },
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

export async function houseFor(deploy: Deploy): Promise<House> {
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
    ({ name, endpoints }) =>
      name === host || name.startsWith(`${host}-`) || endpoints.get('proxy')?.aliases.includes(host),
  );
}

function hostsOf({ proxy }: Pick<House, 'proxy'>): string[] {
  return [...proxy.state.routes.values()].flatMap(({ traffic }) =>
    [...(traffic?.main ?? []), ...(traffic?.canary?.upstreams ?? [])].map(({ host }) => host),
  );
}

/** Null, or whom the route leads to that does not run or is no good. */
export function unserved(house: Pick<House, 'rig' | 'proxy'>): string | null {
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
    hostsOf(house).flatMap((host) => behind(house, host).map((container) => versionOf(house, container))),
  ),
];

/** Of what is routed. */
function versionsUp({ rig }: Pick<House, 'rig'>): string[] {
  const up = [...rig.engine.state.containers.values()].filter(({ state }) => state === 'running');
  return [...new Set(up.map((container) => versionOf({ rig }, container)))].filter((tag) => tag !== '');
}

/** By the image's own id: a container may name it by its digest. Empty where it is no version of the shop. */
export function versionOf({ rig }: Pick<House, 'rig'>, { imageId }: { imageId: string }): string {
  const found = [...rig.engine.state.images].find(
    ([name, { id }]) => id === imageId && name.startsWith(IMAGE),
  );
  return found?.[0].slice(IMAGE.length) ?? '';
}

/** What is told is what there is: also right after the fault, before anything was tried again. */
export function assertTrue(house: House, { outcome: wanted }: Ending, when: string): void {
  const { outcome, runs, sentence } = house.rig.status('shop');
  if (outcome === 'converged') assert.deepEqual(versionsServed(house), [runs], `${when}: ${sentence}`);
  const [deploy] = house.rig.store.deploys('shop', { limit: 1 });
  if (deploy?.status === 'success') assert.deepEqual(versionsServed(house), [deploy.toVersion], when);
  if (wanted !== 'rolled-back')
    assert.deepEqual(house.rig.control.quarantine('shop'), [], `${when}: the version is blamed`);
}

export async function assertConverged(house: House, deploy: Ending, when: string): Promise<void> {
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
  const [newest, ...older] = rig.store.deploys('shop', { limit: 10 });
  assert.deepEqual([newest?.status, newest?.toVersion], deploy.told ?? ['success', deploy.version], when);
  assert.notEqual(newest?.finishedAtMs, null, when);
  for (const { status, id } of older)
    assert.ok(['success', 'failed', 'rolled_back'].includes(status), `${when}: deploy ${id} is ${status}`);
  proxy.forget();
  rig.engine.forgetJournal();
  await rig.settle();
  assert.deepEqual([proxy.writes(), rig.engine.journal()], [0, []], `${when}: not at rest`);
}

/**
 * The next passes: the first of them soon, while who took over a moment ago is still watched. What is written down then
 * is what there is.
 */
export async function rest({ rig }: Pick<House, 'rig'>, when: string): Promise<void> {
  for (const ms of [3_000, 1_200_000, 1_200_000]) {
    rig.clock.advance(ms);
    await rig.settle();
  }
  assertToldTruly(rig, { unit: 'shop', when: `at rest, ${when}` });
}
