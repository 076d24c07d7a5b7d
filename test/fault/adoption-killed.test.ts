// The real process killed at each step of taking over what runs, then started again: nothing is restarted, all of it is ours.
import assert from 'node:assert/strict';
import { mkdirSync, watch } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  checksums,
  composeText,
  containersOf,
  lives,
  type StackFolder,
  stacksByHand,
  upByHand,
} from '../support/real/folders.ts';
import { kindsOf } from '../support/real/killed.ts';
import { type RealStack, realStack, type StackContainer, stackContainers } from '../support/real/stack.ts';
import { applyOnce, startTinyforge } from '../support/real/tinyforge.ts';

const MOST_STEPS = 60;

async function house(): Promise<RealStack> {
  const rig = await realStack();
  for (const source of rig.config.sources) source.discover = 'compose';
  return rig;
}

/** All that there is of an adoption on disk: kills right after each of the files that it writes. */
async function killedAtFile(rig: RealStack, step: number): Promise<string | null> {
  const control = join(rig.config.data, 'control');
  // A folder that is made meanwhile would be watched too late.
  for (const folder of ['stacks', 'applied', 'revisions'])
    mkdirSync(join(control, folder), { recursive: true, mode: 0o700 });
  const written: string[] = [];
  await using running = await startTinyforge(rig.config, { args: ['apply', '-v'] });
  const watcher = watch(control, { recursive: true }, (_event, file) => {
    if (file === null || !/\.(?:json|good|key)$/.test(file) || written.includes(file)) return;
    written.push(file);
    if (written.length === step) running.kill('SIGKILL');
  });
  const { code, signal } = await running.ended;
  watcher.close();
  if (signal === 'SIGKILL') return written[step - 1] ?? null;
  assert.equal(code, 0, running.output());
  return null;
}

async function assertOurs(rig: RealStack, folders: readonly StackFolder[], when: string): Promise<void> {
  const again = await applyOnce(rig.config);
  assert.equal(again.code, 0, `${when}\n${again.output}`);
  const plan = await rig.plan();
  assert.deepEqual(
    plan.units.flatMap(({ actions }) => actions),
    [],
    when,
  );
  assert.deepEqual(
    plan.units.map(({ unit, health }) => [unit, health.status]),
    folders.map(({ name }) => [name, 'healthy']),
    when,
  );
}

describe('the process is killed while it takes over what runs', () => {
  it('after each file that it writes: no container notices, and the restart ends it', async () => {
    await using rig = await house();
    const folders = await stacksByHand(rig, 2);
    const before = lives(await containersOf(rig, folders));
    const data = await checksums(rig, folders);
    const files: string[] = [];
    for (let step = 1; ; step++) {
      assert.ok(step < MOST_STEPS, 'the adoption does not end');
      // None of what runs carries a label of ours, so without our own files nothing is taken over yet.
      await rm(rig.config.data, { recursive: true, force: true });
      const file = await killedAtFile(rig, step);
      if (file === null) break;
      files.push(file);
      const when = `killed at step ${step} (${file})`;
      assert.deepEqual(lives(await containersOf(rig, folders)), before, when);
      await assertOurs(rig, folders, when);
      assert.deepEqual(lives(await containersOf(rig, folders)), before, when);
    }
    assert.deepEqual(await checksums(rig, folders), data);
    const kinds = [...new Set(files.map((file) => file.replace(/tf-[0-9-]+\d|[0-9a-f]{16,}/g, 'X')))];
    for (const kind of ['stacks/X.adopted.json', 'applied/X.json'])
      assert.ok(kinds.includes(kind), `${kind} is not among the steps ${kinds.join(', ')}`);
  });

  it('at each action, where one service changed since: only that one is made anew, once it can be', async () => {
    await using rig = await house();
    const [one, ...more] = await stacksByHand(rig, 1);
    assert.ok(one !== undefined && more.length === 0);
    const folders = [one];
    const data = await checksums(rig, folders);
    const steps: string[] = [];
    for (let step = 1; ; step++) {
      assert.ok(step < MOST_STEPS, 'the adoption does not end');
      await writeFile(join(one.folder, 'compose.yaml'), composeText(one, `by hand ${step}`));
      await upByHand(rig, one.folder);
      // What was made by hand carries no label: without our own files, all of it is to be taken over.
      await rm(rig.config.data, { recursive: true, force: true });
      const web = await webOf(rig, one);
      await writeFile(join(one.folder, 'compose.yaml'), composeText(one, `changed ${step}`));
      const killed = await applyOnce(rig.config, {
        onAction: (count, kill) => {
          if (count === step) kill('SIGKILL');
        },
      });
      const action = killed.actions[step - 1];
      if (action === undefined) break;
      steps.push(action);
      const when = `killed at step ${step} (${action})`;
      await assertOurs(rig, folders, when);
      assert.deepEqual(await webOf(rig, one), web, when);
      const aside: StackContainer[] = (await stackContainers(rig, one.name)).filter(
        ({ service }) => service === 'aside',
      );
      assert.deepEqual(
        aside.map(({ environment, labels }) => [environment.V, labels['tinyforge.unit']]),
        [[`changed ${step}`, one.name]],
        when,
      );
      assert.deepEqual(await checksums(rig, folders), data, when);
    }
    assert.deepEqual(kindsOf(steps), ['adopting', 'bringing', 'waiting']);
  });
});

async function webOf(rig: RealStack, { name }: StackFolder): Promise<string[]> {
  return lives((await stackContainers(rig, name)).filter(({ service }) => service === 'web'));
}
