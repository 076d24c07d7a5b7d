// Branches, tags, commits, force-pushes and sub-directories of a real repository become the right checkout.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { never, refreshed, sentencesOf, startGitSource, textsOf } from '../support/git-source-rig.ts';
import { createRepository } from '../support/real/git.ts';
import { makePlace } from '../support/real/place.ts';

test('the first read brings the branch, and a push brings the next commit', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const first = await repository.commit({
    files: { 'shop.yaml': 'one', 'notes.txt': 'no' },
    message: 'shop',
  });
  const { source } = startGitSource(place, { url: repository.url });

  const before = await source.read(never);
  assert.equal(before.snapshot?.revision, first);
  assert.deepEqual(textsOf(before.snapshot), { 'shop.yaml': 'one' });
  assert.equal(before.snapshot?.commit?.author, 'Ada Test');
  assert.equal(before.snapshot?.commit?.subject, 'shop');
  assert.equal(await readFile(`${before.snapshot?.root}/notes.txt`, 'utf8'), 'no');

  const second = await repository.commit({ files: { 'wiki.yaml': 'two', 'notes.txt': null } });
  assert.equal((await source.read(never)).snapshot, before.snapshot, 'read alone does not fetch');
  const after = await refreshed(source);
  assert.equal(after.snapshot?.revision, second);
  assert.deepEqual(textsOf(after.snapshot), { 'shop.yaml': 'one', 'wiki.yaml': 'two' });
  assert.equal(after.snapshot?.files[0], before.snapshot?.files[0], 'an unchanged file is the same object');
  assert.equal(
    await readFile(`${before.snapshot?.root}/notes.txt`, 'utf8'),
    'no',
    'the old checkout is as it was',
  );
});

test('of the checkouts the current and the one before stay', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const { source, dataDirectory } = startGitSource(place, { url: repository.url });
  const commits: string[] = [];
  for (const text of ['1', '2', '3', '4']) {
    commits.push(await repository.commit({ files: { 'a.yaml': text } }));
    await source.refresh(never);
  }
  const left = await readdir(`${dataDirectory}/sources/home/checkouts`);
  assert.deepEqual(left.sort(), commits.slice(-2).sort());
});

test('a branch wins over a tag of the same name, and full names choose', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const old = await repository.commit({ files: { 'a.yaml': 'old' } });
  const now = await repository.commit({ files: { 'a.yaml': 'new' } });
  await repository.point('refs/tags/main', old);
  const branch = await startGitSource(place, { url: repository.url, name: 'branch' }).source.read(never);
  assert.equal(branch.snapshot?.revision, now);
  const tag = startGitSource(place, { url: repository.url, name: 'tag', ref: 'refs/tags/main' });
  assert.equal((await tag.source.read(never)).snapshot?.revision, old);
});

test('an annotated tag is the commit behind it, and a moved tag is another revision', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const one = await repository.commit({ files: { 'a.yaml': '1' } });
  await repository.git('tag', '-a', '-m', 'first', 'v1', one);
  const { source } = startGitSource(place, { url: repository.url, ref: 'v1' });
  assert.equal((await source.read(never)).snapshot?.revision, one);
  const two = await repository.commit({ files: { 'a.yaml': '2' } });
  await repository.git('tag', '-f', '-a', '-m', 'again', 'v1', two);
  assert.equal((await refreshed(source)).snapshot?.revision, two);
});

test('a commit by its id stays, whatever the branch does', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const wanted = await repository.commit({ files: { 'a.yaml': '1' } });
  await repository.commit({ files: { 'a.yaml': '2' } });
  const { source } = startGitSource(place, { url: repository.url, ref: wanted });
  assert.equal((await source.read(never)).snapshot?.revision, wanted);
  await repository.rewrite({ files: { 'a.yaml': '3' } });
  const after = await refreshed(source);
  assert.equal(after.snapshot?.revision, wanted);
  assert.equal(after.problem, null);
});

