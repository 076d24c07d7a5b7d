// Proves that the git hosts of the tests are real: cloned by file, http and ssh, with the right keys and words alone.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { programPath } from '../../scripts/real-parts/paths.ts';
import { createRepository, type RealRepository } from '../support/real/git.ts';
import { gitEnvironment } from '../support/real/git-environment.ts';
import { serveGitOverHttp } from '../support/real/git-http.ts';
import { serveGitOverSsh } from '../support/real/git-ssh.ts';
import { makePlace, type Place } from '../support/real/place.ts';

const run = promisify(execFile);

describe('git hosts', () => {
  let place: Place;
  let repository: RealRepository;
  before(async () => {
    place = await makePlace('git');
    repository = await createRepository({ folder: place.path, name: 'infra' });
    await repository.commit({ files: { 'forge.d/shop.yaml': 'kind: project\n' }, message: 'Add shop' });
  });
  after(() => place.remove());

  const clone = (url: string, into: string, environment: NodeJS.ProcessEnv = {}) =>
    run('git', ['clone', '--quiet', url, place.at(into)], { env: { ...gitEnvironment(), ...environment } });

  it('by file: commits, branches, tags, links and rewritten history', async () => {
    const first = await repository.head();
    await repository.point('refs/tags/v1', first);
    const onBranch = await repository.commit({
      branch: 'next',
      files: { 'forge.d/link': { linkTo: '/etc' } },
    });
    assert.equal(await repository.head('next'), onBranch);
    assert.equal(await repository.head(), first);
    const rewritten = await repository.rewrite({ files: { 'only.yaml': 'kind: site\n' } });
    assert.equal(await repository.head(), rewritten);
    assert.equal(await repository.git('rev-list', '--count', 'main'), '1');
    assert.equal(await repository.head('v1'), first);
    await clone(repository.url, 'by-file');
    assert.equal(await readFile(place.at('by-file', 'only.yaml'), 'utf8'), 'kind: site\n');
  });

  it('by http: with the password, not without it, and away when it shall be', async () => {
    const credentials = { username: 'ada', password: 's3cret' };
    await using server = await serveGitOverHttp({ folder: place.path, credentials });
    await assert.rejects(clone(server.urlOf('infra'), 'no-password'), /could not read Username/);
    const url = server.urlOf('infra').replace('//', `//${credentials.username}:${credentials.password}@`);
    await clone(url, 'by-http');
    assert.equal(await readFile(place.at('by-http', 'only.yaml'), 'utf8'), 'kind: site\n');
    assert.ok(server.requests.includes('GET /infra.git/info/refs?service=git-upload-pack'));
    server.setMood('refuse');
    await assert.rejects(clone(url, 'refused'), /503/);
  });

  it('by ssh: with the right key to the right host only', async () => {
    await using server = await serveGitOverSsh({ folder: place.path });
    const command = (key: string, knownHosts: string) => ({
      GIT_SSH_COMMAND: `${programPath('ssh')} -F /dev/null -i ${key} -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${knownHosts}`,
    });
    const url = server.urlOf('infra');
    await clone(url, 'by-ssh', command(server.keyFile, server.knownHostsFile));
    assert.equal(await readFile(place.at('by-ssh', 'only.yaml'), 'utf8'), 'kind: site\n');
    await assert.rejects(
      clone(url, 'stranger', command(server.strangerKeyFile, server.knownHostsFile)),
      /Permission denied/,
    );
    await assert.rejects(
      clone(url, 'wrong-host', command(server.keyFile, server.wrongKnownHostsFile)),
      /Host key verification failed/,
    );
  });
});
