// A job of a stack that others wait for is killed or removed by hand: it runs again, and who waits for it starts when it is done.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PLAIN, type RealStack, RUN, realStack } from '../support/real/stack.ts';
import { until } from '../support/real/until.ts';

/** Long enough to be killed in the middle, and for whoever does not wait to be seen. */
const JOB_S = 3;

const stack = ({ web = '1', migrate = '1' } = {}): string => `services:
  web: { ${RUN}, environment: { V: "${web}" }, depends_on: { migrate: { condition: service_completed_successfully } } }
  migrate: { ${PLAIN}, environment: { V: "${migrate}" }, command: [sh, -c, "sleep ${JOB_S}; date >> /data/done"], volumes: ["data:/data"] }
volumes: { data: {} }
`;

interface Life {
  id: string;
  state: string;
  exitCode: number;
  startedMs: number;
  finishedMs: number;
}

/** The only container of a service. */
async function lifeOf(rig: RealStack, service: string): Promise<Life> {
  const [own, ...more] = (await rig.seen()).filter((entry) => entry.service === service);
  assert.ok(
    own !== undefined && more.length === 0,
    `${service} has ${more.length + (own ? 1 : 0)} containers`,
  );
  const { State } = (await rig.docker('GET', `/containers/${own.id}/json`)) as {
    State: { Status: string; ExitCode: number; StartedAt: string; FinishedAt: string };
  };
  return {
    id: own.id,
    state: State.Status,
    exitCode: State.ExitCode,
    startedMs: Date.parse(State.StartedAt),
    finishedMs: Date.parse(State.FinishedAt),
  };
}

async function runsOf(rig: RealStack): Promise<number> {
  const { Mountpoint } = (await rig.docker('GET', `/volumes/${rig.name}_data`)) as { Mountpoint: string };
  return (await readFile(join(Mountpoint, 'done'), 'utf8')).trim().split('\n').length;
}

async function stand(): Promise<RealStack> {
  const rig = await realStack();
  await rig.manifest();
  const status = await rig.applied(stack());
  assert.equal(status.outcome, 'converged', status.sentence);
  return rig;
}

/** The job is in the middle of its work when this signal ends it. */
async function kill(rig: RealStack, signal = 'SIGKILL'): Promise<void> {
  const { id } = await lifeOf(rig, 'migrate');
  await rig.docker('POST', `/containers/${id}/start`);
  await rig.docker('POST', `/containers/${id}/kill?signal=${signal}`);
  await until({
    what: 'the job to be dead',
    look: async () => (await lifeOf(rig, 'migrate')).state === 'exited',
  });
}

const remove = async (rig: RealStack, service: string): Promise<void> =>
  void (await rig.docker('DELETE', `/containers/${(await lifeOf(rig, service)).id}?force=1`));

const stopWeb = async (rig: RealStack): Promise<void> =>
  void (await rig.docker('POST', `/containers/${(await lifeOf(rig, 'web')).id}/stop?t=0`));

/** The job ended well once more, and nothing is left to do. */
async function assertDone(rig: RealStack, runs: number): Promise<void> {
  const job = await lifeOf(rig, 'migrate');
  assert.deepEqual([job.state, job.exitCode, await runsOf(rig)], ['exited', 0, runs]);
  assert.deepEqual((await rig.planned()).actions, []);
}

async function assertGated(rig: RealStack): Promise<void> {
  const [job, web] = [await lifeOf(rig, 'migrate'), await lifeOf(rig, 'web')];
  assert.equal(web.state, 'running');
  assert.ok(
    web.startedMs >= job.finishedMs,
    `web started ${job.finishedMs - web.startedMs} ms before the job was done`,
  );
}

describe('a job that others wait for', () => {
  const deeds: Record<string, (rig: RealStack) => Promise<void>> = {
    'is killed': (rig) => kill(rig),
    'is told to end in the middle of its work': (rig) => kill(rig, 'SIGTERM'),
    'is removed': (rig) => remove(rig, 'migrate'),
  };
  for (const [deed, act] of Object.entries(deeds)) {
    it(`${deed}: it runs again to its end, and who runs is left alone`, async () => {
      await using rig = await stand();
      const web = await lifeOf(rig, 'web');
      await act(rig);
      const status = await rig.settle();
      assert.equal(status.outcome, 'converged', status.sentence);
      await assertDone(rig, 2);
      assert.deepEqual(await lifeOf(rig, 'web'), web);
    });

    const damages: Record<string, (rig: RealStack) => Promise<unknown>> = {
      'is removed with it': (rig) => remove(rig, 'web'),
      'was stopped with it': stopWeb,
      'changes at the same time': (rig) => rig.compose(stack({ web: '2' })),
    };
    for (const [damage, hurt] of Object.entries(damages))
      it(`${deed}: whoever waits for it and ${damage} starts when it is done`, async () => {
        await using rig = await stand();
        await act(rig);
        await hurt(rig);
        const status = await rig.settle();
        assert.equal(status.outcome, 'converged', status.sentence);
        await assertDone(rig, 2);
        await assertGated(rig);
      });
  }

  it('is killed in the middle of a deploy: no fault of the version, which is deployed when it has run', async () => {
    await using rig = await stand();
    const before = (await lifeOf(rig, 'migrate')).id;
    const deploy = rig.applied(stack({ web: '2', migrate: '2' }));
    const job = await until({
      what: 'the new job to run',
      look: async () => {
        const found = (await rig.seen()).find(
          ({ service, id, state }) => service === 'migrate' && id !== before && state === 'running',
        );
        return found?.id;
      },
    });
    await rig.docker('POST', `/containers/${job}/kill`);
    const first = await deploy;
    assert.notEqual(first.outcome, 'rolled-back', first.sentence);
    const again = await rig.settle();
    assert.equal(again.outcome, 'converged', again.sentence);
    await assertDone(rig, 2);
    await assertGated(rig);
  });
});
