// A kill between any two steps of the git source, and what it leaves on disk, is mended by the next start.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gitConfig, never, refreshed, startGitSource, textsOf } from '../support/git-source-rig.ts';
import { createRepository, type RealRepository } from '../support/real/git.ts';
import { makePlace, type Place } from '../support/real/place.ts';
import { until } from '../support/real/until.ts';

const childFile = new URL('../support/git-source-child.ts', import.meta.url).pathname;

// locate, init, fetch; where there is a history, without the init. The one that waits for questions meanwhile is apart.
const ofFiles = { what: 'files alone', files: {}, calls: { first: 3, later: 2 } };
// What is no plain file is git's to write: ls-tree, update-index and checkout-index at the end.
const withLink = {
  what: 'a link',
  files: { 'site/link': { linkTo: 'index.html' } },
  calls: { first: 6, later: 5 },
};

for (const [when, tree] of [
  ['during', ofFiles],
  ['after', ofFiles],
  ['during', withLink],
] as const) {
  test(`killed ${when} any of its git calls for a tree with ${tree.what}, it begins again and nothing is left over`, async () => {
    await using place = await makePlace('git');
    const repository = await createRepository({ folder: place.path, name: 'home' });
    for (const fetch of ['first', 'later'] as const)
      for (const call of callsOf(tree.calls[fetch], when)) {
        if (fetch === 'first') await rm(place.at('data'), { recursive: true, force: true });
        const before = await lastGood(place, repository);
        const text = `${when} ${fetch} ${call}`;
        const commit = await repository.commit({
          files: { 'a.yaml': text, 'site/index.html': text.repeat(5_000), ...tree.files },
        });
        assert.equal(await runKilled(place, repository, { call, when }), 'SIGKILL', text);

        const { source } = startGitSource(place, { url: repository.url });
        const { snapshot } = await source.read(never);
        assert.ok(
          snapshot?.revision === commit || snapshot?.revision === before,
          `whole: ${snapshot?.revision}`,
        );
        const after = await refreshed(source);
        assert.equal(after.problem, null);
        assert.equal(after.snapshot?.revision, commit);
        assert.deepEqual(textsOf(after.snapshot), { 'a.yaml': text });
        assert.equal(await readFile(`${after.snapshot?.root}/site/index.html`, 'utf8'), text.repeat(5_000));
        await assertNothingLeft(place, [commit, before]);
      }
    // And there is no further call.
    const commit = await repository.commit({ files: { 'a.yaml': 'last' } });
    assert.equal(await runKilled(place, repository, { call: tree.calls.later + 1, when }), 0);
    const { source } = startGitSource(place, { url: repository.url });
    assert.equal((await source.read(never)).snapshot?.revision, commit);
  });
}

type Call = number | 'questions';

/** The one that waits for questions is ended by us, so nothing comes after it. */
function callsOf(count: number, when: 'during' | 'after'): Call[] {
  const numbered = Array.from({ length: count }, (_, index) => index + 1);
  return when === 'during' ? [...numbered, 'questions'] : numbered;
}

test('what a power failure may leave is not taken for a checkout', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const commit = await repository.commit({ files: { 'a.yaml': 'whole', 'b.txt': 'whole' } });
  const { source } = startGitSource(place, { url: repository.url });
  const { snapshot } = await source.read(never);
  const marker = JSON.parse(await readFile(place.at('data/sources/home/current'), 'utf8'));
  await writeFile(
    place.at('data/sources/home/current'),
    JSON.stringify({ ...marker, boot: 'an earlier one' }),
  );
  await truncate(`${snapshot?.root}/a.yaml`, 0);
  await truncate(`${snapshot?.root}/b.txt`, 2);
  await rm(repository.directory, { recursive: true });

  const again = await startGitSource(place, { url: repository.url }).source.read(never);
  assert.equal(again.snapshot?.revision, commit, 'made again from the mirror, with the host away');
  assert.deepEqual(textsOf(again.snapshot), { 'a.yaml': 'whole' });
  assert.equal(await readFile(`${again.snapshot?.root}/b.txt`, 'utf8'), 'whole');
});

