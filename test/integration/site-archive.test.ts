// A site whose files are an archive behind an address: brought once, checked, and the release before serves through all of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { archiveHost } from '../support/real/archive-host.ts';
import { type RealController, realController } from '../support/real/controller.ts';
import { startTinyforge } from '../support/real/tinyforge.ts';
import { startTraffic } from '../support/real/traffic.ts';

const site = (rig: RealController, archive: string): Promise<void> =>
  rig.write('site.yaml', `kind: site\nname: ${rig.name}\ncontent: { archive: ${archive} }\ndrain: 100ms\n`);

async function words(rig: RealController): Promise<string> {
  const [running, ...more] = await rig.live();
  assert.deepEqual(more, []);
  const seen = (await rig.docker('GET', `/containers/${running?.id}/json`)) as {
    NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  };
  const address = Object.values(seen.NetworkSettings.Networks)[0]?.IPAddress;
  return (await (await fetch(`http://${address}/`)).text()).trim();
}

async function outcome(rig: RealController): Promise<[string, string | null, string]> {
  const status = rig.status(await rig.apply(), rig.name);
  return [status.outcome, status.reason, status.sentence];
}

describe('a site from an archive', () => {
  it('is released, and the next one, with every visitor answered; each archive is asked for once', async () => {
    await using rig = await realController();
    await using archives = await archiveHost();
    const one = await archives.put('/one.tar.gz', { 'site/index.html': 'one', 'other/x': 'not served' });
    const two = await archives.put('/two.tar.gz', { 'site/index.html': 'two' });
    await site(rig, one);
    assert.equal((await outcome(rig))[0], 'converged');
    assert.equal(await words(rig), 'one');
    await using visitor = await startTraffic(rig, { alias: rig.name, port: 80 });
    await site(rig, two);
    assert.equal((await outcome(rig))[0], 'converged');
    const seen = await visitor.stop();
    assert.deepEqual(seen.failures, []);
    assert.deepEqual(seen.versions, ['one', 'two']);
    // By hand away, and made again from what was brought.
    for (const { id } of await rig.live()) await rig.docker('DELETE', `/containers/${id}?force=1`);
    assert.equal((await outcome(rig))[0], 'converged');
    assert.equal(await words(rig), 'two');
    assert.deepEqual(archives.asked, ['/one.tar.gz', '/two.tar.gz']);
  });

  it('goes on with the release before while its host is away, sends another file, or sends harm', async () => {
    await using rig = await realController();
    await using archives = await archiveHost();
    await site(rig, await archives.put('/one.tar.gz', { 'site/index.html': 'one' }));
    assert.equal((await outcome(rig))[0], 'converged');
    const [before] = await rig.containers();
    const two = await archives.put('/two.tar.gz', { 'site/index.html': 'two' });
    const good = archives.files.get('/two.tar.gz') as Buffer;
    const lacking = (change: () => unknown) => (): string => {
      change();
      return two;
    };
    const rows: [string, () => Promise<string> | string, string][] = [
      ['away', lacking(() => archives.files.delete('/two.tar.gz')), 'ArchiveAway'],
      ['another file', lacking(() => archives.files.set('/two.tar.gz', Buffer.from('?'))), 'ArchiveWrong'],
      ['harm', () => archives.put('/harm.tar.gz', { '../../evil': 'x' }), 'ArchiveRefused'],
    ];
    for (const [what, arrange, reason] of rows) {
      await site(rig, await arrange());
      const [, why, sentence] = await outcome(rig);
      assert.equal(why, reason, `${what}: ${sentence}`);
      assert.equal(await words(rig), 'one', what);
      assert.deepEqual(
        (await rig.containers()).map(({ id }) => id),
        [before?.id],
        what,
      );
    }
    archives.files.set('/two.tar.gz', good);
    await site(rig, two);
    assert.equal((await outcome(rig))[0], 'converged');
    assert.equal(await words(rig), 'two');
  });

  it('comes back from its kept container, with its host away', async () => {
    await using rig = await realController();
    await using archives = await archiveHost();
    for (const text of ['one', 'two', 'three']) {
      await site(rig, await archives.put(`/${text}.tar.gz`, { 'site/index.html': text }));
      assert.equal((await outcome(rig))[0], 'converged');
    }
    archives.files.clear();
    await using visitor = await startTraffic(rig, { alias: rig.name, port: 80 });
    for (const args of [
      ['rollback', rig.name],
      ['rollback', rig.name, '--to', '1'],
    ]) {
      await using back = await startTinyforge(rig.config, { args });
      assert.equal((await back.ended).code, 0, back.output());
    }
    const seen = await visitor.stop();
    assert.deepEqual(seen.failures, []);
    assert.deepEqual(seen.versions, ['three', 'two', 'one']);
    assert.equal(archives.asked.length, 3);
  });
});
