// A project that binds a folder of its source, which the engine would look for elsewhere, for Tinyforge runs in a container.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { OwnMount } from '../../src/core/host-path.ts';
import { createLoopRig } from '../support/loop-rig.ts';

const ROOT = '/nowhere';

const shop = (tag: string, volumes: string[]): string => `kind: project
name: shop
image: example/shop
tag: "${tag}"
port: 8080
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
volumes: ${JSON.stringify(volumes)}
`;

function house() {
  let mounts: readonly OwnMount[] | null = null;
  const rig = createLoopRig({ ownMounts: () => mounts });
  for (const tag of ['v1', 'v2']) rig.engine.addImage(`example/shop:${tag}`);
  return {
    rig,
    runIn: (seen: readonly OwnMount[] | null) => {
      mounts = seen;
    },
    images: () => [...rig.engine.state.containers.values()].map(({ image, state }) => `${image} ${state}`),
  };
}

it('is not made, and all places are told with what to do, for it would find an empty folder', async () => {
  const { rig, runIn, images } = house();
  runIn([{ target: ROOT, source: '/mnt/elsewhere' }]);
  rig.files.set('shop.yaml', shop('v1', ['./data:/data', './conf:/conf:ro', '/srv/media:/media']));
  await rig.settle();
  assert.deepEqual(images(), []);
  const { outcome, reason, sentence, problems } = rig.status('shop');
  assert.deepEqual([outcome, reason], ['failed', 'BindElsewhere'], sentence);
  assert.deepEqual(
    problems.map(({ message, hint }) => [message, hint]),
    ['conf', 'data'].map((path) => [
      `volumes: ${ROOT}/${path} is /mnt/elsewhere/${path} on the engine's machine, where the engine would take another folder for it.`,
      `Mount it into Tinyforge's container at the same path as on the machine: -v ${ROOT}:${ROOT}`,
    ]),
  );

  runIn([{ target: ROOT, source: ROOT }]);
  await rig.settle();
  assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  assert.deepEqual(images(), ['example/shop:v1 running']);
});

it('that runs already goes on as it was, and is healed so', async () => {
  const { rig, runIn, images } = house();
  rig.files.set('shop.yaml', shop('v1', ['./data:/data']));
  await rig.settle();
  const [before] = [...rig.engine.state.containers.keys()];
  runIn([]);
  rig.files.set('shop.yaml', shop('v2', ['./data:/data']));
  await rig.settle();
  const { outcome, reason } = rig.status('shop');
  assert.deepEqual([outcome, reason], ['held', 'BindElsewhere']);
  assert.match(rig.status('shop').problems[0]?.message ?? '', /in Tinyforge's own container alone/);
  rig.engine.stopByHand([...rig.engine.state.containers.values()][0]?.name ?? '');
  await rig.settle();
  assert.deepEqual(
    [[...rig.engine.state.containers.keys()], images()],
    [[before], ['example/shop:v1 running']],
  );
});

it('is as it says where its paths are the machine’s, or no folder of its source is among them', async () => {
  for (const [mounts, volumes] of [
    [null, ['./data:/data']],
    [[], ['/srv/media:/media', 'files:/files', '/nowhere-else:/e']],
  ] as const) {
    const { rig, runIn } = house();
    runIn(mounts);
    rig.files.set('shop.yaml', shop('v1', [...volumes]));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  }
});
