// Proves that each endpoint is inspected once, and that an unchanged list is neither read nor inspected again.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { json } from '../support/canned-engine.ts';
import { cannedContainer } from '../support/canned-engine-list.ts';
import { cannedRuntime } from '../support/canned-engine-runtime.ts';
import { until } from '../support/real/until.ts';

const element = (index: number) => JSON.parse(cannedContainer(index, { controller: 'default' }).element);

describe('aliases in the list', () => {
  it('are looked up once for each endpoint, and the records stay the same', async () => {
    await using canned = await cannedRuntime({ containers: 40 });
    const inspections = () => canned.calls().filter((call) => call !== 'GET /containers/json').length;
    const first = await canned.runtime.listContainers();
    assert.equal(inspections(), 40);
    assert.deepEqual(first[7]?.networks['shop0000-net']?.aliases, ['shop0000', 'shop0000-prod']);
    const second = await canned.runtime.listContainers();
    assert.equal(inspections(), 40);
    assert.ok(second.every((container, index) => container === first[index]));
  });

  it('are known again when only the status sentence moved on', async () => {
    await using canned = await cannedRuntime({ containers: 2 });
    await canned.runtime.listContainers();
    const later = [element(0), element(1)].map((entry) => ({ ...entry, Status: 'Up 3 hours (unhealthy)' }));
    canned.engine.answer('GET /containers/json', json(later));
    const asked = canned.calls().length;
    const [container] = await canned.runtime.listContainers();
    assert.equal(container?.health, 'unhealthy');
    assert.deepEqual(container?.networks['shop0000-net']?.aliases, ['shop0000', 'shop0000-prod']);
    assert.equal(canned.calls().length, asked + 1);
  });

  it('are looked up again for a new endpoint, and each time for one that has no id', async () => {
    await using canned = await cannedRuntime({ containers: 1 });
    await canned.runtime.listContainers();
    const reconnected = element(0);
    reconnected.NetworkSettings.Networks['shop0000-net'].EndpointID = 'another';
    canned.engine.answer('GET /containers/json', json([reconnected]));
    const inspections = () => canned.calls().filter((call) => call !== 'GET /containers/json').length;
    await canned.runtime.listContainers();
    await canned.runtime.listContainers();
    assert.equal(inspections(), 2);

    const created = element(0);
    created.State = 'created';
    created.NetworkSettings.Networks['shop0000-net'].EndpointID = '';
    canned.engine.answer('GET /containers/json', json([created]));
    await canned.runtime.listContainers();
    await canned.runtime.listContainers();
    assert.equal(inspections(), 4);
  });

  it("are not looked up for stopped containers, stacks or strangers'", async () => {
    await using canned = await cannedRuntime();
    const [stopped, stack, stranger] = [element(0), element(1), element(2)];
    Object.assign(stopped, { State: 'exited', Status: 'Exited (0) 2 hours ago' });
    stack.Labels['tinyforge.workload.kind'] = 'stack';
    stranger.Labels['tinyforge.controller'] = 'cellar';
    canned.engine.answer('GET /containers/json', json([stopped, stack, stranger]));
    const containers = await canned.runtime.listContainers();
    assert.deepEqual(canned.calls(), ['GET /containers/json']);
    assert.ok(containers.every(({ networks }) => networks['shop0000-net']?.aliases === null));
  });

  it('of a container that vanished meanwhile stay unknown', async () => {
    await using canned = await cannedRuntime({ containers: 3 });
    const gone = cannedContainer(1, { controller: 'default' }).id;
    canned.engine.answer(`GET /containers/${gone}/json`, json({ message: 'No such container' }, 404));
    const containers = await canned.runtime.listContainers();
    const aliases = containers.map(({ networks }) => networks['shop0000-net']?.aliases);
    assert.deepEqual(aliases, [['shop0000', 'shop0000-prod'], null, ['shop0000', 'shop0000-prod']]);
  });

  it('are asked for sixteen at once, and no more', async () => {
    await using canned = await cannedRuntime({ containers: 60, deadlines: {} });
    const held: (() => void)[] = [];
    let open = false;
    canned.engine.answer('GET /containers/*', (response, request) => {
      const answer = () => json({ message: 'gone' }, 404)(response, request);
      if (open) answer();
      else held.push(answer);
    });
    const listing = canned.runtime.listContainers();
    await until({ what: 'sixteen questions', look: () => held.length >= 16 });
    // A ping there and back: whatever else was asked has come by now.
    await canned.runtime.ping();
    assert.equal(held.length, 16);
    open = true;
    for (const answer of held) answer();
    assert.equal((await listing).length, 60);
  });
});
