// Git hosts over http and ssh: credentials, host keys, hosts that go away, refuse or fall silent, and what is said about it.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { never, refreshed, sentencesOf, startGitSource } from '../support/git-source-rig.ts';
import { createRepository } from '../support/real/git.ts';
import { serveGitOverHttp } from '../support/real/git-http.ts';
import { serveGitOverSsh } from '../support/real/git-ssh.ts';
import { makePlace } from '../support/real/place.ts';
import { freePort } from '../support/real/program.ts';
import { until } from '../support/real/until.ts';

const credentials = { username: 'bot', password: 'canary-token-93f1' };

test('over http with a token: the first read, a refresh that finds nothing new, and a new commit', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  await using host = await serveGitOverHttp({ folder: place.path, credentials });
  const { source } = startGitSource(place, {
    url: host.urlOf('home'),
    credential: 'git',
    secrets: { git: 'bot:canary-token-93f1' },
  });
  assert.equal((await source.read(never)).problem, null);
  const before = host.requests.length;
  await source.refresh(never);
  const polled = host.requests.slice(before);
  assert.equal(polled.length, 3, 'a fetch of protocol 2 asks for the service, for the refs, and what is new');
  assert.ok(polled.every((request) => request.includes('git-upload-pack')));
  const next = await repository.commit({ files: { 'a.yaml': '2' } });
  assert.equal((await refreshed(source)).snapshot?.revision, next);
});

test('a host that goes away costs nothing but freshness, and is told once it is back', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const good = await repository.commit({ files: { 'a.yaml': '1' } });
  await using host = await serveGitOverHttp({ folder: place.path });
  const { source, log } = startGitSource(place, { url: host.urlOf('home') });
  const before = await source.read(never);

  host.setMood('refuse');
  const next = await repository.commit({ files: { 'a.yaml': '2' } });
  const away = await refreshed(source);
  assert.equal(away.snapshot, before.snapshot);
  assert.equal(away.fetchedMs, before.fetchedMs);
  assert.equal(away.problem?.reason, 'GitAway');
  assert.equal(away.problem?.effect, `Everything runs as of ${good.slice(0, 7)} and is still healed.`);
  await source.refresh(never);

  host.setMood('serve');
  const back = await refreshed(source);
  assert.equal(back.problem, null);
  assert.equal(back.snapshot?.revision, next);
  assert.deepEqual(log.messages('warn'), ['source not up to date']);
});

test('a restart with the host away begins with the last good checkout', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const good = await repository.commit({ files: { 'a.yaml': '1' } });
  const host = await serveGitOverHttp({ folder: place.path });
  const url = host.urlOf('home');
  const first = await startGitSource(place, { url }).source.read(never);
  await host.stop();

  const { source } = startGitSource(place, { url });
  const again = await source.read(never);
  assert.equal(again.snapshot?.revision, good);
  assert.deepEqual(again.snapshot?.files, first.snapshot?.files);
  assert.equal(again.fetchedMs, first.fetchedMs);
  assert.equal(again.problem, null, 'nobody has looked yet');
  const looked = await refreshed(source);
  assert.equal(looked.problem?.reason, 'GitAway');
  assert.match(looked.problem?.message ?? '', /does not answer \(connection refused\)/);
  assert.equal(looked.snapshot, again.snapshot);
});

test('the first read with the host away says that nothing is known', async () => {
  await using place = await makePlace('git');
  const port = await freePort();
  const { source } = startGitSource(place, { url: `http://127.0.0.1:${port}/home.git` });
  const { snapshot, problem, fetchedMs } = await source.read(never);
  assert.equal(snapshot, null);
  assert.equal(fetchedMs, null);
  assert.deepEqual(sentencesOf(problem), [
    'GitAway',
    `127.0.0.1:${port} does not answer (connection refused).`,
    'Nothing of home is known yet, so nothing of it is changed.',
    'If it runs here, see `tinyforge status`; else check the network between here and there.',
    '-',
  ]);
});

