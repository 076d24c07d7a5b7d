// A site on the real engine: visitors see the old bytes or the new ones, and what may not be in a tree is refused.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gitConfig } from '../support/git-source-rig.ts';
import { type RealController, realController } from '../support/real/controller.ts';
import { createRepository } from '../support/real/git.ts';
import { makePlace } from '../support/real/place.ts';
import { startTraffic } from '../support/real/traffic.ts';

const site = (name: string, more = ''): string =>
  `kind: site\nname: ${name}\ncontent: { path: ./public }\ndrain: 300ms\n${more}`;

/** The one running container's address. */
async function addressOf(rig: RealController): Promise<string> {
  const [running, ...more] = await rig.live();
  assert.deepEqual(more, []);
  const seen = (await rig.docker('GET', `/containers/${running?.id}/json`)) as {
    NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  };
  return `http://${Object.values(seen.NetworkSettings.Networks)[0]?.IPAddress}`;
}

async function ask(rig: RealController, path: string): Promise<[number, string]> {
  const response = await fetch(`${await addressOf(rig)}${path}`);
  return [response.status, (await response.text()).trim()];
}

async function converge(rig: RealController): Promise<void> {
  const status = rig.status(await rig.apply(), rig.name);
  assert.equal(status.outcome, 'converged', status.sentence);
}

describe('a site', () => {
  it('is switched without an error in between: old bytes, then new bytes, and nothing else', async () => {
    await using rig = await realController();
    await rig.write('site.yaml', site(rig.name));
    await rig.write('public/index.html', 'one');
    await converge(rig);
    await using visitor = await startTraffic(rig, { alias: rig.name, port: 80 });
    for (const words of ['two', 'three']) {
      await rig.write('public/index.html', words);
      await converge(rig);
    }
    const seen = await visitor.stop();
    assert.deepEqual(seen.failures, []);
    assert.deepEqual(seen.versions, ['one', 'two', 'three']);
    assert.ok(seen.served > 10, `${seen.served} looks only`);
  });

  it('answers paths that are no file with its own page, or with the application', async () => {
    await using rig = await realController();
    await rig.write('site.yaml', site(rig.name, 'not_found: lost.html\n'));
    await rig.write('public/index.html', 'home');
    await rig.write('public/lost.html', 'nothing here');
    await rig.write('public/deep/er/page.html', 'deep');
    await rig.write('public/a b ü.txt', 'odd name');
    await converge(rig);
    assert.deepEqual(await ask(rig, '/deep/er/page.html'), [200, 'deep']);
    assert.deepEqual(await ask(rig, `/${encodeURIComponent('a b ü.txt')}`), [200, 'odd name']);
    assert.deepEqual(await ask(rig, '/no/such'), [404, 'nothing here']);
    await rig.write('site.yaml', site(rig.name, 'spa: true\n'));
    await converge(rig);
    assert.deepEqual(await ask(rig, '/no/such'), [200, 'home']);
    await rig.write('site.yaml', site(rig.name));
    await converge(rig);
    assert.equal((await ask(rig, '/no/such'))[0], 404);
  });

  it('refuses links and devices in its tree, says which, and the release before serves on', async () => {
    await using rig = await realController();
    await rig.write('site.yaml', site(rig.name));
    await rig.write('public/index.html', 'good');
    await converge(rig);
    const [before] = await rig.containers();
    const odd = join(rig.directory, 'public', 'odd');
    await mkdir(join(rig.directory, 'elsewhere'));
    await writeFile(join(rig.directory, 'elsewhere', 'secret.txt'), 'not for visitors');
    const plants: [string, () => unknown][] = [
      ['a link out of the tree', () => symlink('/etc/passwd', odd)],
      ['a link to a folder beside', () => symlink('../elsewhere', odd)],
      ['a pipe', () => execFileSync('mkfifo', [odd])],
      ['a device', () => execFileSync('mknod', [odd, 'c', '1', '5'])],
    ];
    for (const [what, plant] of plants) {
      await plant();
      const status = rig.status(await rig.apply(), rig.name);
      assert.notEqual(status.outcome, 'converged', what);
      assert.match(status.sentence, /odd/, `${what}: ${status.sentence}`);
      assert.deepEqual(await ask(rig, '/'), [200, 'good'], what);
      assert.deepEqual(
        (await rig.containers()).map(({ id }) => id),
        [before?.id],
        what,
      );
      await rm(odd);
    }
    await converge(rig);
    // A second name of a file in the tree is a file like any other.
    await link(join(rig.directory, 'public', 'index.html'), join(rig.directory, 'public', 'twin.html'));
    await converge(rig);
    assert.deepEqual(await ask(rig, '/twin.html'), [200, 'good']);
  });

  it('a commit that does not change its files keeps the same container, and one that does makes one new one', async () => {
    await using place = await makePlace('site');
    const repository = await createRepository({ folder: place.path, name: 'pages' });
    await using rig = await realController({ sources: [gitConfig({ url: repository.url })] });
    await repository.commit({ files: { 'docs/site.yaml': site(rig.name), 'docs/public/index.html': 'one' } });
    await converge(rig);
    const ids = async (): Promise<string[]> => (await rig.live()).map(({ id }) => id);
    const before = await ids();
    const commit = await repository.commit({ files: { 'README.md': 'about something else' } });
    await converge(rig);
    assert.equal(rig.status(await rig.apply(), rig.name).lastAppliedRevision, commit);
    assert.deepEqual(await ids(), before);
    await repository.commit({ files: { 'docs/public/index.html': 'two' } });
    await converge(rig);
    assert.deepEqual(await ask(rig, '/'), [200, 'two']);
    assert.equal((await ids()).length, 1);
    assert.notDeepEqual(await ids(), before);
  });
});
