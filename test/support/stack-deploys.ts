// Deploys of a stack with a routed service over a fake engine, a fake Compose that works on it, and a fake proxy: how each begins and ends.
import assert from 'node:assert/strict';
import { makeStackPlace } from './compose-place.ts';
import { onEngine } from './fake-compose-containers.ts';
import { createFakeCompose, type FakeCompose } from './fake-compose-runner.ts';
import { createFakeProxy } from './fake-proxy.ts';
import { createLoopRig, type LoopRig } from './loop-rig.ts';
import {
  type Ending,
  type House,
  assertConverged as routedConverged,
  unserved,
  versionOf,
} from './routed-deploys.ts';

export interface StackHouse extends House, AsyncDisposable {
  compose: FakeCompose;
  /** The Compose file is another one. */
  write(text: string): Promise<void>;
}

export interface StackDeploy extends Ending {
  to: string;
  /** Containers of the routed service in the end; 1 where it is left out. */
  scale?: number;
  /** Versions that are kept; 1 where it is left out. */
  keeps?: number;
  /** How it ends where Compose says that it cannot bring this up. */
  blamed?: Ending | 'nothing runs';
  /** How it ends where a rollback by hand is refused. */
  givenUp?: Ending;
  /** Until the deploy is to begin. */
  stand(house: StackHouse): Promise<void>;
}

const MANIFEST = `kind: stack
name: shop
compose: app/compose.yaml
services: { web: { domains: [shop.example.com], port: 8080 } }
`;

export const web = (tag: string, more = ''): string => `services:
  web:
    image: example/shop:${tag}
    healthcheck: { test: ["CMD", "true"] }
${more}`;

const withDatabase = (tag: string, version: string): string =>
  web(tag, `    depends_on: [db]\n  db: { image: "example/db:${version}" }\n`);

const from =
  (...texts: string[]) =>
  async ({ rig, write }: StackHouse): Promise<void> => {
    for (const text of texts) {
      await write(text);
      await rig.settle();
      assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
    }
  };

const BLAMED: Ending = { version: 'v1', outcome: 'rolled-back', told: ['rolled_back', 'v2'] };

const update = (more = ''): StackDeploy => ({
  to: web('v2', more),
  version: 'v2',
  blamed: BLAMED,
  stand: from(web('v1', more)),
});

/** The Compose file joins the proxy's network itself: the route leads to the containers by their names. */
const BY_NAME = '    networks: [default, proxy]\nnetworks: { proxy: { external: true } }\n';

export const STACK_DEPLOYS: Readonly<Record<string, StackDeploy>> = {
  'of what is new': { to: web('pulled'), version: 'pulled', blamed: 'nothing runs', stand: from() },
  'of one container': update(),
  'of two containers, by an image that is pulled': {
    ...update(),
    to: web('pulled', '    scale: 2\n'),
    version: 'pulled',
    scale: 2,
    blamed: { ...BLAMED, told: ['rolled_back', 'pulled'] },
    stand: from(web('v1', '    scale: 2\n')),
  },
  'of containers that are routed by name': { ...update(`    scale: 2\n${BY_NAME}`), scale: 2 },
  'beside a database that changes too': {
    ...update(),
    to: withDatabase('v2', '2'),
    stand: from(withDatabase('v1', '1')),
  },
  'of a bad version': {
    ...BLAMED,
    to: web('bad'),
    told: ['rolled_back', 'bad'],
    stand: from(web('v1')),
  },
  'that falls ill right after its switch': {
    ...BLAMED,
    to: web('v2'),
    keeps: 2,
    async stand(house) {
      await from(web('v1'), web('v2'))(house);
      const { engine } = house.rig;
      for (const { name, state } of engine.state.containers.values())
        if (state === 'running') engine.setHealth(name, 'unhealthy');
    },
  },
  'back by hand': {
    to: web('v2'),
    version: 'v1',
    outcome: 'held',
    told: ['rolled_back', 'v1'],
    givenUp: { version: 'v2', told: ['failed', 'v1'] },
    keeps: 2,
    async stand(house) {
      await from(web('v1'), web('v2'))(house);
      await house.rig.loop().rollBack({ unit: 'shop', to: null, by: 'adm' });
    },
  },
};

export async function stackHouseFor(deploy: StackDeploy): Promise<StackHouse> {
  const wrong: string[] = [];
  const proxy = createFakeProxy();
  const compose = createFakeCompose({ on: onEngine(() => rig.engine.state) });
  const place = await makeStackPlace({
    name: 'shop',
    controller: 'default',
    nowMs: () => rig.clock.nowMs(),
    compose: () => compose,
  });
  const rig: LoopRig = createLoopRig({
    revisions: deploy.keeps ?? 1,
    proxy,
    stacks: { root: place.root, open: () => place.restarted(), compose },
    onWrite: (what) => {
      const nobody = unserved({ rig, proxy });
      if (nobody !== null) wrong.push(`after ${what}: ${nobody}`);
    },
  });
  await rig.engine.runtime().ensureNetwork('proxy', {});
  for (const tag of ['v1', 'v2']) rig.engine.addImage(`example/shop:${tag}`, { hasHealthcheck: true });
  rig.engine.addImage('example/shop:bad', { hasHealthcheck: true, health: 'unhealthy' });
  rig.engine.addPullable('example/shop:pulled', { hasHealthcheck: true });
  for (const tag of ['1', '2']) rig.engine.addImage(`example/db:${tag}`);
  rig.files.set('stack.yaml', MANIFEST);
  const house: StackHouse = {
    ...{ rig, proxy, wrong, compose },
    write: (text) => place.put({ 'app/compose.yaml': text }),
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
  await deploy.stand(house);
  await house.write(deploy.to);
  wrong.length = 0;
  return house;
}

/** And exactly as many containers as the file says: nothing stands by, and none is a container of no generation. */
export async function assertConverged(
  house: StackHouse,
  { scale = 1 }: StackDeploy,
  { ending, when }: { ending: Ending; when: string },
): Promise<void> {
  await routedConverged(house, ending, when);
  const own = [...house.rig.engine.state.containers.values()];
  const told = own.map(({ name, image, state }) => `${name} ${image} ${state}`).join();
  assert.deepEqual(
    own.flatMap((container) => {
      const version = versionOf(house, container);
      return version === '' ? [] : [[version, container.state]];
    }),
    Array.from({ length: scale }, () => [ending.version, 'running']),
    `${when}: ${told}`,
  );
  assert.equal(own.filter(({ state }) => state !== 'running').length, 0, `${when}: ${told}`);
}
