// A site that is built: in a container that is thrown away, within limits, while the release before serves; what fails is not tried again.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cacheVolume } from '../../src/core/build-cache.ts';
import { volumeFolder } from '../support/real/checksum.ts';
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

interface Inspected {
  Config: { Env: string[] };
  HostConfig: Record<'Memory' | 'NanoCpus' | 'PidsLimit', number> &
    Record<'CapAdd' | 'CapDrop' | 'SecurityOpt', string[]> & {
      Privileged: boolean;
      PidMode: string;
      IpcMode: string;
      Devices: unknown[] | null;
    };
  Mounts: { Type: string; Name: string; Destination: string }[];
  NetworkSettings: { Networks: Record<string, unknown> };
}

const CAPABILITIES = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];

/** What is kept with the last deploy. */
async function logOf(rig: RealController): Promise<string[]> {
  const pass = await rig.open({ write: false });
  try {
    const [deploy] = pass.store.deploys(rig.name, { limit: 1 });
    return pass.store.deployLogs(deploy?.id ?? 0).map(({ text }) => text);
  } finally {
    await pass.close();
  }
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
        /needed more memory than the 34 MB/,
      ],
      'a disk that it fills': [
        {
          command:
            'n=0; while true; do dd if=/dev/zero of=f$$n bs=1M count=4 2>/dev/null; n=$$((n+1)); sleep 0.2; done',
          more: { disk: '16m', timeout: '2m' },
        },
        /filled more than the 17 MB of disk/,
      ],
      'a disk that it fills by what it keeps': [
        {
          command:
            'n=0; while true; do dd if=/dev/zero of=kept/f$$n bs=1M count=4 2>/dev/null; n=$$((n+1)); sleep 0.2; done',
          more: { disk: '16m', cache: ['kept'], timeout: '2m' },
        },
        /filled more than the 17 MB of disk/,
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

  it('with its words in the log of the deploy, also where it fails', async () => {
    await using rig = await realController();
    await rig.write('source/words', 'one');
    for (const [command, outcome] of [
      [`echo so it begins; ${GOOD}`, 'converged'],
      ['echo so it ends; exit 3', 'rolled-back'],
    ] as const) {
      await site(rig, { command });
      assert.equal((await applied(rig)).outcome, outcome);
      const lines = await logOf(rig);
      assert.ok(lines.includes(command.slice('echo '.length, command.indexOf(';'))), lines.join('\n'));
    }
  });

  it('in a container that has what it was given, and nothing of the machine, of a workload or of ours', async () => {
    await using rig = await realController({ env: { TINYFORGE_SECRET_DB: 'canary-2f6b' } });
    await rig.write('source/words', 'one');
    const command = `until test -e cache/go; do sleep 0.1; done; ${GOOD}`;
    const rows = [
      [{ memory: '64m', network: 'none' }, 64 * 1024 ** 2, 'none'],
      [{}, 1024 ** 3, 'bridge'],
    ] as const;
    for (const [more, memory, network] of rows) {
      await site(rig, { command, more: { ...more, cache: ['cache'] } });
      const applying = applied(rig);
      const id = await until({
        what: 'the build to run',
        look: async () => (await rig.live()).find(({ name }) => name.includes('-build-'))?.id,
      });
      const seen = (await rig.docker('GET', `/containers/${id}/json`)) as Inspected;
      const { HostConfig } = seen;
      const cache = cacheVolume(rig.name, 'cache');
      const { Memory, NanoCpus, PidsLimit, CapDrop, SecurityOpt, Privileged } = HostConfig;
      assert.deepEqual(
        { Memory, NanoCpus, PidsLimit, CapDrop, SecurityOpt, Privileged },
        {
          ...{ Memory: memory, NanoCpus: 2e9, PidsLimit: 1_024, Privileged: false },
          ...{ CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges:true'] },
        },
      );
      assert.deepEqual(HostConfig.CapAdd.map((one) => one.replace('CAP_', '')).sort(), CAPABILITIES);
      assert.deepEqual(
        [HostConfig.PidMode, HostConfig.IpcMode, HostConfig.Devices ?? []],
        ['', 'private', []],
      );
      assert.deepEqual(Object.keys(seen.NetworkSettings.Networks), [network]);
      assert.deepEqual(
        seen.Mounts.map(({ Type, Name, Destination }) => [Type, Name, Destination]),
        [['volume', cache, '/build/cache']],
      );
      assert.deepEqual(
        seen.Config.Env.filter((line) => !line.startsWith('PATH=')),
        ['CI=true'],
      );
      await writeFile(join(await volumeFolder(rig, cache), 'go'), '');
      const status = await applying;
      assert.equal(status.outcome, 'converged', status.sentence);
      await rm(join(await volumeFolder(rig, cache), 'go'));
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
