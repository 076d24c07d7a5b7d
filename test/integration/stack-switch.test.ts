// A routed service of a stack gets another version, the whole product on a real engine, Compose and nginx: how, and with one generation left.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testImages } from '../support/real/images.ts';
import type { Reach } from '../support/real/routed.ts';
import { deploy, switchedStack, tagOf, VERSIONS } from '../support/real/switched-stack.ts';
import { applyOnce } from '../support/real/tinyforge.ts';

const MOST_ACTIONS = 20;

for (const reach of ['network', 'published'] satisfies Reach[]) {
  describe(`a routed service of a stack, reached by ${reach === 'network' ? 'name' : 'published port'}`, () => {
    it('gets its route, and another version beside the old one, which the engine takes away', async () => {
      await using stack = await switchedStack(reach);
      const { routed } = stack;
      await stack.compose(testImages.web1);
      const first = await deploy(stack);
      assert.equal(first.outcome, 'converged', first.sentence);
      assert.equal((await routed.get()).body.trim(), 'v1');
      const [old] = await stack.web();
      const before = stack.ups().length;

      await stack.compose(testImages.web2);
      const plan = (await routed.rig.plan()).units[0];
      assert.deepEqual([plan?.strategy, plan?.downtime], ['blue-green', null]);
      const second = await deploy(stack);
      assert.equal(second.outcome, 'converged', second.sentence);
      assert.equal((await routed.get()).body.trim(), 'v2');
      const [only, ...more] = await stack.web();
      assert.deepEqual([more, only?.name], [[], old?.name.replace(/1$/, '2')]);
      const ups = stack.ups().slice(before);
      assert.equal(ups.length, 1, ups.join('\n'));
      assert.match(ups[0] ?? '', /--no-recreate --scale web=2 -- web$/);

      const writes = routed.writes();
      assert.equal((await deploy(stack)).outcome, 'converged');
      assert.deepEqual([routed.writes(), stack.ups().length], [writes, before + 1]);
      assert.deepEqual((await routed.rig.plan()).units[0]?.actions, []);
    });
  });
}

describe('a version that never gets well', () => {
  it('is taken away by the engine; the old one never stopped, and Compose does not run for it', async () => {
    await using stack = await switchedStack('network');
    await stack.compose(testImages.web1);
    await deploy(stack);
    const [old] = await stack.web();
    const before = stack.ups().length;
    await stack.compose(testImages.neverHealthy);
    const status = await deploy(stack);
    assert.equal(status.outcome, 'rolled-back', status.sentence);
    assert.deepEqual(
      (await stack.web()).map(({ id, startedAt, state }) => [id, startedAt, state]),
      [[old?.id, old?.startedAt, 'running']],
    );
    assert.equal(stack.ups().length, before + 1);
    assert.equal((await stack.routed.get()).body.trim(), 'v1');
    assert.deepEqual((await stack.routed.rig.plan()).units[0]?.actions, []);
  });
});

describe('a service that cannot run twice', () => {
  it('is made anew by Compose, and the plan says for how long and why', async () => {
    await using stack = await switchedStack('network');
    const volume = '    volumes: ["data:/data"]\nvolumes: { data: {} }\n';
    await stack.compose(testImages.web1, volume);
    await deploy(stack);
    await stack.compose(testImages.web2, volume);
    const plan = (await stack.routed.rig.plan()).units[0];
    assert.equal(plan?.strategy, 'compose');
    assert.match(plan?.downtime?.why ?? '', /web: volume data has one writer/);
    assert.equal((await deploy(stack)).outcome, 'converged');
    assert.equal((await stack.routed.get()).body.trim(), 'v2');
  });
});

describe('the process is killed', () => {
  it('at each step of a switch: the restart converges with one generation, and no `up` ran while there were two', async () => {
    await using stack = await switchedStack('network');
    const { routed, env } = stack;
    await stack.compose(testImages.web1);
    await deploy(stack);
    const steps: string[] = [];
    for (let step = 1; ; step++) {
      assert.ok(step < MOST_ACTIONS, 'the deploy does not end');
      const image = VERSIONS[step % VERSIONS.length] ?? '';
      await stack.compose(image);
      const started = stack.ups().length;
      const killed = await applyOnce(routed.rig.config, {
        env,
        onAction: (count, kill) => {
          if (count === step) kill('SIGKILL');
        },
      });
      const action = killed.actions[step - 1];
      if (action === undefined) {
        assert.equal(killed.code, 0, killed.output);
        break;
      }
      steps.push(action.split(' ')[2] ?? '');
      const when = `killed at step ${step} (${action})`;
      // Compose outlives us: what it does then is seen by the next start, which waits for it.
      const isTwo = (await stack.web()).length === 2;
      const before = stack.ups().length;
      const again = await applyOnce(routed.rig.config, { env });
      assert.equal(again.code, 0, `${when}\n${again.output}`);
      if (isTwo) assert.equal(stack.ups().length, before, when);
      assert.ok(
        stack
          .ups()
          .slice(started)
          .every((line) => line.includes(' --no-recreate --scale web=2 ')),
        when,
      );
      const left = await stack.web();
      assert.deepEqual(
        left.map(({ image: of, state }) => [of, state]),
        [[image, 'running']],
        when,
      );
      assert.equal((await routed.get()).body.trim(), tagOf(image), when);
      assert.deepEqual((await routed.rig.plan()).units[0]?.actions, [], when);
    }
    for (const verb of [
      'bringing',
      'waiting',
      'giving',
      'asking',
      'routing',
      'letting',
      'stopping',
      'removing',
    ])
      assert.ok(steps.includes(verb), `${verb} is not among ${steps.join()}`);
  });
});