test('a host that accepts and falls silent is given up, with all the children that waited for it', async () => {
  await using place = await makePlace('git');
  await createRepository({ folder: place.path, name: 'home' });
  await using host = await serveGitOverHttp({ folder: place.path });
  host.setMood('hang');
  const { source } = startGitSource(place, { url: host.urlOf('home') });
  const stop = new AbortController();
  const reading = source.read(stop.signal);
  await until({ what: 'the request', look: () => host.requests.length > 0 });
  assert.ok((await commandLines(host.urlOf('home'))).length > 0, 'a git child is waiting');
  stop.abort(new Error('enough'));
  await assert.rejects(reading, /enough/);
  await until({
    what: 'git and its helper to end',
    look: async () => (await commandLines(host.urlOf('home'))).length === 0,
  });
});

test('a refused credential, a missing repository, a missing branch: each has its own sentence', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  await using host = await serveGitOverHttp({ folder: place.path, credentials });
  const secrets = { good: 'bot:canary-token-93f1', bad: 'bot:wrong-token-77aa' };
  const at = host.urlOf('home').replace(/^http:\/\/(.*)\/home.git$/, '$1');
  const problemOf = async (change: {
    name: string;
    url?: string;
    ref?: string;
    credential: string | null;
  }) => {
    const { source } = startGitSource(place, { url: host.urlOf('home'), secrets, ...change });
    const { problem } = await source.read(never);
    return `${problem?.reason}: ${problem?.message}`;
  };
  assert.equal(
    await problemOf({ name: 'denied', credential: 'bad' }),
    `GitDenied: ${at} refused the credential of this source.`,
  );
  assert.equal(
    await problemOf({ name: 'anonymous', credential: null }),
    `GitDenied: ${at} wants to know who asks, and this source has no credential.`,
  );
  assert.match(
    await problemOf({ name: 'gone', credential: 'good', url: host.urlOf('gone') }),
    /^GitRepositoryMissing: There is no repository at http:.*gone\.git /,
  );
  assert.equal(
    await problemOf({ name: 'no-branch', credential: 'good', ref: 'trunk' }),
    `GitRefMissing: http://${at}/home.git has no branch or tag trunk.`,
  );
  assert.equal(
    await problemOf({ name: 'no-secret', credential: 'unknown' }),
    'SecretMissing: There is no secret named unknown, which this source needs as its credential.',
  );
});

test('over ssh: a known key reads, a stranger, an unknown and a changed host do not', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const commit = await repository.commit({ files: { 'a.yaml': '1' } });
  await using host = await serveGitOverSsh({ folder: place.path });
  const secrets = {
    // Copied through a form: without its last line break, with those of Windows.
    good: (await readFile(host.keyFile, 'utf8')).trimEnd().replaceAll('\n', '\r\n'),
    stranger: await readFile(host.strangerKeyFile, 'utf8'),
    token: 'bot:canary-token-93f1',
  };
  const url = host.urlOf('home');
  const readAs = async (change: { name: string; credential: string; knownHosts: string }) =>
    await startGitSource(place, { url, secrets, ...change }).source.read(never);
  const knownHosts = host.knownHostsFile;

  const good = await readAs({ name: 'good', credential: 'good', knownHosts });
  assert.equal(good.problem, null);
  assert.equal(good.snapshot?.revision, commit);
  const stranger = await readAs({ name: 'stranger', credential: 'stranger', knownHosts });
  assert.equal(stranger.problem?.reason, 'GitDenied');
  assert.match(stranger.problem?.hint ?? '', /key of `credential`/);
  const unknown = await readAs({ name: 'unknown', credential: 'good', knownHosts: '/dev/null' });
  assert.equal(unknown.problem?.reason, 'GitHostUnknown');
  const changed = await readAs({
    name: 'changed',
    credential: 'good',
    knownHosts: host.wrongKnownHostsFile,
  });
  assert.equal(changed.problem?.reason, 'GitHostChanged');
  const token = await readAs({ name: 'token', credential: 'token', knownHosts });
  assert.equal(token.problem?.reason, 'CredentialUnfit');
});

test('over ssh to nobody: away, not refused', async () => {
  await using place = await makePlace('git');
  const port = await freePort();
  const url = `ssh://git@127.0.0.1:${port}/home.git`;
  const { problem } = await startGitSource(place, { url }).source.read(never);
  assert.equal(problem?.reason, 'GitAway');
});

/** Command lines of all processes that name this text. */
async function commandLines(text: string): Promise<string[]> {
  const lines: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(text)) lines.push(line);
  }
  return lines;
}
