// With allowed signers only commits of theirs are applied; for all others the last good one stays.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { refreshed, sentencesOf, startGitSource, textsOf } from '../support/git-source-rig.ts';
import { createRepository, type RealRepository } from '../support/real/git.ts';
import { makePlace, type Place } from '../support/real/place.ts';

const run = promisify(execFile);

interface Signing {
  repository: RealRepository;
  /** The file for `allowed_signers`. */
  allowedSigners: string;
  allow(...lines: readonly string[]): Promise<void>;
  /** The public key of a name, made at first use. */
  publicKey(name: string): Promise<string>;
  /** A commit with one file, signed with the key of a name (null: not), on the branch by force. */
  commit(signer: string | null, text: string, options?: { parent?: string; date?: string }): Promise<string>;
}

async function startSigning(place: Place): Promise<Signing> {
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const publicKey = async (name: string) => {
    const file = place.at(`key-${name}`);
    const made = await readFile(`${file}.pub`, 'utf8').catch(() => null);
    if (made === null) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
    return (await readFile(`${file}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');
  };
  const allowedSigners = place.at('allowed_signers');
  return {
    repository,
    allowedSigners,
    publicKey,
    allow: (...lines) => writeFile(allowedSigners, `${lines.join('\n')}\n`),
    async commit(signer, text, { parent, date = '2026-05-01T12:00:00Z' } = {}) {
      await writeFile(place.at('file'), text);
      const blob = await repository.git('hash-object', '-w', place.at('file'));
      await writeFile(place.at('index-info'), `100644 ${blob}\ta.yaml\n`);
      const signing = [];
      if (signer !== null) {
        await publicKey(signer);
        signing.push('-c', 'gpg.format=ssh', '-c', `user.signingKey=${place.at(`key-${signer}`)}`);
      }
      const environment = {
        PATH: process.env.PATH,
        GIT_DIR: repository.directory,
        GIT_INDEX_FILE: place.at('index'),
        GIT_AUTHOR_NAME: 'Ada',
        GIT_AUTHOR_EMAIL: 'ada@example.com',
        GIT_COMMITTER_NAME: 'Ada',
        GIT_COMMITTER_EMAIL: 'ada@example.com',
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
      };
      const git = async (...args: string[]) => (await run('git', args, { env: environment })).stdout.trim();
      await git('read-tree', '--empty');
      await git('update-index', '--add', '--cacheinfo', `100644,${blob},a.yaml`);
      const tree = await git('write-tree');
      const parents = parent === undefined ? [] : ['-p', parent];
      const sign = signer === null ? [] : ['-S'];
      const commit = await git(...signing, 'commit-tree', tree, ...parents, ...sign, '-m', text);
      await git('update-ref', 'refs/heads/main', commit);
      return commit;
    },
  };
}

test('a commit of an allowed signer is applied, one without a signature is not', async () => {
  await using place = await makePlace('git');
  const signing = await startSigning(place);
  await signing.allow(`ada@example.com ${await signing.publicKey('ada')}`);
  const good = await signing.commit('ada', 'good');
  const { source } = startGitSource(place, { url: signing.repository.url, ...pick(signing) });
  const before = await refreshed(source);
  assert.equal(before.problem, null);
  assert.equal(before.snapshot?.revision, good);

  const unsigned = await signing.commit(null, 'unsigned', { parent: good });
  const after = await refreshed(source);
  assert.equal(after.snapshot, before.snapshot);
  assert.deepEqual(sentencesOf(after.problem), [
    'CommitUntrusted',
    `Commit ${unsigned.slice(0, 7)} is not signed with ssh, so it is not applied.`,
    `Everything runs as of ${good.slice(0, 7)} and is still healed.`,
    'Sign it with an allowed key (`git commit -S --amend`), or add its signer to `allowed_signers`.',
    '-',
  ]);

  const next = await signing.commit('ada', 'next', { parent: unsigned });
  const again = await refreshed(source);
  assert.equal(again.problem, null);
  assert.equal(again.snapshot?.revision, next);
});

test('a stranger, an expired key, another namespace and a forged signature are refused', async () => {
  await using place = await makePlace('git');
  const signing = await startSigning(place);
  await signing.allow(
    `ada@example.com ${await signing.publicKey('ada')}`,
    `old@example.com valid-before="20260101Z" ${await signing.publicKey('old')}`,
    `files@example.com namespaces="file" ${await signing.publicKey('files')}`,
  );
  const good = await signing.commit('ada', 'good');
  const { source } = startGitSource(place, { url: signing.repository.url, ...pick(signing) });
  await refreshed(source);
  const refused = async () => {
    const { problem, snapshot } = await refreshed(source);
    assert.equal(snapshot?.revision, good);
    assert.equal(problem?.reason, 'CommitUntrusted');
    return problem?.message.replace(/^Commit \w+ /, '');
  };
  await signing.commit('stranger', 'by a stranger');
  assert.equal(await refused(), 'is signed, but not by an allowed signer, so it is not applied.');
  await signing.commit('old', 'too late', { date: '2026-02-01T12:00:00Z' });
  await refused();
  await signing.commit('files', 'for files only');
  await refused();

  // The signature of the good commit under another text: the bytes no longer fit.
  const raw = await signing.repository.git('cat-file', 'commit', good);
  await writeFile(place.at('forged'), `${raw.replace(/good$/, 'forged')}\n`);
  const forged = await signing.repository.git('hash-object', '-t', 'commit', '-w', place.at('forged'));
  await signing.repository.point('refs/heads/main', forged);
  assert.equal(await refused(), 'has a signature that does not hold, so it is not applied.');
});

test('a key that had expired is good for what was committed before', async () => {
  await using place = await makePlace('git');
  const signing = await startSigning(place);
  await signing.allow(`old@example.com valid-before="20260101Z" ${await signing.publicKey('old')}`);
  const commit = await signing.commit('old', 'in time', { date: '2025-12-01T12:00:00Z' });
  const { source } = startGitSource(place, { url: signing.repository.url, ...pick(signing) });
  assert.equal((await refreshed(source)).snapshot?.revision, commit);
});

test('a signed parent does not vouch for its child, nor a signed tag for its commit', async () => {
  await using place = await makePlace('git');
  const signing = await startSigning(place);
  await signing.allow(`ada@example.com ${await signing.publicKey('ada')}`);
  const good = await signing.commit('ada', 'good');
  const unsigned = await signing.commit(null, 'child', { parent: good });
  const { source } = startGitSource(place, { url: signing.repository.url, ...pick(signing) });
  const reading = await refreshed(source);
  assert.equal(reading.snapshot, null);
  assert.equal(reading.problem?.reason, 'CommitUntrusted');

  const key = place.at('key-ada');
  await signing.repository.git(
    ...['-c', 'gpg.format=ssh', '-c', `user.signingKey=${key}`],
    ...['tag', '-s', '-m', 'signed tag', 'v1', unsigned],
  );
  const tag = startGitSource(place, {
    url: signing.repository.url,
    name: 'tag',
    ref: 'v1',
    ...pick(signing),
  });
  assert.equal((await refreshed(tag.source)).problem?.reason, 'CommitUntrusted');
  await signing.repository.git('tag', '-f', 'v1', good);
  assert.equal((await refreshed(tag.source)).snapshot?.revision, good);
});

test('adding the signer lets the waiting commit in, without a new one', async () => {
  await using place = await makePlace('git');
  const signing = await startSigning(place);
  await signing.allow(`ada@example.com ${await signing.publicKey('ada')}`);
  const commit = await signing.commit('bob', 'by bob');
  const { source } = startGitSource(place, { url: signing.repository.url, ...pick(signing) });
  assert.equal((await refreshed(source)).problem?.reason, 'CommitUntrusted');
  await signing.allow(`bob@example.com ${await signing.publicKey('bob')}`);
  const { problem, snapshot } = await refreshed(source);
  assert.equal(problem, null);
  assert.equal(snapshot?.revision, commit);
});

test('a checkout on disk is judged again at a restart, when the settings ask for signatures now', async () => {
  await using place = await makePlace('git');
  const signing = await startSigning(place);
  await signing.allow(`ada@example.com ${await signing.publicKey('ada')}`);
  await signing.commit(null, 'unsigned');
  const url = signing.repository.url;
  const open = startGitSource(place, { url });
  assert.deepEqual(textsOf((await refreshed(open.source)).snapshot), { 'a.yaml': 'unsigned' });
  const strict = startGitSource(place, { url, ...pick(signing) });
  const { snapshot, problem } = await strict.source.read(new AbortController().signal);
  assert.equal(snapshot, null);
  assert.equal(problem?.reason, 'CommitUntrusted');
});

test('without the file of allowed signers nothing new is applied', async () => {
  await using place = await makePlace('git');
  const signing = await startSigning(place);
  await signing.commit('ada', 'good');
  const { source } = startGitSource(place, { url: signing.repository.url, ...pick(signing) });
  assert.equal((await refreshed(source)).problem?.reason, 'SignersUnreadable');
});

function pick({ allowedSigners }: Signing): { allowedSigners: string } {
  return { allowedSigners };
}
