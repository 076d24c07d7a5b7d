// Contract: creating a container, with names that are given once and labels that say whose it is.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LABEL } from '../../src/model/labels.ts';
import { inList, rejectsWith } from './container-runtime.expect.ts';
import { CONTROLLER, createRequest, type RuntimeHarness } from './container-runtime.harness.ts';

export function createCases(get: () => RuntimeHarness): void {
  describe('create', () => {
    it('makes a container that is ours and does not run yet', async () => {
      const { runtime, prefix, images } = get();
      const name = `${prefix}-fresh`;
      const { id } = await runtime.createContainer(createRequest(get(), { name }));
      const container = await inList(runtime, name);
      const image = await runtime.inspectImage(images.web);
      assert.equal(container?.id, id);
      assert.equal(container?.state, 'created');
      assert.equal(container?.health, 'none');
      assert.equal(container?.upSeconds, null);
      assert.deepEqual(container?.ours, {
        controller: CONTROLLER,
        unit: `${prefix}/prod`,
        workloadId: `project.${prefix}`,
        kind: 'project',
        role: 'prod',
        replica: 2,
        specHash: 'aaaa1111',
        // Made on the spot, in no registry: known by its id.
        imageDigest: image?.id,
        release: 'v1',
      });
    });

    it("is a stranger's for another controller", async () => {
      const { runtime, other, prefix } = get();
      const name = `${prefix}-whose`;
      await runtime.createContainer(createRequest(get(), { name }));
      assert.equal((await inList(other, name))?.ours, null);
    });

    it('keeps a digest that is given', async () => {
      const { runtime, prefix } = get();
      const name = `${prefix}-digest`;
      const digest = `sha256:${'ab'.repeat(32)}`;
      await runtime.createContainer(createRequest(get(), { name, labels: { [LABEL.imageDigest]: digest } }));
      assert.equal((await inList(runtime, name))?.ours?.imageDigest, digest);
    });

    it('twice with one spec hash is one container', async () => {
      const { runtime, prefix } = get();
      const name = `${prefix}-twice`;
      const first = await runtime.createContainer(createRequest(get(), { name }));
      const second = await runtime.createContainer(createRequest(get(), { name }));
      assert.equal(second.id, first.id);
    });

    it('with another spec hash under the same name is NameTaken', async () => {
      const { runtime, prefix } = get();
      const name = `${prefix}-older`;
      const { id } = await runtime.createContainer(createRequest(get(), { name }));
      const again = createRequest(get(), { name, specHash: 'bbbb2222' });
      await rejectsWith(runtime.createContainer(again), { reason: 'NameTaken', disposition: 'conflict' });
      assert.equal((await inList(runtime, name))?.id, id);
    });

    it("under a stranger's name is NameTaken, and the stranger is untouched", async () => {
      const { runtime, prefix, addStranger } = get();
      const name = `${prefix}-stranger`;
      await addStranger(name, null);
      await rejectsWith(runtime.createContainer(createRequest(get(), { name })), {
        reason: 'NameTaken',
        disposition: 'conflict',
        words: new RegExp(name),
      });
      assert.equal((await inList(runtime, name))?.state, 'running');
    });

    it('of an image that is not there is ImageMissing', async () => {
      const { runtime, prefix, images } = get();
      const name = `${prefix}-imageless`;
      const request = createRequest(get(), { name, spec: { image: images.missing } });
      const expected = { reason: 'ImageMissing', disposition: 'retry' } as const;
      await rejectsWith(runtime.createContainer(request), expected);
      const digest = { [LABEL.imageDigest]: `sha256:${'cd'.repeat(32)}` };
      await rejectsWith(
        runtime.createContainer({ ...request, labels: { ...request.labels, ...digest } }),
        expected,
      );
      assert.equal(await inList(runtime, name), undefined);
    });

    it('carries its networks with their aliases from the start', async () => {
      const { runtime, prefix } = get();
      const name = `${prefix}-joined`;
      const endpoints = [
        { network: `${prefix}-one`, aliases: ['shop', 'web'] },
        { network: `${prefix}-two`, aliases: [] },
      ];
      for (const { network } of endpoints) await runtime.ensureNetwork(network, {});
      const { id } = await runtime.createContainer(createRequest(get(), { name, endpoints }));
      const facts = await runtime.inspectContainer(id);
      assert.deepEqual(sorted(facts?.aliases), { [`${prefix}-one`]: ['shop', 'web'], [`${prefix}-two`]: [] });
      const seen = (await inList(runtime, name))?.networks ?? {};
      assert.deepEqual(seen[`${prefix}-one`]?.aliases?.toSorted(), ['shop', 'web']);
    });
  });
}

function sorted(aliases: Record<string, string[]> = {}): Record<string, string[]> {
  return Object.fromEntries(Object.entries(aliases).map(([network, names]) => [network, names.toSorted()]));
}
