// A watched directory: what people and editors do to manifests is told once, what databases do beside them never.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { appendFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createDirectorySource } from '../../src/adapters/directory/directory-source.ts';
import type { Source } from '../../src/ports/source.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { makePlace, type Place } from '../support/real/place.ts';
import { until } from '../support/real/until.ts';

const never = new AbortController().signal;

interface Rig {
  place: Place;
  source: Source;
  told: string[];
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Does something, and gives what was told of it; a file that is always told marks the end. */
  toldOf(work: () => Promise<unknown>): Promise<string[]>;
  /** Folders that the process has inotify watches on, from the root. */
  watched(...candidates: string[]): string[];
}

async function start(t: TestContext, files: Readonly<Record<string, string>>): Promise<Rig> {
  const place = await makePlace('directory');
  const root = place.at('root');
  const write = async (changes: Readonly<Record<string, string>>) => {
    for (const [path, content] of Object.entries(changes)) {
      await mkdir(dirname(`${root}/${path}`), { recursive: true });
      await writeFile(`${root}/${path}`, content);
    }
  };
  await write(files);
  const source = createDirectorySource({
    config: { type: 'directory', name: 'home', directory: root, writeBack: 'commit', variables: {} },
    clock: createSystemClock(),
    log: createMemoryLog(),
  });
  await source.read(never);
  const told: string[] = [];
  const stop = source.watch((why) => told.push(why));
  t.after(async () => {
    await stop();
    await place.remove();
  });
  const watched = (...candidates: string[]) => {
    const inodes = watchedInodes();
    return candidates.filter((path) => inodes.has(statSync(`${root}/${path}`).ino));
  };
  await until({ what: 'the root to be watched', look: () => watched('').length === 1 });
  let marks = 0;
  const toldOf = async (work: () => Promise<unknown>) => {
    const from = told.length;
    await work();
    // Events keep their order within a folder; the mark is alone in a later burst only if the work was told before.
    await until({
      what: 'the mark to be told',
      look: async () => {
        marks += 1;
        await write({ [`mark-${marks}.yaml`]: '' });
        return await until({
          what: 'a mark',
          timeoutMs: 400,
          look: () => told.slice(from).some((why) => why.includes('mark-')),
        }).catch(() => undefined);
      },
    });
    // Of a burst the first path is named; the mark was written last.
    const named = told.slice(from).map((why) => why.replace(/(?: and \d+ more)? changed$/, ''));
    return named.filter((path) => !path.startsWith('mark-'));
  };
  return { place, source, told, write, toldOf, watched };
}

function watchedInodes(): Set<number> {
  const inodes = new Set<number>();
  for (const name of readdirSync('/proc/self/fdinfo')) {
    let text = '';
    try {
      text = readFileSync(`/proc/self/fdinfo/${name}`, 'utf8');
    } catch {
      // Closed meanwhile.
    }
    for (const [, inode = ''] of text.matchAll(/inotify wd:\S+ ino:(\S+)/g))
      inodes.add(Number.parseInt(inode, 16));
  }
  return inodes;
}

test('each way of saving a manifest is told', async (t) => {
  const { place, source, told, write } = await start(t, { 'shop.yaml': '1', 'media/immich.yaml': '1' });
  const at = (path: string) => place.at('root', path);
  const ways: Record<string, [work: () => Promise<unknown>, expected: RegExp]> = {
    'in place': [() => write({ 'shop.yaml': '2' }), /^shop\.yaml changed$/],
    'truncated and written': [
      async () => {
        const file = await open(at('shop.yaml'), 'w');
        await file.write('3');
        await file.write('4');
        await file.close();
      },
      /^shop\.yaml changed$/,
    ],
    'temporary file and rename': [
      async () => {
        await write({ '.shop.yaml.swp': '5' });
        await rename(at('.shop.yaml.swp'), at('shop.yaml'));
      },
      /^shop\.yaml changed$/,
    ],
    'backup, then a new file': [
      async () => {
        await rename(at('shop.yaml'), at('shop.yaml~'));
        await write({ 'shop.yaml': '6' });
      },
      /^shop\.yaml changed$/,
    ],
    'in place again': [() => write({ 'shop.yaml': '7' }), /^shop\.yaml changed$/],
    'in a folder': [() => write({ 'media/immich.yaml': '2' }), /^media\/immich\.yaml changed$/],
    'a new one': [() => write({ 'wiki.yml': '1' }), /^wiki\.yml changed$/],
    'a folder with one': [() => write({ 'new/app/app.yaml': '1' }), /^new.* changed$|watching began/],
    removed: [() => rm(at('wiki.yml')), /^wiki\.yml changed$/],
  };
  for (const [way, [work, expected]] of Object.entries(ways)) {
    const from = told.length;
    await work();
    await until({
      what: `"${way}" to be told`,
      look: () => told.slice(from).some((why) => expected.test(why)),
    });
    await source.read(never);
    await until({ what: 'quiet', look: () => quiet(told) });
  }
});

test('a manifest in a folder that was made before it is told', async (t) => {
  const { source, told, write, place, watched } = await start(t, { 'shop.yaml': '1' });
  await mkdir(place.at('root/new/app'), { recursive: true });
  await until({ what: 'the folder to be told', look: () => told.length > 0 });
  await source.read(never);
  await until({ what: 'it to be watched', look: () => watched('new/app').length === 1 });
  const from = told.length;
  await write({ 'new/app/app.yaml': '1' });
  await until({
    what: 'the manifest to be told',
    look: () => told.slice(from).some((why) => why.includes('app.yaml')),
  });
});

