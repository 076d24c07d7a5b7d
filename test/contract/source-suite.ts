// What every source promises, whatever it is made of: run on the fake, on a real directory and on a real repository.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SourceSnapshot } from '../../src/model/source.ts';
import type { Source } from '../../src/ports/source.ts';
import { until } from '../support/real/until.ts';

export interface SourceUnderTest extends AsyncDisposable {
  source: Source;
  /** Changes files at the place; null removes one. */
  change(files: Readonly<Record<string, string | Buffer | null>>): Promise<void>;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** Makes another source over the same place, as after a restart. */
  restart(): Source;
}

const never = new AbortController().signal;

export function sourceSuite(name: string, make: () => Promise<SourceUnderTest>): void {
  const check = (what: string, work: (place: SourceUnderTest) => Promise<void>) =>
    test(`${name}: ${what}`, async () => {
      await using place = await make();
      await work(place);
    });

  check('gives its files in order of path, with their text', async ({ source, change }) => {
    await change({ 'b.yaml': 'two', 'a/c.yml': 'three', 'a.json': '{}' });
    const { snapshot, problem, fetchedMs } = await source.read(never);
    assert.equal(problem, null);
    assert.ok(fetchedMs !== null && fetchedMs > 0);
    assert.equal(snapshot?.source, source.name);
    assert.equal(snapshot?.type, source.type);
    assert.equal(snapshot?.revision === null, source.type === 'directory');
    assert.equal(snapshot?.commit === null, source.type === 'directory');
    assert.deepEqual(
      snapshot?.files.map(({ path, text, refused }) => [path, text, refused]),
      [
        ['a.json', '{}', null],
        ['a/c.yml', 'three', null],
        ['b.yaml', 'two', null],
      ],
    );
  });

  check('gives the same object for what is unchanged', async ({ source, change }) => {
    await change({ 'a.yaml': '1', 'b.yaml': '1' });
    const first = await source.read(never);
    assert.equal((await source.read(never)).snapshot, first.snapshot);
    await source.refresh(never);
    assert.equal((await source.read(never)).snapshot, first.snapshot);
    await change({ 'b.yaml': '2' });
    await source.refresh(never);
    const second = await source.read(never);
    assert.notEqual(second.snapshot, first.snapshot);
    assert.equal(fileOf(second.snapshot, 'a.yaml'), fileOf(first.snapshot, 'a.yaml'));
    assert.notEqual(fileOf(second.snapshot, 'b.yaml').stamp, fileOf(first.snapshot, 'b.yaml').stamp);
    assert.deepEqual(texts(first.snapshot), ['1', '1'], 'an old snapshot stays as it was');
  });

  check('gives equal stamps for equal content', async ({ source, change }) => {
    await change({ 'a.yaml': '1' });
    const first = fileOf((await source.read(never)).snapshot, 'a.yaml').stamp;
    await change({ 'a.yaml': '2' });
    await source.refresh(never);
    const second = fileOf((await source.read(never)).snapshot, 'a.yaml').stamp;
    await change({ 'a.yaml': '1' });
    await source.refresh(never);
    assert.notEqual(second, first);
    assert.equal(fileOf((await source.read(never)).snapshot, 'a.yaml').stamp, first);
  });

  check('refuses a file and goes on with the others', async ({ source, change }) => {
    await change({ 'bad.yaml': Buffer.from([0xff, 0x00]), 'good.yaml': 'kind: x' });
    const { snapshot, problem } = await source.read(never);
    assert.equal(problem, null);
    const bad = fileOf(snapshot, 'bad.yaml');
    assert.equal(bad.text, null);
    assert.ok(bad.refused?.message.includes('bad.yaml') && bad.refused.hint !== '');
    assert.equal(fileOf(snapshot, 'good.yaml').text, 'kind: x');
  });

  check('keeps the last good snapshot while the place is away, and says why', async (place) => {
    const { source, change, goAway, comeBack } = place;
    await change({ 'a.yaml': '1' });
    const good = await source.read(never);
    await goAway();
    await source.refresh(never);
    const away = await source.read(never);
    assert.equal(away.snapshot, good.snapshot);
    assert.equal(away.fetchedMs, good.fetchedMs);
    assert.equal(away.problem?.source, source.name);
    assert.equal(away.problem?.severity, 'error');
    for (const part of [away.problem?.message, away.problem?.effect, away.problem?.hint]) {
      assert.ok(part !== null && part !== undefined && part.length > 5);
    }
    await comeBack();
    await source.refresh(never);
    const back = await source.read(never);
    assert.equal(back.problem, null);
    assert.equal(back.snapshot, good.snapshot);
  });

  check('away from the start, has no snapshot and a problem, and recovers', async (place) => {
    const { source, change, goAway, comeBack } = place;
    await change({ 'a.yaml': '1' });
    await goAway();
    const away = await source.read(never);
    assert.equal(away.snapshot, null);
    assert.equal(away.fetchedMs, null);
    assert.notEqual(away.problem, null);
    await comeBack();
    await source.refresh(never);
    assert.deepEqual(texts((await source.read(never)).snapshot), ['1']);
  });

  check('empty but readable is an empty snapshot, not a problem', async ({ source, change }) => {
    await change({ 'a.yaml': '1' });
    await source.read(never);
    await change({ 'a.yaml': null });
    await source.refresh(never);
    const { snapshot, problem } = await source.read(never);
    assert.deepEqual(snapshot?.files, []);
    assert.equal(problem, null);
  });

  check('tells a watcher of a change, until it is stopped', async ({ source, change }) => {
    await change({ 'a.yaml': '1' });
    await source.read(never);
    const told: string[] = [];
    const stop = source.watch((why) => told.push(why));
    await until({
      what: 'a change to be told',
      everyMs: 200,
      look: async () => {
        await change({ 'a.yaml': String(performance.now()) });
        if (source.type === 'git') await source.refresh(never);
        return told.length > 0;
      },
    });
    assert.ok(told.every((why) => why.length > 3));
    await stop();
    const count = told.length;
    await change({ 'a.yaml': 'after the stop' });
    await source.refresh(never);
    assert.equal(told.length, count);
  });

  check('answers many at once with the same', async ({ source, change }) => {
    await change({ 'a.yaml': '1' });
    const readings = await Promise.all(Array.from({ length: 10 }, () => source.read(never)));
    for (const { snapshot } of readings) assert.equal(snapshot, readings[0]?.snapshot);
    await Promise.all(Array.from({ length: 10 }, () => source.refresh(never)));
  });

  check('rejects only with the reason of an aborted signal', async ({ source, change }) => {
    await change({ 'a.yaml': '1' });
    const aborted = AbortSignal.abort(new Error('enough'));
    await assert.rejects(source.refresh(aborted), /enough/);
    await source.refresh(never);
    assert.deepEqual(texts((await source.read(never)).snapshot), ['1'], 'and works after it');
  });

  check('begins again after a restart', async ({ source, change, restart }) => {
    await change({ 'a.yaml': '1' });
    const before = await source.read(never);
    const after = await restart().read(never);
    assert.deepEqual(after.snapshot, before.snapshot);
  });

  check('shows an address without user info, and takes referenced paths', async ({ source }) => {
    assert.equal(/@/.test(source.address), false);
    assert.equal(source.ref === null, source.type === 'directory');
    source.setReferenced(['conf/app.ini', 'not/there']);
    source.setReferenced([]);
  });
}

function fileOf(snapshot: SourceSnapshot | null, path: string): SourceSnapshot['files'][number] {
  const file = snapshot?.files.find((one) => one.path === path);
  assert.ok(file !== undefined, path);
  return file;
}

function texts(snapshot: SourceSnapshot | null): (string | null)[] {
  return (snapshot?.files ?? []).map((file) => file.text);
}
