// `state: stopped` for what no other test stops: a stack that was taken over, a site, a stand-alone proxy. Data stays.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checksums, containersOf, stacksByHand } from '../support/real/folders.ts';
import { routedController } from '../support/real/routed.ts';
import { realStack } from '../support/real/stack.ts';

describe('state: stopped', () => {
  it('of a stack that was taken over as it ran: the very containers stop, stay so, and start again', async () => {
    await using rig = await realStack();
    for (const source of rig.config.sources) source.discover = 'compose';
    const folders = await stacksByHand(rig, 1);
    const [one] = folders;
    assert.ok(one);
    assert.equal(rig.status(await rig.apply(), one.name).outcome, 'converged');
    const ids = (await containersOf(rig, folders)).map(({ id }) => id);
    const data = await checksums(rig, folders);
    const manifest = (state: string) =>
      rig.write(`${one.name}/stack.yaml`, `kind: stack\nname: ${one.name}\nadopt: true\nstate: ${state}\n`);
    await manifest('stopped');
    const stopped = rig.status(await rig.apply(), one.name);
    assert.deepEqual([stopped.outcome, stopped.reason], ['converged', 'Stopped'], stopped.sentence);
    const standing = async () => (await containersOf(rig, folders)).map(({ id, state }) => `${id} ${state}`);
    assert.deepEqual(
      await standing(),
      ids.map((id) => `${id} exited`),
    );
    assert.deepEqual(await rig.writesDuring(() => rig.apply()), []);
    await manifest('running');
    const again = rig.status(await rig.apply(), one.name);
    assert.equal(again.outcome, 'converged', again.sentence);
    assert.deepEqual(
      await standing(),
      ids.map((id) => `${id} running`),
    );
    assert.deepEqual(await checksums(rig, folders), data);
  });

  it('of a site and of a stand-alone proxy: neither answers, twice is nothing, and both come back', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig, domain } = routed;
    const [docs, nas] = [`${rig.name}-docs`, `${rig.name}-nas`];
    const write = async (state: string): Promise<void> => {
      await rig.write(
        'docs.yaml',
        `kind: site\nname: ${docs}\ncontent: { path: ./public }\ndomains: [${domain}]\nstate: ${state}\n`,
      );
      await rig.write(
        'nas.yaml',
        `kind: proxy\nname: ${nas}\ndomains: [nas.${domain}]\nnot_found: true\nstate: ${state}\n`,
      );
    };
    await rig.write('public/index.html', 'hello');
    await write('running');
    const first = await rig.apply();
    for (const unit of [docs, nas]) assert.equal(rig.status(first, unit).outcome, 'converged');
    const ids = (await rig.containers()).map(({ id }) => id);
    await write('stopped');
    const stopped = await rig.apply();
    for (const unit of [docs, nas])
      assert.deepEqual(
        [rig.status(stopped, unit).outcome, rig.status(stopped, unit).reason],
        ['converged', 'Stopped'],
        rig.status(stopped, unit).sentence,
      );
    assert.deepEqual(await rig.live(), []);
    assert.notEqual((await routed.get()).body.trim(), 'hello');
    const writes = routed.writes();
    await rig.apply();
    assert.equal(routed.writes(), writes);
    await write('running');
    const again = await rig.apply();
    for (const unit of [docs, nas])
      assert.equal(rig.status(again, unit).outcome, 'converged', rig.status(again, unit).sentence);
    assert.equal((await routed.get()).body.trim(), 'hello');
    assert.deepEqual(
      (await rig.containers()).map(({ id }) => id),
      ids,
    );
  });
});
