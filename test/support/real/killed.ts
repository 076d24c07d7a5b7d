// The process killed at each step of a deploy on the real engine, then started again: the same for whatever is deployed.
import assert from 'node:assert/strict';
import { type RealController, realController } from './controller.ts';
import { applyOnce } from './tinyforge.ts';

const MOST_ACTIONS = 25;
const VERSIONS = ['v1', 'v2', 'v3'] as const;

/** What is deployed, and what is there when it is. */
export interface Deployed {
  write(version: string): Promise<void>;
  /** Of the one container that runs then. */
  image(version: string): string;
}

/** One change of the wish, and what is so once it is carried out. */
export interface Change {
  write(): Promise<void>;
  assertDone(when: string): Promise<void>;
}

/**
 * Makes the changes one after the other, again and again, and kills the work on each of them one step later every time,
 * until all live to their ends; the answer has the steps of each. What was killed is always carried out by a second process.
 */
export async function killedStepByStep(rig: RealController, changes: readonly Change[]): Promise<string[][]> {
  const steps = changes.map((): string[] => []);
  for (let step = 1; ; step++) {
    assert.ok(step < MOST_ACTIONS, 'the work does not end');
    let killed = 0;
    for (const [index, { write, assertDone }] of changes.entries()) {
      await write();
      const action = await killedAt(rig, step);
      await assertDone(action === null ? 'not killed' : `killed at step ${step} (${action})`);
      if (action === null) continue;
      steps[index]?.push(action);
      killed++;
    }
    if (killed === 0) return steps;
  }
}

/** The action that it was killed at, and was then carried out to its end; null where there were not so many. */
async function killedAt(rig: RealController, step: number): Promise<string | null> {
  const work = await applyOnce(rig.config, {
    onAction: (count, kill) => {
      if (count === step) kill('SIGKILL');
    },
  });
  if (work.signal !== 'SIGKILL') assert.equal(work.code, 0, work.output);
  const action = work.actions[step - 1];
  if (action === undefined) return null;
  const again = await applyOnce(rig.config);
  assert.equal(again.code, 0, `killed at step ${step} (${action})\n${again.output}`);
  return action;
}

/** Kills one deploy at its first action, the next at its second, and so on, until one lives to its end. */
export async function killAtEach(rig: RealController, { write, image }: Deployed): Promise<string[]> {
  let deploys = 0;
  let version = '';
  const [steps = []] = await killedStepByStep(rig, [
    {
      write() {
        version = VERSIONS[++deploys % VERSIONS.length] as string;
        return write(version);
      },
      assertDone: (when) => assertTidy(rig, image(version), when),
    },
  ]);
  return steps;
}

/** Exactly the wanted version runs, in one container, on one network; nothing but what stands by is beside it. */
export async function assertTidy(rig: RealController, image: string, when: string): Promise<void> {
  const left = await rig.containers();
  assert.deepEqual(
    left.filter(({ state }) => state !== 'exited').map(({ image: of, state }) => [of, state]),
    [[image, 'running']],
    `${when}: ${JSON.stringify(left)}`,
  );
  const filters = encodeURIComponent(JSON.stringify({ label: [`tinyforge.controller=${rig.name}`] }));
  const networks = (await rig.docker('GET', `/networks?filters=${filters}`)) as { Name: string }[];
  assert.deepEqual(
    networks.map(({ Name }) => Name),
    [rig.name],
    when,
  );
  assert.deepEqual(
    (await rig.plan()).units.flatMap(({ actions }) => actions),
    [],
    when,
  );
}

/** Each deploy makes its containers and takes the old ones away: all the steps that there are. */
export async function nothingKept(): Promise<RealController> {
  const rig = await realController();
  rig.config.keep.revisions = 1;
  return rig;
}

/** `creating`, `starting`, …: what each step did first of all. */
export function kindsOf(steps: readonly string[]): string[] {
  return steps.map((step) => step.split(' ')[2] ?? '');
}
