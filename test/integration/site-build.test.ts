// A site that is built: in a container that is thrown away, within limits, while the release before serves; what fails is not tried again.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RealController, realController } from '../support/real/controller.ts';
import { testImages } from '../support/real/images.ts';
import { engineWrites } from '../support/real/serving.ts';
import { startTinyforge } from '../support/real/tinyforge.ts';
import { until } from '../support/real/until.ts';

interface Build {
  command: string;
  more?: Record<string, unknown>;
}

async function site(rig: RealController, { command, more = {} }: Build): Promise<void> {
  const build = { image: testImages.shell, command, output: 'dist', ...more };
  await rig.write(
    'site.yaml',
    JSON.stringify({ kind: 'site', name: rig.name, content: { path: './source' }, build, drain: '100ms' }),
  );
}

async function words(rig: RealController, path = '/'): Promise<string> {
  const serving = (await rig.live()).filter(({ name }) => !name.includes('-build-'));
  assert.equal(serving.length, 1);
  const seen = (await rig.docker('GET', `/containers/${serving[0]?.id}/json`)) as {
    NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  };
  const address = Object.values(seen.NetworkSettings.Networks)[0]?.IPAddress;
  return (await (await fetch(`http://${address}${path}`)).text()).trim();
}

async function applied(rig: RealController) {
  return rig.status(await rig.apply(), rig.name);
}

async function builders(rig: RealController): Promise<string[]> {
  return (await rig.containers()).map(({ name }) => name).filter((name) => name.includes('-build-'));
}

const GOOD =
  'mkdir -p dist cache; echo again >> cache/runs; cp words dist/index.html; cp cache/runs dist/runs.txt';

describe('a site is built', () => {
  it('once for each content, with what it keeps from one build to the next, and nothing is left over', async () => {
    await using rig = await realController();
    await rig.write('source/words', 'one');
    await site(rig, { command: GOOD, more: { cache: ['cache'] } });
    const first = await applied(rig);
    assert.equal(first.outcome, 'converged', first.sentence);
    assert.equal(await words(rig), 'one');
    assert.equal(await words(rig, '/runs.txt'), 'again');
    // Made again by hand's doing: from what was built.
    for (const { id } of await rig.live()) await rig.docker('DELETE', `/containers/${id}?force=1`);
    assert.equal((await applied(rig)).outcome, 'converged');
    assert.equal(await words(rig, '/runs.txt'), 'again');
    await rig.write('source/words', 'two');
    assert.equal((await applied(rig)).outcome, 'converged');
    assert.equal(await words(rig), 'two');
    assert.equal(await words(rig, '/runs.txt'), 'again\nagain');
    assert.deepEqual(await builders(rig), []);
  });

  it('and what harms or fails is told, kept in the log, not tried again, and costs nothing of what serves', async () => {
    await using rig = await realController();
    await rig.write('source/words', 'one');
    await site(rig, { command: GOOD });
    assert.equal((await applied(rig)).outcome, 'converged');
    const [before] = await rig.live();
    const rows: Record<string, [Build, RegExp]> = {
      'an error': [{ command: 'echo it is broken; exit 3' }, /exit code 3/],
      'sleep without end': [{ command: 'sleep 7200', more: { timeout: '1s' } }, /did not end within 1 s/],
      'a fork bomb': [
        { command: 'f() { f | f & }; f; sleep 7200', more: { timeout: '2s' } },
        /did not end|exit code/,
      ],
      'hunger for memory': [
        { command: 'x=a; while true; do x=$$x$$x$$x$$x; done', more: { memory: '32m', timeout: '30s' } },
        /memory|exit code/,
      ],
      'a network that it may not have': [
        {
          command: 'test "$$(ls /sys/class/net)" = lo || exit 0; mkdir dist; exit 9',
          more: { network: 'none' },
        },
        /exit code 9/,
      ],
      'a device': [{ command: 'mkdir dist; mknod dist/d c 1 5' }, /exit code/],
      'a link out': [{ command: 'mkdir dist; ln -s /etc/passwd dist/p' }, /symlink/],
      'a link for a folder': [{ command: 'ln -s /etc dist' }, /symlink/],
      'a pipe': [{ command: 'mkdir dist; mkfifo dist/p' }, /fifo/],
      'nothing at all': [{ command: 'true' }, /left no folder dist/],
      'a file for a folder': [{ command: 'echo x > dist' }, /no folder/],
    };
    for (const [what, [build, told]] of Object.entries(rows)) {
      await site(rig, build);
      const failed = await applied(rig);
      assert.equal(failed.outcome, 'rolled-back', `${what}: ${failed.sentence}`);
      assert.match(failed.sentence, told, what);
      assert.equal(await words(rig), 'one', what);
      assert.deepEqual(
        (await rig.containers()).map(({ id }) => id),
        [before?.id],
        what,
      );
    }
    // The same again is not tried.
    await site(rig, rows['sleep without end']?.[0] ?? { command: '' });
    const writes = await engineWrites(rig, async () => {
      const again = await applied(rig);
      assert.equal(again.outcome, 'rolled-back', again.sentence);
    });
    assert.deepEqual(writes, []);
    await site(rig, { command: GOOD });
    assert.equal((await applied(rig)).outcome, 'converged');
  });

  it('with its words in the log of the deploy', async () => {
    await using rig = await realController();
    await rig.write('source/words', 'one');
    await site(rig, { command: `echo so it begins; ${GOOD}` });
    assert.equal((await applied(rig)).outcome, 'converged');
    const pass = await rig.open({ write: false });
    try {
      const [deploy] = pass.store.deploys(rig.name, { limit: 1 });
      const lines = pass.store.deployLogs(deploy?.id ?? 0).map(({ text }) => text);
      assert.ok(lines.includes('so it begins'), lines.join('\n'));
    } finally {
      await pass.close();
    }
  });

  it('killed in the middle: nothing is left over, and the next pass builds it', async () => {
    await using rig = await realController();
    await rig.write('source/words', 'one');
    await site(rig, { command: GOOD });
    assert.equal((await applied(rig)).outcome, 'converged');
    await rig.write('source/words', 'two');
    await site(rig, { command: `${GOOD}; echo built; test -e ready || sleep 7200`, more: { timeout: '1h' } });
    {
      await using running = await startTinyforge(rig.config, { args: ['apply', '-v'] });
      await until({
        what: 'the build to run',
        look: async () =>
          (await rig.live()).some(({ name }) => name.includes('-build-')) ? true : undefined,
      });
      running.kill('SIGKILL');
      assert.equal((await running.ended).signal, 'SIGKILL', running.output());
    }
    assert.equal((await builders(rig)).length, 1);
    assert.equal(await words(rig), 'one');
    await site(rig, { command: GOOD });
    const mended = await applied(rig);
    assert.equal(mended.outcome, 'converged', mended.sentence);
    assert.deepEqual(await builders(rig), []);
    assert.equal(await words(rig), 'two');
  });
});
