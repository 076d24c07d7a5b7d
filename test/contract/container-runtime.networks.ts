// Contract: networks, their aliases, volumes and images.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LABEL } from '../../src/model/labels.ts';
import { inList, rejectsWith } from './container-runtime.expect.ts';
import { CONTROLLER, createRequest, type RuntimeHarness } from './container-runtime.harness.ts';

export function networkCases(get: () => RuntimeHarness): void {
  const ourLabels = () => ({
    [LABEL.managed]: 'true',
    [LABEL.controller]: CONTROLLER,
    [LABEL.workloadId]: `project.${get().prefix}`,
  });

  describe('networks and volumes', () => {
    it('makes a network once, with our labels', async () => {
      const { runtime, prefix } = get();
      const name = `${prefix}-net`;
      await runtime.ensureNetwork(name, ourLabels());
      await runtime.ensureNetwork(name, {});
      const found = (await runtime.listNetworks()).filter((network) => network.name === name);
      assert.equal(found.length, 1);
      assert.equal(found[0]?.controller, CONTROLLER);
      assert.equal(found[0]?.workloadId, `project.${prefix}`);
      assert.match(found[0]?.gateway ?? '', /^\d+\.\d+\.\d+\.\d+$/);
    });

    it('removes a network, but none that is in use; gone already is success', async () => {
      const { runtime, prefix } = get();
      const network = `${prefix}-used`;
      await runtime.ensureNetwork(network, ourLabels());
      const request = createRequest(get(), { name: `${prefix}-user`, endpoints: [{ network, aliases: [] }] });
      const { id } = await runtime.createContainer(request);
      await runtime.startContainer(id);
      await runtime.removeNetwork(network);
      assert.ok((await runtime.listNetworks()).some(({ name }) => name === network));
      await runtime.removeContainer(id);
      await runtime.removeNetwork(network);
      await runtime.removeNetwork(network);
      assert.ok(!(await runtime.listNetworks()).some(({ name }) => name === network));
    });

    it('makes a volume once, with our labels', async () => {
      const { runtime, prefix } = get();
      const name = `${prefix}-data`;
      await runtime.ensureVolume(name, ourLabels());
      await runtime.ensureVolume(name, {});
      const found = (await runtime.listVolumes()).filter((volume) => volume.name === name);
      assert.deepEqual(found, [{ name, controller: CONTROLLER, workloadId: `project.${prefix}` }]);
    });
  });

  describe('aliases', () => {
    it('are moved by a new connection, which the list tells by its endpoint id', async () => {
      const { runtime, prefix } = get();
      const network = `${prefix}-alias`;
      const name = `${prefix}-moving`;
      await runtime.ensureNetwork(network, ourLabels());
      const endpoints = [{ network, aliases: ['old'] }];
      const { id } = await runtime.createContainer(createRequest(get(), { name, endpoints }));
      await runtime.startContainer(id);
      const endpoint = async () => (await inList(runtime, name))?.networks[network];
      const first = await endpoint();
      assert.deepEqual(first?.aliases, ['old']);

      await runtime.connectNetwork(id, { network, aliases: ['old'] });
      assert.equal((await endpoint())?.endpointId, first?.endpointId, 'equal aliases are left alone');

      await runtime.connectNetwork(id, { network, aliases: ['new', 'newer'] });
      const second = await endpoint();
      assert.notEqual(second?.endpointId, first?.endpointId);
      assert.deepEqual(second?.aliases?.toSorted(), ['new', 'newer']);

      await runtime.disconnectNetwork(id, network);
      await runtime.disconnectNetwork(id, network);
      assert.equal(await endpoint(), undefined);
    });

    it('a stopped container tells which network it was on, though that one is gone', async () => {
      const { runtime, prefix } = get();
      const network = `${prefix}-removed`;
      const name = `${prefix}-behind`;
      await runtime.ensureNetwork(network, ourLabels());
      const { id: networkId } = (await runtime.listNetworks()).find((entry) => entry.name === network) ?? {};
      const endpoints = [{ network, aliases: [] }];
      const { id } = await runtime.createContainer(createRequest(get(), { name, endpoints }));
      await runtime.startContainer(id);
      const seen = async () => (await inList(runtime, name))?.networks[network]?.networkId;
      assert.equal(await seen(), networkId);
      await runtime.stopContainer(id, { graceMs: 5_000 });
      await runtime.removeNetwork(network);
      assert.equal(await seen(), networkId);
    });

    it('are taken from a stopped container before it is started again, and it has none from its start on', async () => {
      const { runtime, prefix } = get();
      const network = `${prefix}-withheld`;
      const name = `${prefix}-standing-by`;
      await runtime.ensureNetwork(network, ourLabels());
      const endpoints = [{ network, aliases: ['serves'] }];
      const { id } = await runtime.createContainer(createRequest(get(), { name, endpoints }));
      await runtime.startContainer(id);
      await runtime.stopContainer(id, { graceMs: 5_000 });
      // Twice: a walk that was killed in between does it again.
      for (const _time of [1, 2]) await runtime.connectNetwork(id, { network, aliases: [] });
      await runtime.startContainer(id);
      assert.deepEqual((await inList(runtime, name))?.networks[network]?.aliases, []);
      await runtime.connectNetwork(id, { network, aliases: ['serves'] });
      assert.deepEqual((await inList(runtime, name))?.networks[network]?.aliases, ['serves']);
    });

    it('bind a stopped container to the network that has the name now, and let go of one that is gone', async () => {
      const { runtime, prefix } = get();
      const [own, further] = [`${prefix}-anew`, `${prefix}-further`];
      const name = `${prefix}-bound`;
      const gone = { reason: 'NetworkGone', disposition: 'conflict' } as const;
      for (const network of [own, further]) await runtime.ensureNetwork(network, ourLabels());
      const endpoints = [own, further].map((network) => ({ network, aliases: ['serves'] }));
      const { id } = await runtime.createContainer(createRequest(get(), { name, endpoints }));
      await runtime.startContainer(id);
      await runtime.stopContainer(id, { graceMs: 5_000 });
      for (const network of [own, further]) await runtime.removeNetwork(network);
      await rejectsWith(runtime.startContainer(id), gone);
      await runtime.ensureNetwork(own, ourLabels());
      await rejectsWith(runtime.startContainer(id), gone);
      // Twice: a walk that was killed in between does it again.
      for (const _time of [1, 2]) {
        await runtime.disconnectNetwork(id, further);
        await runtime.connectNetwork(id, { network: own, aliases: ['serves'] });
      }
      await runtime.startContainer(id);
      const seen = (await inList(runtime, name))?.networks;
      assert.deepEqual(Object.keys(seen ?? {}), [own]);
      assert.deepEqual(seen?.[own]?.aliases, ['serves']);
    });

    it('are read for ours alone', async () => {
      const { other, prefix } = get();
      const seen = await inList(other, `${prefix}-joined`);
      assert.equal(seen?.networks[`${prefix}-one`]?.aliases, null);
    });

    it('cannot be had on a network that is gone, which a stopped container learns at its start', async () => {
      const { runtime, prefix } = get();
      const gone = { reason: 'NetworkGone', disposition: 'conflict' } as const;
      const endpoint = { network: `${prefix}-never-made`, aliases: [] };
      const { id } = await runtime.createContainer(createRequest(get(), { name: `${prefix}-lonely` }));
      await runtime.startContainer(id);
      await rejectsWith(runtime.connectNetwork(id, endpoint), gone);
      await runtime.stopContainer(id, { graceMs: 5_000 });
      await runtime.connectNetwork(id, endpoint);
      await rejectsWith(runtime.startContainer(id), gone);
    });
  });

  describe('images', () => {
    it('one goes by its id; gone already is success', async () => {
      const { runtime, prefix, addImage } = get();
      const name = `${prefix}-gone:${prefix}-a`;
      const id = await addImage([name]);
      assert.equal((await runtime.inspectImage(name))?.id, id);
      await runtime.removeImage(id);
      assert.equal(await runtime.inspectImage(id), null);
      await runtime.removeImage(id);
    });

    it('one stays while a container is made from it, a stopped one too, and goes after that', async () => {
      const { runtime, prefix, addImage } = get();
      const image = `${prefix}-used:${prefix}-b`;
      const id = await addImage([image]);
      const request = createRequest(get(), { name: `${prefix}-needs-it`, spec: { image } });
      const container = await runtime.createContainer(request);
      await runtime.startContainer(container.id);
      await runtime.removeImage(id);
      assert.equal((await runtime.inspectImage(id))?.id, id);
      await runtime.stopContainer(container.id, { graceMs: 5_000 });
      await runtime.removeImage(id);
      assert.equal((await runtime.inspectImage(image))?.id, id);
      await runtime.removeContainer(container.id);
      await runtime.removeImage(id);
      assert.equal(await runtime.inspectImage(id), null);
    });

    it('one that several names mean stays under all of them', async () => {
      const { runtime, prefix, addImage } = get();
      const names = [`${prefix}-mine:${prefix}-c`, `${prefix}-theirs:1`];
      const id = await addImage(names);
      await runtime.removeImage(id);
      for (const name of names) assert.equal((await runtime.inspectImage(name))?.id, id, name);
    });

    it('a pull of what no registry has fails, to be tried again', async () => {
      const { runtime, images } = get();
      const pull = runtime.pullImage(images.missing, {
        signal: new AbortController().signal,
        onProgress: () => undefined,
      });
      await rejectsWith(pull, { reason: 'ImagePullFailed', disposition: 'retry' });
    });
  });
}