test('a commit whose marker cannot be written is shown all the same, not thrown away, and kept once that is possible', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const first = await repository.commit({ files: { 'a.yaml': '1' } });
  const { source } = startGitSource(place, { url: repository.url });
  await source.read(never);
  const home = place.at('data/sources/home');
  await rename(join(home, 'current'), join(home, 'aside'));
  await mkdir(join(home, 'current', 'in-the-way'), { recursive: true });
  const second = await repository.commit({ files: { 'a.yaml': '2' } });
  for (let looks = 0; looks < 2; looks += 1) {
    const { problem, snapshot } = await refreshed(source);
    assert.notEqual(problem, null);
    assert.equal(snapshot?.revision, second);
    assert.deepEqual(textsOf(snapshot), { 'a.yaml': '2' });
    assert.equal(await readFile(`${snapshot?.root}/a.yaml`, 'utf8'), '2');
  }
  await rm(join(home, 'current'), { recursive: true });
  await rename(join(home, 'aside'), join(home, 'current'));
  assert.equal((await refreshed(source)).problem, null);
  await assertNothingLeft(place, [first, second]);
  await rm(repository.directory, { recursive: true });
  const later = await startGitSource(place, { url: repository.url }).source.read(never);
  assert.equal(later.snapshot?.revision, second, 'and a later process begins with it');
});

test('leftovers of dead processes do not stand in the way', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const first = await repository.commit({ files: { 'a.yaml': '1' } });
  await startGitSource(place, { url: repository.url }).source.read(never);
  const home = place.at('data/sources/home');
  const dead = '1.0.dead';
  await writeFile(join(home, 'lock'), dead);
  await writeFile(join(home, '.current-1'), '{"half":');
  await mkdir(join(home, 'checkouts', `.tmp-${dead}-00`, 'tree'), { recursive: true });
  await mkdir(join(home, 'checkouts', 'f'.repeat(40)));
  await mkdir(join(home, 'mirror.git.new-abc'));
  for (const lock of ['shallow.lock', 'packed-refs.lock', 'config.lock', 'refs/tinyforge/wanted.lock']) {
    await writeFile(join(home, 'mirror.git', lock), '');
  }
  await writeFile(join(home, 'mirror.git/objects/pack/tmp_pack_x'), 'half').catch(() => undefined);
  await mkdir(`/dev/shm/tinyforge-git-${dead}-000000000000`);
  await writeFile(`/dev/shm/tinyforge-git-${dead}-000000000000/key`, 'left behind');

  const second = await repository.commit({ files: { 'a.yaml': '2' } });
  const { problem, snapshot } = await refreshed(startGitSource(place, { url: repository.url }).source);
  assert.equal(problem, null);
  assert.equal(snapshot?.revision, second);
  await assertNothingLeft(place, [first, second]);
});

test('an empty lock, as of a process killed while it made it, is taken over once it is old', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  await mkdir(place.at('data/sources/home'), { recursive: true });
  const lock = place.at('data/sources/home/lock');
  await writeFile(lock, '');
  await utimes(lock, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
  assert.equal((await startGitSource(place, { url: repository.url }).source.read(never)).problem, null);
});

test('the lock of a living process is waited for', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const commit = await repository.commit({ files: { 'a.yaml': '1' } });
  const sources = [1, 2, 3].map(() => startGitSource(place, { url: repository.url }).source);
  const readings = await Promise.all(sources.map((source) => source.read(never)));
  assert.deepEqual(
    readings.map(({ snapshot, problem }) => [snapshot?.revision, problem]),
    [
      [commit, null],
      [commit, null],
      [commit, null],
    ],
  );
  await assertNothingLeft(place, [commit]);
});

