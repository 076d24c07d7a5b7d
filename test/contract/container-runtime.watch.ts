// Contract: what an engine tells by itself.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EngineEvent } from '../../src/ports/container-runtime.ts';
import { until } from '../support/real/until.ts';
import { healthy } from './container-runtime.expect.ts';
import { createRequest, type RuntimeHarness } from './container-runtime.harness.ts';

export function watchCases(get: () => RuntimeHarness): void {
  describe('watch', () => {
    it('says when it listens, then tells what happens to our containers', async () => {
      const { runtime, prefix } = get();
      const events: EngineEvent[] = [];
      const gaps: string[] = [];
      const stop = runtime.watch({
        onEvent: (event) => events.push(event),
        onGap: (why) => gaps.push(why),
        onAway: (error) => assert.fail(error.message),
      });
      try {
        await until({ what: 'the stream to be open', look: () => gaps.length > 0 });
        assert.equal(gaps.length, 1);
        const name = `${prefix}-told`;
        const spec = { image: get().images.checked };
        const { id } = await runtime.createContainer(createRequest(get(), { name, spec }));
        await runtime.startContainer(id);
        await healthy(runtime, name);
        await runtime.stopContainer(id, { graceMs: 5_000 });
        await runtime.removeContainer(id);
        const ours = () => events.filter((event) => event.id === id);
        await until({
          what: 'the last event',
          look: () => ours().some(({ action }) => action === 'destroy'),
        });
        const actions = ours().map(({ action }) => action);
        for (const action of ['create', 'start', 'die', 'stop', 'destroy'])
          assert.ok(actions.includes(action), `${action} is told`);
        const die = ours().find(({ action }) => action === 'die');
        assert.deepEqual(die, {
          type: 'container',
          action: 'die',
          id,
          name,
          unit: `${prefix}/prod`,
          composeProject: null,
          exitCode: 0,
        });
      } finally {
        await stop();
      }
      const heard = events.length;
      await runtime.createContainer(createRequest(get(), { name: `${prefix}-untold` }));
      assert.ok((await runtime.listContainers()).length > 0);
      assert.equal(events.length, heard, 'nothing is told after the stop');
    });

    it('names no unit to another controller', async () => {
      const { other, runtime, prefix } = get();
      const events: EngineEvent[] = [];
      let open = false;
      const stop = other.watch({
        onEvent: (event) => events.push(event),
        onGap: () => {
          open = true;
        },
        onAway: (error) => assert.fail(error.message),
      });
      try {
        await until({ what: 'the stream to be open', look: () => open });
        const name = `${prefix}-foreign`;
        const { id } = await runtime.createContainer(createRequest(get(), { name }));
        const event = await until({ what: 'an event', look: () => events.find((entry) => entry.id === id) });
        assert.equal(event.unit, null);
      } finally {
        await stop();
      }
    });
  });
}
