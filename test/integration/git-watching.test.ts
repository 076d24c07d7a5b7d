// A watched repository: pushes are seen by polling and by a nudge, changes of its state are told once.
import assert from 'node:assert/strict';
import { chown, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { createFakeClock } from '../support/fake-clock.ts';
import { never, startGitSource } from '../support/git-source-rig.ts';
import { createRepository } from '../support/real/git.ts';
import { serveGitOverHttp } from '../support/real/git-http.ts';
import { makePlace } from '../support/real/place.ts';
import { until } from '../support/real/until.ts';

test('a push is seen by the poll, and told with its commit; a quiet poll tells nothing', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  await using host = await serveGitOverHttp({ folder: place.path });
  const clock = createFakeClock();
  const { source } = startGitSource(place, { url: host.urlOf('home'), clock });
  await source.read(never);
  const told: string[] = [];
  const stop = source.watch((why) => told.push(why));
  await until({ what: 'the first look to end', look: () => clock.sleeping() === 1 });
  assert.deepEqual(told, []);

  const commit = await repository.commit({ files: { 'a.yaml': '2' } });
  await clock.advance(60_000);
  await until({ what: 'the push to be told', look: () => told.length > 0 });
  assert.deepEqual(told, [`commit ${commit.slice(0, 7)} on main`]);

  host.setMood('refuse');
  for (const delayMs of [60_000, 60_000, 120_000]) {
    const asked = host.requests.length;
    await until({ what: 'the look to end', look: () => clock.sleeping() === 1 });
    await clock.advance(delayMs - 1);
    assert.equal(host.requests.length, asked, `not before ${delayMs} ms`);
    await clock.advance(1);
    await until({ what: 'the next look', look: () => host.requests.length > asked });
  }
  await until({ what: 'the look to end', look: () => clock.sleeping() === 1 });
  assert.deepEqual(told.slice(1), ['GitAway'], 'told once');
  assert.equal((await source.read(never)).problem?.next, 'Tried again in 240 s.');

  host.setMood('serve');
  await source.refresh(never);
  assert.deepEqual(told.slice(2), ['source is back']);
  await stop();
  const asked = host.requests.length;
  await clock.advance(3_600_000);
  assert.equal(host.requests.length, asked, 'nothing after the stop');
});

test('many nudges at once are two looks at most', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  await using host = await serveGitOverHttp({ folder: place.path });
  const { source } = startGitSource(place, { url: host.urlOf('home') });
  await source.read(never);
  const asked = host.requests.length;
  await Promise.all(Array.from({ length: 200 }, () => source.refresh(never)));
  // Three for each: what is there, which refs, and that nothing of it is new.
  assert.ok(host.requests.length - asked <= 6, `${host.requests.length - asked} requests for 200 nudges`);
});

test('what is told to be new is fetched without asking first, by the name that it had', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  await using host = await serveGitOverHttp({ folder: place.path });
  const { source } = startGitSource(place, { url: host.urlOf('home') });
  await source.read(never);
  const asked = host.requests.length;
  const commit = await repository.commit({ files: { 'a.yaml': '2' } });
  await source.refresh(never);
  assert.equal((await source.read(never)).snapshot?.revision, commit);
  // To ask first is two more.
  assert.equal(host.requests.length - asked, 3);

  const shown = (await source.read(never)).snapshot;
  await source.refresh(never);
  assert.equal((await source.read(never)).snapshot, shown, 'nothing new is the same snapshot');
});

test('a branch that became a tag is found by its new name', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  const commit = await repository.commit({ files: { 'a.yaml': '2' }, branch: 'next' });
  const { source } = startGitSource(place, { url: repository.url, ref: 'next' });
  assert.equal((await source.read(never)).snapshot?.revision, commit);
  await repository.git('update-ref', 'refs/tags/next', commit);
  await repository.git('update-ref', '-d', 'refs/heads/next');
  await source.refresh(never);
  const { snapshot, problem } = await source.read(never);
  assert.equal(problem, null);
  assert.equal(snapshot?.revision, commit);
});

test('a push during a look is seen by the nudge that follows it', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  await repository.commit({ files: { 'a.yaml': '1' } });
  const { source } = startGitSource(place, { url: repository.url });
  await source.read(never);
  const early = source.refresh(never);
  const commit = await repository.commit({ files: { 'a.yaml': '2' } });
  await source.refresh(never);
  assert.equal((await source.read(never)).snapshot?.revision, commit);
  await early;
});

test('a repository that another user owns is read, for its exact path is named', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const commit = await repository.commit({ files: { 'a.yaml': '1' } });
  await chown(repository.directory, 12345, 12345);
  for (const name of await readdir(repository.directory, { recursive: true })) {
    await chown(`${repository.directory}/${name}`, 12345, 12345);
  }
  const { snapshot, problem } = await startGitSource(place, { url: repository.directory }).source.read(never);
  assert.equal(problem, null);
  assert.equal(snapshot?.revision, commit);
});

test('a mirror does not grow without end', async () => {
  await using place = await makePlace('git');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const { source, dataDirectory } = startGitSource(place, { url: repository.url });
  const sizes: number[] = [];
  for (let round = 0; round < 14; round += 1) {
    await repository.commit({ files: { 'a.yaml': `${round}` } });
    await source.refresh(never);
    sizes.push(
      (await readdir(`${dataDirectory}/sources/home/mirror.git/objects`, { recursive: true })).length,
    );
  }
  assert.ok(Math.max(...sizes) < 30, sizes.join(' '));
  const { problem, snapshot } = await source.read(never);
  assert.equal(problem, null);
  assert.equal(snapshot?.files[0]?.text, '13');
});