test('a damaged or missing mirror, checkout or marker is made again', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '0' } });
  const { source } = startGitSource(place, { url: repository.url });
  await source.read(never);
  const home = place.at('data/sources/home');
  const damages: Record<string, () => Promise<unknown>> = {
    'objects cut': async () => {
      const entries = await readdir(join(home, 'mirror.git/objects'), {
        recursive: true,
        withFileTypes: true,
      });
      for (const entry of entries) {
        if (!entry.isFile()) continue;
        await chmod(join(entry.parentPath, entry.name), 0o600);
        await truncate(join(entry.parentPath, entry.name), 0);
      }
    },
    'objects gone': () => rm(join(home, 'mirror.git/objects'), { recursive: true }),
    'mirror gone': () => rm(join(home, 'mirror.git'), { recursive: true }),
    'HEAD gone': () => rm(join(home, 'mirror.git/HEAD')),
    'config broken': () => appendFile(join(home, 'mirror.git/config'), '[core\n'),
    'refs broken': () => writeFile(join(home, 'mirror.git/refs/tinyforge/wanted'), 'nonsense'),
    'checkouts gone': () => rm(join(home, 'checkouts'), { recursive: true }),
    'marker broken': () => writeFile(join(home, 'current'), '{"revision":'),
    'all gone': () => rm(home, { recursive: true }),
  };
  for (const [damage, cause] of Object.entries(damages)) {
    await cause();
    const same = await refreshed(source);
    assert.equal(same.problem, null, damage);
    assert.equal((await readFile(`${same.snapshot?.root}/a.yaml`, 'utf8')).length > 0, true, damage);
    await cause().catch(() => undefined);
    const commit = await repository.commit({ files: { 'a.yaml': damage } });
    const { problem, snapshot } = await refreshed(source);
    assert.equal(problem, null, damage);
    assert.equal(snapshot?.revision, commit, damage);
    assert.equal(await readFile(`${snapshot?.root}/a.yaml`, 'utf8'), damage);
  }
});

/** A `git` first on the PATH that kills its parent at its n-th call, or at the one that waits for questions. */
async function runKilled(
  place: Place,
  repository: RealRepository,
  { call, when }: { call: Call; when: 'during' | 'after' },
): Promise<NodeJS.Signals | number | null> {
  await mkdir(place.at('bin'), { recursive: true });
  const realGit = (process.env.PATH ?? '').split(':').map((folder) => join(folder, 'git'));
  const steps = {
    during: '"$real" "$@" & kill -9 $PPID; wait; exit 1',
    after: '"$real" "$@"; kill -9 $PPID; exit 1',
  };
  const script = [
    '#!/bin/sh',
    `for real in ${realGit.join(' ')}; do [ -x "$real" ] && break; done`,
    // It is started beside the fetch: counted with the others, now one of the two would be the third, now the other.
    'case " $* " in *" cat-file "*) n=questions ;; *) n=1 ;; esac',
    `[ $n = questions ] || while ! mkdir '${place.at('calls')}'/$n 2>/dev/null; do n=$((n + 1)); done`,
    `[ $n = ${call} ] && { ${steps[when]}; }`,
    'exec "$real" "$@"',
  ];
  await rm(place.at('calls'), { recursive: true, force: true });
  await mkdir(place.at('calls'));
  await writeFile(place.at('bin/git'), script.join('\n'));
  await chmod(place.at('bin/git'), 0o755);
  const child = spawn(
    process.execPath,
    [childFile, JSON.stringify(gitConfig({ url: repository.url })), place.at('data')],
    { env: { ...process.env, PATH: `${place.at('bin')}:${process.env.PATH}` }, stdio: 'inherit' },
  );
  return await new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
}

async function lastGood(place: Place, repository: RealRepository): Promise<string | undefined> {
  const names = await readdir(place.at('data')).catch(() => []);
  if (names.length === 0) return undefined;
  return (
    (await startGitSource(place, { url: repository.url }).source.read(never)).snapshot?.revision ?? undefined
  );
}

async function assertNothingLeft(place: Place, commits: readonly (string | undefined)[]): Promise<void> {
  const home = place.at('data/sources/home');
  assert.deepEqual((await readdir(home)).sort(), ['checkouts', 'current', 'mirror.git']);
  for (const name of await readdir(join(home, 'checkouts'))) assert.ok(commits.includes(name), name);
  const mirror = await readdir(join(home, 'mirror.git'), { recursive: true });
  assert.deepEqual(
    mirror.filter((name) => name.endsWith('.lock') || name.includes('tmp_')),
    [],
  );
  const scratch = (await readdir('/dev/shm')).filter((name) => name.startsWith('tinyforge-git-'));
  for (const name of scratch) {
    const pid = Number(/^tinyforge-git-(\d+)\./.exec(name)?.[1]);
    assert.doesNotThrow(() => process.kill(pid, 0), `${name} belongs to nobody`);
  }
  await until({ what: 'git children to end', look: async () => (await gitChildrenOf(place.path)) === 0 });
}

async function gitChildrenOf(path: string): Promise<number> {
  let count = 0;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes('git') && line.includes(path)) count += 1;
  }
  return count;
}