test('a commit that nobody has is told as missing', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  const { source } = startGitSource(place, { url: repository.url, ref: 'c0ffee'.padEnd(40, '0') });
  const { problem, snapshot } = await source.read(never);
  assert.equal(problem?.reason, 'GitRefMissing');
  assert.equal(snapshot, null);
});

test('rewritten history is just another revision', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1', 'b.yaml': '1' } });
  const { source } = startGitSource(place, { url: repository.url });
  await source.read(never);
  const rewritten = await repository.rewrite({ files: { 'a.yaml': '2' } });
  const after = await refreshed(source);
  assert.equal(after.snapshot?.revision, rewritten);
  assert.deepEqual(textsOf(after.snapshot), { 'a.yaml': '2' });
  assert.equal(after.problem, null);
});

test('going back to an earlier commit is a revision too', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const one = await repository.commit({ files: { 'a.yaml': '1' } });
  await repository.commit({ files: { 'a.yaml': '2' } });
  const { source } = startGitSource(place, { url: repository.url });
  await source.read(never);
  await repository.point('refs/heads/main', one);
  assert.deepEqual(textsOf((await refreshed(source)).snapshot), { 'a.yaml': '1' });
});

test('a sub-directory is the root, and only it is written', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const files = { 'hosts/nas/a.yaml': '1', 'hosts/nas/web/index.html': 'hi', 'hosts/pi/b.yaml': '2' };
  const commit = await repository.commit({ files });
  const { source, dataDirectory } = startGitSource(place, { url: repository.url, path: './hosts/nas/' });
  const { snapshot } = await source.read(never);
  assert.deepEqual(textsOf(snapshot), { 'a.yaml': '1' });
  assert.equal(snapshot?.root, `${dataDirectory}/sources/home/checkouts/${commit}/hosts/nas`);
  assert.deepEqual(await readdir(`${dataDirectory}/sources/home/checkouts/${commit}/hosts`), ['nas']);
});

test('a sub-directory that a commit removes keeps the last good one, until it is back', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const good = await repository.commit({ files: { 'forge.d/a.yaml': '1', 'README.md': '' } });
  const { source } = startGitSource(place, { url: repository.url, path: 'forge.d' });
  await source.read(never);
  const bad = await repository.commit({ files: { 'forge.d/a.yaml': null } });
  const { problem, snapshot } = await refreshed(source);
  assert.equal(snapshot?.revision, good);
  assert.deepEqual(sentencesOf(problem), [
    'GitPathMissing',
    `There is no folder forge.d in commit ${bad.slice(0, 7)}.`,
    `Everything runs as of ${good.slice(0, 7)} and is still healed.`,
    'Correct `path` of the source, or commit the folder.',
    '-',
  ]);
  const again = await repository.commit({ files: { 'forge.d/a.yaml': '2' } });
  const after = await refreshed(source);
  assert.equal(after.snapshot?.revision, again);
  assert.equal(after.problem, null);
});

test('a commit without any file is an empty snapshot, not a problem', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: {} });
  const { snapshot, problem } = await startGitSource(place, { url: repository.url }).source.read(never);
  assert.deepEqual(snapshot?.files, []);
  assert.equal(problem, null);
});

test('two sources over one repository have their own revisions', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const main = await repository.commit({ files: { 'a.yaml': '1' } });
  const next = await repository.commit({ files: { 'a.yaml': '2' }, branch: 'next' });
  const one = startGitSource(place, { url: repository.url, name: 'one' });
  const two = startGitSource(place, { url: repository.url, name: 'two', ref: 'next' });
  const [a, b] = await Promise.all([one.source.read(never), two.source.read(never)]);
  assert.equal(a.snapshot?.revision, main);
  assert.equal(b.snapshot?.revision, next);
});

test('another ref or address under the same name starts anew', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const other = await createRepository({ folder: place.path, name: 'other' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  const there = await other.commit({ files: { 'b.yaml': '2' } });
  await startGitSource(place, { url: repository.url }).source.read(never);
  const { snapshot } = await startGitSource(place, { url: other.url }).source.read(never);
  assert.equal(snapshot?.revision, there);
  assert.deepEqual(textsOf(snapshot), { 'b.yaml': '2' });
});
