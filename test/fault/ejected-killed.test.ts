// The real process killed at each step of ejecting and taking back, and of what was at work then: nothing that runs notices.
import assert from 'node:assert/strict';
import { mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { RealController } from '../support/real/controller.ts';
import { adoptByHand, ejectByHand } from '../support/real/ejected.ts';
import { checksums, containersOf, lives, stacksByHand } from '../support/real/folders.ts';
import { assertTidy, kindsOf, nothingKept } from '../support/real/killed.ts';
import { realStack } from '../support/real/stack.ts';
import { applyOnce, startTinyforge } from '../support/real/tinyforge.ts';
import { startTraffic } from '../support/real/traffic.ts';

const MOST_STEPS = 40;

/** Kills `tinyforge ARGS` at the n-th change of its control files, temporary ones too; null where it has fewer. */
async function killedAtChange(
  { config }: RealController,
  args: readonly string[],
  step: number,
): Promise<string | null> {
  const control = join(config.data, 'control');
  // A folder that is made meanwhile would be watched too late.
  mkdirSync(join(control, 'ejected'), { recursive: true, mode: 0o700 });
  const changes: string[] = [];
  await using running = await startTinyforge(config, { args });
  const watcher = watch(control, { recursive: true }, (event, file) => {
    changes.push(`${event} ${file}`);
    if (changes.length === step) running.kill('SIGKILL');
  });
  const { code, signal } = await running.ended;
  watcher.close();
  if (signal === 'SIGKILL' || changes.length >= step) return changes[step - 1] ?? null;
  assert.equal(code, 0, running.output());
  return null;
}

describe('the process is killed', () => {
  it('while it ejects or takes back, at each change on disk: it is ejected or it is not, and nothing runs anew', async () => {
    await using rig = await realStack();
    for (const source of rig.config.sources) source.discover = 'compose';
    const folders = await stacksByHand(rig, 1);
    const [one] = folders;
    assert.ok(one);
    assert.equal(rig.status(await rig.apply(), one.name).outcome, 'converged');
    const before = lives(await containersOf(rig, folders));
    const data = await checksums(rig, folders);
    const steps: string[] = [];
    for (const [args, outcomes] of [
      [
        ['eject', one.name],
        ['converged', 'ejected'],
      ],
      [
        ['adopt', one.name],
        ['ejected', 'converged'],
      ],
    ] as const) {
      const seen = new Set<string>();
      for (let step = 1; ; step++) {
        assert.ok(step < MOST_STEPS, 'it does not end');
        const change = await killedAtChange(rig, args, step);
        const when = `${args[0]} killed at ${step} (${change})`;
        const { outcome } = rig.status(await rig.apply(), one.name);
        assert.ok((outcomes as readonly string[]).includes(outcome), `${when}: ${outcome}`);
        seen.add(outcome);
        assert.deepEqual(lives(await containersOf(rig, folders)), before, when);
        if (change === null) break;
        steps.push(`${args[0]} ${change.replace(/\.[0-9a-f]{16}\.tmp/, 'X.tmp')}`);
        // Back to where it began, for the next kill.
        await (args[0] === 'eject' ? adoptByHand : ejectByHand)(rig.config, one.name);
      }
      assert.ok(seen.has(outcomes[1]), `${args[0]} once lives to its end`);
    }
    assert.deepEqual(await checksums(rig, folders), data);
    for (const what of ['eject rename', 'adopt rename'])
      assert.ok(
        steps.some((step) => step.startsWith(what)),
        `${what} is not among ${steps.join(', ')}`,
      );
  });

  it('in a deploy, at each step, and the half of it ejected: all of it stays, and taken back it is deployed to its end', async () => {
    await using rig = await nothingKept();
    const write = (tag: string) =>
      rig.write(
        'shop.yaml',
        `kind: project\nname: ${rig.name}\nimage: tinyforge-test/web\ntag: ${tag}\nport: 8080\nhealthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 20 }\nstop_grace_period: 1s\ndrain: 300ms\n`,
      );
    await write('v1');
    assert.equal((await applyOnce(rig.config)).code, 0);
    await using client = await startTraffic(rig, { alias: rig.name });
    const steps: string[] = [];
    for (let step = 1; ; step++) {
      assert.ok(step < MOST_STEPS, 'the deploy does not end');
      const tag = ['v1', 'v2', 'v3'][step % 3] as string;
      await write(tag);
      const killed = await applyOnce(rig.config, {
        onAction: (count, kill) => {
          if (count === step) kill('SIGKILL');
        },
      });
      const action = killed.actions[step - 1];
      if (action === undefined) break;
      steps.push(action);
      const when = `killed at step ${step} (${action})`;
      const half = await standing(rig);
      await ejectByHand(rig.config, rig.name);
      const ejected = await rig.apply({ prune: true });
      assert.equal(rig.status(ejected, rig.name).outcome, 'ejected', when);
      assert.deepEqual(await standing(rig), half, when);
      await adoptByHand(rig.config, rig.name);
      assert.equal((await applyOnce(rig.config)).code, 0, when);
      await assertTidy(rig, `tinyforge-test/web:${tag}`, when);
    }
    const traffic = await client.stop();
    assert.deepEqual(traffic.failures, []);
    assert.deepEqual(kindsOf(steps), [
      'creating',
      'starting',
      'waiting',
      'giving',
      'letting',
      'stopping',
      'removing',
    ]);
  });
});

/** What of a container says that nobody touched it; one that was told to stop may end meanwhile. */
async function standing(rig: RealController): Promise<string[]> {
  return (await rig.containers()).map(({ id, name }) => `${id} ${name}`);
}