test('databases beside manifests are not watched and not told', async (t) => {
  const rig = await start(t, {
    'stacks/shop/compose.yaml': 'services: {}',
    'stacks/shop/data/PG_VERSION': '16',
    'stacks/shop/data/base/1/1249': 'x',
    'stacks/shop/app.db': 'x',
    'stacks/shop/conf/app.ini': 'a=1',
  });
  const folders = [
    '',
    'stacks',
    'stacks/shop',
    'stacks/shop/data',
    'stacks/shop/data/base',
    'stacks/shop/data/base/1',
  ];
  assert.deepEqual(rig.watched(...folders), ['', 'stacks', 'stacks/shop']);
  const told = await rig.toldOf(async () => {
    for (let index = 0; index < 50; index += 1) {
      await appendFile(rig.place.at('root/stacks/shop/app.db'), 'more');
      await rig.write({ [`stacks/shop/data/base/1/${index}`]: 'x', 'stacks/shop/app.db-wal': `${index}` });
    }
    await rm(rig.place.at('root/stacks/shop/app.db-wal'));
  });
  // On a busy machine the first reading after the start may fall into this time; it tells nothing of the databases.
  const ofDatabases = told.filter((why) => why !== 'found changed when its watching began');
  assert.deepEqual(ofDatabases, []);
});

test('referenced files and folders are told, their neighbours are not', async (t) => {
  const rig = await start(t, {
    'shop.yaml': '1',
    'conf/app.ini': 'a=1',
    'conf/other.ini': 'b=1',
    'web/index.html': 'hi',
    'web/_astro/site.css': 'x',
  });
  assert.deepEqual(rig.watched('conf', 'web', 'web/_astro'), []);
  rig.source.setReferenced(['conf/app.ini', 'web', '../outside', '/etc/passwd']);
  await until({
    what: 'them to be watched',
    look: () => rig.watched('conf', 'web', 'web/_astro').length === 3,
  });
  assert.deepEqual(await rig.toldOf(() => rig.write({ 'conf/app.ini': 'a=2' })), ['conf/app.ini']);
  assert.deepEqual(await rig.toldOf(() => rig.write({ 'conf/other.ini': 'b=2' })), []);
  assert.deepEqual(await rig.toldOf(() => rig.write({ 'web/_astro/site.css': 'y' })), [
    'web/_astro/site.css',
  ]);
  rig.source.setReferenced([]);
  await until({
    what: 'them to be let go',
    look: () => rig.watched('conf', 'web', 'web/_astro').length === 0,
  });
});

test('a burst of a hundred files is few calls', async (t) => {
  const { told, write } = await start(t, { 'shop.yaml': '1' });
  const startedMs = performance.now();
  for (let index = 0; index < 100; index += 1) await write({ [`f${index}.yaml`]: `${index}` });
  await until({
    what: 'the burst to be told',
    look: () => told.some((why) => / and \d+ more changed$/.test(why)),
  });
  await until({ what: 'quiet', look: () => quiet(told) });
  const tookS = (performance.now() - startedMs) / 1000;
  assert.ok(told.length <= 3 + tookS, `${told.length} calls in ${tookS} s: ${told.join('; ')}`);
});

test('a root that goes away and comes back is watched again', async (t) => {
  const { place, source, told, write } = await start(t, { 'shop.yaml': '1' });
  await rename(place.at('root'), place.at('away'));
  await until({ what: 'its going to be told', look: () => told.length > 0 });
  assert.equal((await source.read(never)).problem?.reason, 'SourceAway');
  const from = told.length;
  await rename(place.at('away'), place.at('root'));
  await until({ what: 'its coming back to be told', look: () => told.length > from });
  assert.equal((await source.read(never)).problem, null);
  await until({
    what: 'a change in it to be told',
    look: async () => {
      await write({ 'shop.yaml': String(performance.now()) });
      return told.some((why) => why === 'shop.yaml changed');
    },
    everyMs: 200,
  });
});

test('after the stop no watch is left', async (t) => {
  const place = await makePlace('directory');
  t.after(() => place.remove());
  await mkdir(place.at('root/sub'), { recursive: true });
  await writeFile(place.at('root/sub/a.yaml'), '1');
  const source = createDirectorySource({
    config: {
      type: 'directory',
      name: 'home',
      directory: place.at('root'),
      writeBack: 'commit',
      variables: {},
    },
    clock: createSystemClock(),
    log: createMemoryLog(),
  });
  const inodes = ['root', 'root/sub'].map((path) => statSync(place.at(path)).ino);
  const stop = source.watch(() => undefined);
  await until({ what: 'watches', look: () => inodes.every((inode) => watchedInodes().has(inode)) });
  await stop();
  assert.deepEqual(
    inodes.filter((inode) => watchedInodes().has(inode)),
    [],
  );
  // Stopped before it had begun.
  await source.watch(() => undefined)();
  assert.deepEqual(
    inodes.filter((inode) => watchedInodes().has(inode)),
    [],
  );
});

/** True once nothing more was told for 300 ms. */
async function quiet(told: readonly string[]): Promise<boolean> {
  const before = told.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  return told.length === before;
}
