// The first `up` of a stack says that it failed, at each of its steps: what is told of it is how what it made stands.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fault } from '../../src/model/errors.ts';
import { rest } from '../support/routed-deploys.ts';
import { type StackDeploy, type StackHouse, stackHouseFor, web } from '../support/stack-deploys.ts';

const EXIT_1 = fault({
  ...{ code: 'COMPOSE_UP_FAILED', reason: 'ComposeUpFailed', disposition: 'version' },
  message: 'web could not be brought up: exit 1',
});

const FIRST: StackDeploy = {
  to: web('v1'),
  version: 'v1',
  stand: async ({ rig }) =>
    void rig.files.set('stack.yaml', 'kind: stack\nname: shop\ncompose: app/compose.yaml\n'),
};

async function stepsOf(): Promise<number> {
  await using house = await stackHouseFor(FIRST);
  await house.rig.settle();
  assert.equal(house.rig.status('shop').outcome, 'converged');
  return house.compose.steps()[0] ?? 0;
}

async function failedAt(step: number): Promise<StackHouse> {
  const house = await stackHouseFor(FIRST);
  house.compose.breakUp(EXIT_1, { step });
  await house.rig.settle();
  assert.equal(house.compose.unmetFaults(), 0);
  await rest(house, `after ${step} steps`);
  return house;
}

describe('the first up of a stack', () => {
  it('that fails before its last step: a failed deploy, and a failed stack', async () => {
    const last = await stepsOf();
    assert.ok(last > 1);
    for (let step = 0; step < last; step++) {
      await using house = await failedAt(step);
      const { rig } = house;
      if (rig.containers().includes('shop-web-1 running')) continue;
      const [newest] = rig.store.deploys('shop', { limit: 1 });
      assert.deepEqual([rig.status('shop').outcome, newest?.status], ['failed', 'failed'], `after ${step}`);
    }
  });

  it('that fails when all was done: what runs as declared is told so, after the failure that was told', async () => {
    await using house = await failedAt(await stepsOf());
    const { rig } = house;
    assert.deepEqual([rig.containers(), rig.status('shop').outcome], [['shop-web-1 running'], 'converged']);
    const told = rig.store.deploys('shop', { limit: 5 });
    assert.deepEqual(
      told.map(({ status, toVersion, message }) => [status, toVersion, message]),
      [
        [
          'success',
          'v1',
          'runs v1 as declared, although the deploy before had ended: web could not be brought up: exit 1',
        ],
        ['failed', 'v1', 'web could not be brought up: exit 1'],
      ],
    );
  });

  it('that fails when all was done: it is healed from then on as any other', async () => {
    await using house = await failedAt(await stepsOf());
    const { rig } = house;
    const [container] = rig.engine.state.containers.values();
    await rig.engine.runtime().removeContainer(container?.id ?? '');
    await rig.settle();
    assert.deepEqual(rig.containers(), ['shop-web-1 running'], rig.status('shop').sentence);
    await rest(house, 'healed');
  });
});
