// The real process killed between any two steps of a rename on the real engine, then started again: converged, the same bytes, nobody left over.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillVolume, volumeChecksum } from '../support/real/checksum.ts';
import type { RealController } from '../support/real/controller.ts';
import { killedStepByStep, kindsOf, nothingKept } from '../support/real/killed.ts';
import { routedController } from '../support/real/routed.ts';
import { RUN, realStack } from '../support/real/stack.ts';
import { applyOnce } from '../support/real/tinyforge.ts';

const project = (name: string, more: string): string => `kind: project
name: ${name}
image: tinyforge-test/web
tag: v1
port: 8080
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 20 }
stop_grace_period: 1s
drain: 300ms
${more}`;

/** There and back again, each time killed one step later, until a rename lives to its end. */
async function renameKilledAtEach(
  rig: RealController,
  given: {
    write: (name: string, more: string) => Promise<void>;
    assertRenamed: (name: string, when: string) => Promise<void>;
  },
): Promise<string[]> {
  let [name, other] = [rig.name, `${rig.name}-store`];
  const [steps = []] = await killedStepByStep(rig, [
    {
      write() {
        [name, other] = [other, name];
        return given.write(name, `renamed_from: ${other}\n`);
      },
      assertDone: (when) => given.assertRenamed(name, when),
    },
  ]);
  return steps;
}

async function tidy(rig: RealController, name: string, { when, running }: { when: string; running: number }) {
  const containers = await rig.containers();
  assert.deepEqual(
    containers.map(({ name: one, state, labels }) => [
      one.startsWith(`${name}-`),
      state,
      labels['tinyforge.unit'],
    ]),
    Array.from({ length: running }, () => [true, 'running', name]),
    `${when}: ${containers.map((one) => `${one.name} ${one.state}`).join(', ')}`,
  );
  const filters = encodeURIComponent(JSON.stringify({ label: [`tinyforge.controller=${rig.name}`] }));
  const networks = (await rig.docker('GET', `/networks?filters=${filters}`)) as { Name: string }[];
  assert.deepEqual(
    networks.map((one) => one.Name),
    [name],
    when,
  );
  const plan = await rig.plan();
  assert.deepEqual(
    [plan.orphans, plan.units.map(({ unit, actions }) => [unit, actions])],
    [[], [[name, []]]],
    when,
  );
}

describe('the process is killed while it renames', () => {
  it('a routed project, at each step: whoever asks is answered at every moment, by one host, and nothing is left over', async (test) => {
    await using routed = await routedController({ reach: 'published' });
    const { rig, domain } = routed;
    rig.config.keep.revisions = 1;
    const write = (name: string, more: string) =>
      rig.write('shop.yaml', project(name, `${more}domains: [${domain}]\n`));
    await write(rig.name, '');
    assert.equal((await applyOnce(rig.config)).code, 0);
    const [host] = await routed.hosts();
    await using load = routed.visitors();
    const steps = await renameKilledAtEach(rig, {
      write,
      async assertRenamed(name, when) {
        await tidy(rig, name, { when, running: 1 });
        assert.deepEqual(
          (await routed.hosts()).map(({ id }) => id),
          [host?.id],
          when,
        );
      },
    });
    const { failures, requests } = await load.stop();
    test.diagnostic(`${steps.length} kills, ${requests} requests, ${failures.length} failed`);
    assert.deepEqual(failures, []);
    assert.ok(requests > 200, `${requests} requests only`);
    assert.deepEqual(kindsOf(steps).slice(0, 3), ['taking', 'routing', 'creating']);
    assert.ok(kindsOf(steps).includes('removing'));
  });

  it('a project with a volume, at each step: one writer at a time, and the same bytes', async (test) => {
    await using rig = await nothingKept();
    const volume = `${rig.name}-data`;
    const write = (name: string, more: string) =>
      rig.write('shop.yaml', project(name, `${more}volumes: ["${volume}:/data"]\n`));
    await write(rig.name, '');
    assert.equal((await applyOnce(rig.config)).code, 0);
    await fillVolume(rig, volume);
    const before = await volumeChecksum(rig, volume);
    const steps = await renameKilledAtEach(rig, {
      write,
      async assertRenamed(name, when) {
        await tidy(rig, name, { when, running: 1 });
        assert.equal(await volumeChecksum(rig, volume), before, when);
      },
    });
    test.diagnostic(`${steps.length} kills: ${kindsOf(steps).join(', ')}`);
    assert.ok(steps.length >= 5, steps.join());
  });

  it('a site, at each step: one release, and nothing is left over', async (test) => {
    await using rig = await nothingKept();
    await rig.write('public/index.html', 'v1');
    const write = (name: string, more: string) =>
      rig.write('site.yaml', `kind: site\nname: ${name}\n${more}content: { path: ./public }\ndrain: 300ms\n`);
    await write(rig.name, '');
    assert.equal((await applyOnce(rig.config)).code, 0);
    const steps = await renameKilledAtEach(rig, {
      write,
      assertRenamed: (name, when) => tidy(rig, name, { when, running: 1 }),
    });
    test.diagnostic(`${steps.length} kills: ${kindsOf(steps).join(', ')}`);
    assert.ok(steps.length >= 5, steps.join());
  });

  it('a stack, at each step: no container restarts, and the same bytes', async (test) => {
    await using rig = await realStack();
    const write = (name: string, more: string) =>
      rig.write('app/stack.yaml', `kind: stack\nname: ${name}\n${more}`);
    await rig.compose(`services:
  db: { ${RUN}, command: [sleep, "1000"], volumes: ["files:/files"] }
volumes: { files: {} }
`);
    await write(rig.name, '');
    assert.equal((await applyOnce(rig.config)).code, 0);
    const volume = `${rig.name}_files`;
    await fillVolume(rig, volume);
    const [data, seen] = [await volumeChecksum(rig, volume), await rig.seen()];
    const steps = await renameKilledAtEach(rig, {
      write,
      async assertRenamed(name, when) {
        assert.deepEqual(await rig.seen(), seen, when);
        assert.equal(await volumeChecksum(rig, volume), data, when);
        const plan = await rig.plan();
        assert.deepEqual(
          [plan.orphans, plan.units.map(({ unit, actions }) => [unit, actions])],
          [[], [[name, []]]],
          when,
        );
      },
    });
    test.diagnostic(`${steps.length} kills: ${kindsOf(steps).join(', ')}`);
    assert.deepEqual(kindsOf(steps), ['taking']);
  });
});
