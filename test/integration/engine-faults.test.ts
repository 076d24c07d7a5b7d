// The engine killed, frozen and restarted under a running controller, which says so, touches nothing meanwhile, and heals.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { realController } from '../support/real/controller.ts';
import { startEngine } from '../support/real/engine.ts';
import { loadTestImages, testImages } from '../support/real/images.ts';
import { engineWrites, serve } from '../support/real/serving.ts';
import { until } from '../support/real/until.ts';

const project = (name: string, tag: string, more = ''): string => `kind: project
name: ${name}
image: tinyforge-test/web
tag: ${tag}
port: 8080
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 30 }
stop_grace_period: 1s
drain: 0s
${more}`;

const isAway = ({ engines }: { engines: { reachable: boolean }[] }): boolean =>
  engines[0]?.reachable === false;

describe('an engine that fails', () => {
  it('is killed at rest: what `unless-stopped` left down is healed; then killed in the middle of a deploy, which ends well', async () => {
    await using engine = await startEngine({ name: 'killed' });
    await loadTestImages(engine);
    await using rig = await realController({ engine });
    await rig.write('shop.yaml', project(rig.name, 'v1'));
    await using controller = await serve(rig);
    await controller.converged(rig.name, 'v1');
    const [before] = await rig.containers();

    await engine.kill('SIGKILL');
    await until({
      what: 'the controller to say that the engine is away',
      look: () => isAway(controller.overview()),
    });
    assert.equal(controller.overview().orphans.length, 0);
    assert.equal(rig.status(controller.overview(), rig.name).runs, 'v1', 'what was known stays');
    await engine.restart();
    await until({
      what: 'the same container to run again',
      look: async () => {
        const [only, ...more] = await rig.containers();
        return more.length === 0 && only?.id === before?.id && only?.state === 'running';
      },
      timeoutMs: 60_000,
    });
    await controller.converged(rig.name, 'v1');

    await rig.write('shop.yaml', project(rig.name, 'slow-start'));
    await until({
      what: 'the new version to be created',
      look: async () => (await rig.containers()).length === 2,
    });
    await engine.kill('SIGKILL');
    await until({ what: 'the controller to notice', look: () => isAway(controller.overview()) });
    await engine.restart();
    const status = await controller.converged(rig.name, 'slow-start');
    assert.deepEqual(status.problems, []);
    assert.deepEqual(controller.pass.control.quarantine(rig.name), [], 'the engine died, not the version');
    assert.deepEqual(
      (await rig.live()).map(({ image, state }) => [image, state]),
      [[testImages.slowStart, 'running']],
    );
  });

  it('is frozen: it is said to be away, nothing is pruned or changed, and after the thaw all that was missed is done', async () => {
    await using engine = await startEngine({ name: 'frozen' });
    await loadTestImages(engine);
    await using rig = await realController({ engine });
    for (const part of ['a', 'b']) await rig.write(`${part}.yaml`, project(`${rig.name}-${part}`, 'v1'));
    await using controller = await serve(rig);
    for (const part of ['a', 'b']) await controller.converged(`${rig.name}-${part}`, 'v1');
    await controller.rested();
    engine.freeze();
    try {
      await rig.remove('b.yaml');
      await rig.write('a.yaml', project(`${rig.name}-a`, 'v2'));
      controller.pass.controller.trigger({ why: 'somebody asks', refresh: true });
      await until({
        what: 'the controller to say that the engine is away',
        look: () => isAway(controller.overview()),
      });
      assert.equal(rig.status(controller.overview(), `${rig.name}-a`).runs, 'v1');
      assert.deepEqual(controller.overview().orphans, []);
    } finally {
      engine.thaw();
    }
    await controller.converged(`${rig.name}-a`, 'v2');
    await until({
      what: 'b to be pruned and nothing to be there twice',
      look: async () => (await rig.live()).map(({ image }) => image).join() === testImages.web2,
      timeoutMs: 60_000,
    });
    assert.equal(isAway(controller.overview()), false);
  });

  it('restarts with --live-restore: nothing of ours restarts, and what was removed while nobody listened is healed', async () => {
    await using engine = await startEngine({ name: 'lives', liveRestore: 'on' });
    await loadTestImages(engine);
    await using rig = await realController({ engine });
    const [kept, lost] = [`${rig.name}-kept`, `${rig.name}-lost`];
    await rig.write('kept.yaml', project(kept, 'v1'));
    await rig.write('lost.yaml', project(lost, 'v1'));
    await using controller = await serve(rig);
    await controller.converged(kept, 'v1');
    await controller.converged(lost, 'v1');
    const own = async (name: string) =>
      (await rig.containers()).filter((entry) => entry.name.startsWith(name));
    const startOf = async (): Promise<string> => {
      const [only] = await own(kept);
      const seen = (await rig.docker('GET', `/containers/${only?.id}/json`)) as {
        State: { StartedAt: string };
      };
      return `${only?.id} ${seen.State.StartedAt}`;
    };
    const before = await startOf();
    await engine.kill('SIGTERM');
    await until({ what: 'the controller to notice', look: () => isAway(controller.overview()) });
    await engine.restart();
    // At once, so that the removal may well be before the new stream of events.
    for (const { id } of await own(lost)) await rig.docker('DELETE', `/containers/${id}?force=1`);
    const writes = await engineWrites(rig, async () => {
      await until({
        what: 'the lost one to be made again',
        look: async () => (await own(lost)).some(({ state }) => state === 'running'),
        timeoutMs: 60_000,
      });
      await controller.converged(lost, 'v1');
      await controller.rested();
    });
    assert.equal(await startOf(), before);
    assert.deepEqual(
      writes.filter((line) => line.includes(kept)),
      [],
    );
    assert.equal((await own(lost)).length, 1);
  });
});
