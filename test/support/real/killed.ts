// The process killed at each step of a deploy on the real engine, then started again: the same for whatever is deployed.
import assert from 'node:assert/strict';
import { type RealController, realController } from './controller.ts';
import { applyOnce } from './tinyforge.ts';

const MOST_ACTIONS = 20;
const VERSIONS = ['v1', 'v2', 'v3'] as const;

/** What is deployed, and what is there when it is. */
export interface Deployed {
  write(version: string): Promise<void>;
  /** Of the one container that runs then. */
  image(version: string): string;
}

/** Kills one deploy at its first action, the next at its second, and so on, until one lives to its end. */
export async function killAtEach(rig: RealController, { write, image }: Deployed): Promise<string[]> {
  const steps: string[] = [];
  for (let step = 1; ; step++) {
    assert.ok(step < MOST_ACTIONS, 'the deploy does not end');
    const version = VERSIONS[step % VERSIONS.length] as string;
    await write(version);
    const deploy = await applyOnce(rig.config, {
      onAction: (count, kill) => {
        if (count === step) kill('SIGKILL');
      },
    });
    const action = deploy.actions[step - 1];
    if (deploy.signal !== 'SIGKILL') assert.equal(deploy.code, 0, deploy.output);
    if (action === undefined) return steps;
    steps.push(action);
    const killedAt = `killed at step ${step} (${action})`;
    const again = await applyOnce(rig.config);
    assert.equal(again.code, 0, `${killedAt}\n${again.output}`);
    await assertTidy(rig, image(version), killedAt);
  }
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
