// A site whose files are in a repository of their own: a push releases them, and a host that is away costs nothing.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { type RealController, realController } from '../support/real/controller.ts';
import { createRepository } from '../support/real/git.ts';
import { serveGitOverHttp } from '../support/real/git-http.ts';
import { serveGitOverSsh } from '../support/real/git-ssh.ts';
import { makePlace } from '../support/real/place.ts';
import { freePort } from '../support/real/program.ts';
import { serve } from '../support/real/serving.ts';
import { startTraffic } from '../support/real/traffic.ts';

const SECRET = 'what-the-git-host-says-to-be-known';

const site = (rig: RealController, git: string): Promise<void> =>
  rig.write('site.yaml', `kind: site\nname: ${rig.name}\ncontent: { git: ${git} }\ndrain: 100ms\n`);

async function words(rig: RealController, path = '/'): Promise<string> {
  const [running, ...more] = await rig.live();
  assert.deepEqual(more, []);
  const seen = (await rig.docker('GET', `/containers/${running?.id}/json`)) as {
    NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
  };
  const address = Object.values(seen.NetworkSettings.Networks)[0]?.IPAddress;
  return (await (await fetch(`http://${address}${path}`)).text()).trim();
}

async function push(port: number, facts: { url: string; ref: string; commit: string }): Promise<number> {
  const body = JSON.stringify({
    ref: facts.ref,
    after: facts.commit,
    repository: { full_name: 'acme/pages', clone_url: facts.url },
  });
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const response = await fetch(`http://127.0.0.1:${port}/api/webhooks/hub`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${signature}`,
    },
  });
  return response.status;
}

const INFRA = {
  type: 'git',
  name: 'infra',
  ref: 'main',
  path: '',
  pollMs: 3_600_000,
  credential: 'key',
  allowedSigners: null,
  writeBack: 'off',
  variables: {},
} as const;

describe('a site from a repository of its own', () => {
  it('is released by a push, shows the last good commit while the host is away, and needs no host to start again', async () => {
    await using place = await makePlace('site-git');
    const pages = await createRepository({ folder: place.path, name: 'pages' });
    await using git = await serveGitOverHttp({ folder: place.path });
    const url = git.urlOf('pages');
    await using rig = await realController({ env: { TINYFORGE_SECRET_HUB: SECRET } });
    const port = await freePort();
    rig.config.webhooks.push({ name: 'hub', sender: 'github', secret: 'hub', sources: [] });
    const first = await pages.commit({ files: { 'public/index.html': 'one', 'private.txt': 'not served' } });
    await site(rig, `{ url: "${url}", path: public, poll: 1h }`);
    {
      await using controller = await serve(rig, { port });
      await controller.converged(rig.name, first.slice(0, 7));
      assert.equal(await words(rig), 'one');
      assert.notEqual(await words(rig, '/../private.txt'), 'not served');
      await using visitor = await startTraffic(rig, { alias: rig.name, port: 80 });
      const second = await pages.commit({ files: { 'public/index.html': 'two' } });
      assert.equal(await push(port, { url, ref: 'refs/heads/main', commit: second }), 202);
      await controller.converged(rig.name, second.slice(0, 7));
      const seen = await visitor.stop();
      assert.deepEqual(seen.failures, []);
      assert.deepEqual(seen.versions, ['one', 'two']);
      // What changes nothing below the folder is no release.
      const [running] = await rig.live();
      const third = await pages.commit({ files: { 'README.md': 'words' } });
      const asked = git.requests.length;
      assert.equal(await push(port, { url, ref: 'refs/heads/main', commit: third }), 202);
      await controller.sees(rig.name, 'looked at', () => git.requests.length > asked);
      await controller.rested();
      assert.equal((await rig.live())[0]?.id, running?.id);
    }
    git.setMood('refuse');
    const away = rig.status(await rig.apply(), rig.name);
    assert.equal(away.outcome, 'converged', away.sentence);
    assert.equal(await words(rig), 'two');
    // Made again from the checkout that is kept.
    for (const { id } of await rig.live()) await rig.docker('DELETE', `/containers/${id}?force=1`);
    const healed = rig.status(await rig.apply(), rig.name);
    assert.equal(healed.outcome, 'converged', healed.sentence);
    assert.equal(await words(rig), 'two');
  });

  it('is read by ssh with a key, from a host that a source of tinyforge.yaml knows, and looked at every `poll`', async () => {
    await using place = await makePlace('site-git');
    const pages = await createRepository({ folder: place.path, name: 'pages' });
    const infra = await createRepository({ folder: place.path, name: 'infra' });
    await using host = await serveGitOverSsh({ folder: place.path });
    await using rig = await realController({ secrets: { key: await readFile(host.keyFile, 'utf8') } });
    const git = `{ url: "${host.urlOf('pages')}", poll: 1s, credential: "\${secret:key}" }`;
    await infra.commit({
      files: {
        'site.yaml': `kind: site\nname: ${rig.name}\ncontent: { git: ${git} }\ndrain: 100ms\n`,
      },
    });
    const first = await pages.commit({ files: { 'index.html': 'one' } });
    const source = { ...INFRA, url: host.urlOf('infra') };
    // A host that nobody knows is asked for nothing.
    await site(rig, git);
    const unknown = rig.status(await rig.apply(), rig.name);
    assert.match(unknown.sentence, /host key of 127\.0\.0\.1.* is not among the known hosts/);
    await rig.remove('site.yaml');
    rig.config.sources = [{ ...source, knownHosts: host.knownHostsFile }];
    await using controller = await serve(rig);
    await controller.converged(rig.name, first.slice(0, 7));
    assert.equal(await words(rig), 'one');
    const second = await pages.commit({ files: { 'index.html': 'two' } });
    await controller.converged(rig.name, second.slice(0, 7));
    assert.equal(await words(rig), 'two');
  });

  it('says what is wrong with it, and what runs stays: a branch that is gone, a folder that is not there, a link', async () => {
    await using place = await makePlace('site-git');
    const pages = await createRepository({ folder: place.path, name: 'pages' });
    await using git = await serveGitOverHttp({ folder: place.path });
    const url = git.urlOf('pages');
    await using rig = await realController();
    await pages.commit({ files: { 'public/index.html': 'one' } });
    await site(rig, `{ url: "${url}", path: public }`);
    const good = rig.status(await rig.apply(), rig.name);
    assert.equal(good.outcome, 'converged', good.sentence);
    const [before] = await rig.containers();
    const rows: [string, RegExp][] = [
      [`{ url: "${url}", path: public, ref: gone }`, /gone/],
      [`{ url: "${url}", path: nowhere }`, /nowhere/],
      [`{ url: "${url}x", path: public }`, /./],
    ];
    for (const [manifest, words] of rows) {
      await site(rig, manifest);
      const status = rig.status(await rig.apply(), rig.name);
      assert.notEqual(status.outcome, 'converged', manifest);
      assert.match(status.sentence, words);
      assert.deepEqual(
        (await rig.containers()).map(({ id }) => id),
        [before?.id],
      );
    }
    await pages.commit({ files: { 'public/passwd': { linkTo: '/etc/passwd' } } });
    await site(rig, `{ url: "${url}", path: public }`);
    const linked = rig.status(await rig.apply(), rig.name);
    assert.match(linked.sentence, /passwd/);
    assert.equal(await words(rig), 'one');
  });

  it('brings back an earlier commit within moments, with the host away', async () => {
    await using place = await makePlace('site-git');
    const pages = await createRepository({ folder: place.path, name: 'pages' });
    await using git = await serveGitOverHttp({ folder: place.path });
    await using rig = await realController();
    await site(rig, `{ url: "${git.urlOf('pages')}" }`);
    for (const text of ['one', 'two']) {
      await pages.commit({ files: { 'index.html': text } });
      const status = rig.status(await rig.apply(), rig.name);
      assert.equal(status.outcome, 'converged', status.sentence);
    }
    git.setMood('refuse');
    await using controller = await serve(rig);
    await controller.converged(rig.name);
    await controller.pass.controller.rollBack({ unit: rig.name, to: null, by: 'a test' });
    await controller.sees(rig.name, 'held', ({ outcome }) => outcome === 'held');
    await controller.rested();
    assert.equal(await words(rig), 'one');
  });
});
