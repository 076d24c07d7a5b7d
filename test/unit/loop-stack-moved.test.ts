// A stack whose folder moves, or that comes from git one day: its data goes along, or it is not started without it.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { makeStackPlace } from '../support/compose-place.ts';
import { onEngine } from '../support/fake-compose-containers.ts';
import { createFakeCompose } from '../support/fake-compose-runner.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';
import { rest } from '../support/routed-deploys.ts';

const COMPOSE = `services:
  db: { image: "example/db:1", volumes: ["./data:/data"] }
  web:
    image: example/shop:v1
    volumes: ["files:/files"]
volumes: { files: {} }
`;

interface House extends AsyncDisposable {
  rig: LoopRig;
  /** Of the directory source, of the checkout of the git source, and of the folder that stacks from git run in. */
  home: string;
  checkout: string;
  stable: string;
  put(root: string, files: Readonly<Record<string, string>>): Promise<void>;
  /** The manifest, which is in the one source or in the other. */
  manifest(where: { source: 'home' | 'git'; folder: string; more?: string; name?: string }): void;
  /** Container of each service: `id state`. */
  containers(): Record<string, string>;
  /** Where on the host the running container of a service has its binds. */
  binds(service: string): string[];
  /** Every bind of a running container leads to something that is there. */
  held(): Promise<void>;
  /** What runs has none of our labels, and nothing of it is known. */
  byHand(): void;
  plan(): Promise<{ cause: string | null; actions: string[] }>;
}

async function house(compose = COMPOSE, outcome = 'converged'): Promise<House> {
  const runner = createFakeCompose({ on: onEngine(() => rig.engine.state) });
  const place = await makeStackPlace({
    name: 'shop',
    controller: 'default',
    nowMs: () => rig.clock.nowMs(),
    compose: () => runner,
  });
  const checkout = place.place.at('checkout');
  const rig: LoopRig = createLoopRig({
    stacks: { root: place.root, checkout, open: () => place.restarted(), compose: runner },
  });
  for (const image of ['shop:v1', 'shop:v2', 'db:1', 'db:2']) rig.engine.addImage(`example/${image}`);
  rig.engine.addImage('example/db:bad', { hasHealthcheck: true, health: 'unhealthy' });
  const own = (service: string) =>
    [...rig.engine.state.containers.values()].filter(
      ({ labels }) => labels['com.docker.compose.service'] === service,
    );
  const binds = (service: string): string[] =>
    own(service).flatMap(({ labels }) => {
      const { volumes = [] } = JSON.parse(labels['com.docker.compose.config-hash'] ?? '{}') as {
        volumes?: { type: string; source: string }[];
      };
      return volumes.filter(({ type }) => type === 'bind').map(({ source }) => source);
    });
  const made: House = {
    ...{ rig, home: place.root, checkout, stable: `${place.dataDirectory}/stacks/shop`, binds },
    async put(root, files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), text);
      }
    },
    manifest({ source, folder, more = '', name = 'shop' }) {
      const text = `kind: stack\nname: ${name}\ncompose: ${folder}/compose.yaml\n${more}`;
      const [to, from] = source === 'home' ? [rig.files, rig.guests] : [rig.guests, rig.files];
      from.delete('stack.yaml');
      to.set('stack.yaml', text);
    },
    containers: () =>
      Object.fromEntries(
        ['db', 'web'].flatMap((service) => own(service).map(({ id, state }) => [service, `${id} ${state}`])),
      ),
    async held() {
      for (const service of ['db', 'web']) for (const path of binds(service)) await access(path);
    },
    byHand() {
      const hash = 'com.docker.compose.config-hash';
      for (const container of rig.engine.state.containers.values()) {
        const theirs = Object.entries(container.labels).filter(([label]) => !label.startsWith('tinyforge.'));
        const { labels: _, ...service } = JSON.parse(container.labels[hash] ?? '{}') as { labels?: unknown };
        container.labels = { ...Object.fromEntries(theirs), [hash]: JSON.stringify(service) };
      }
      rig.control.forget('shop');
      for (const { number } of rig.control.revisions('shop')) rig.control.dropRevision('shop', number);
      rmSync(`${place.dataDirectory}/control`, { recursive: true });
      rig.loseIndex();
    },
    async plan() {
      const plan = await rig.loop().look({ prune: 'none', signal: new AbortController().signal });
      const unit = plan.units.find((one) => one.kind === 'stack');
      return {
        cause: unit?.cause?.text ?? null,
        actions: (unit?.actions ?? []).map((action) =>
          action.type === 'composeUp' ? `up ${Object.keys(action.services)}` : action.type,
        ),
      };
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
  await made.put(made.home, { 'app/compose.yaml': compose, 'app/data/db.sqlite': 'rows' });
  // A source that is emptied is taken for one that is not mounted.
  for (const [name, files] of Object.entries({ home: rig.files, guest: rig.guests }))
    files.set('other.yaml', `kind: proxy\nname: other-${name}\nstate: stopped\nforward: http://192.0.2.1\n`);
  made.manifest({ source: 'home', folder: 'app' });
  await rig.settle();
  assert.equal(rig.status('shop').outcome, outcome, rig.status('shop').sentence);
  return made;
}

const HELD = { outcome: 'held', reason: 'DataLeftBehind' };

async function assertHeld(own: House, before: Record<string, string>, told: RegExp): Promise<void> {
  await own.rig.settle();
  const { outcome, reason, sentence, problems } = own.rig.status('shop');
  assert.deepEqual({ outcome, reason }, HELD, sentence);
  assert.match(problems[0]?.message ?? '', told);
  assert.deepEqual(own.containers(), before, 'what runs goes on');
  await own.held();
}

async function assertConverged({ rig, held }: House, when: string): Promise<void> {
  await rig.settle();
  assert.equal(rig.status('shop').outcome, 'converged', `${when}: ${rig.status('shop').sentence}`);
  await held();
  await rest({ rig }, when);
  const writes = rig.store.writes();
  rig.engine.forgetJournal();
  await rig.settle();
  assert.deepEqual([rig.engine.journal(), rig.store.writes()], [[], writes], when);
}

describe('a stack whose folder moves', () => {
  it('with all that lies in it: only what binds of it is made anew, and the plan says why and where', async () => {
    await using own = await house();
    const { rig, home } = own;
    const before = own.containers();
    await mkdir(`${home}/apps`);
    await rename(`${home}/app`, `${home}/apps/shop`);
    own.manifest({ source: 'home', folder: 'apps/shop' });
    assert.deepEqual(await own.plan(), {
      cause: `db changed: its folder moved, ./data is ${home}/apps/shop/data now`,
      actions: ['composeUp', 'awaitServices'].map((type) => (type === 'composeUp' ? 'up db' : type)),
    });
    await assertConverged(own, 'moved');
    assert.deepEqual(own.binds('db'), [`${home}/apps/shop/data`]);
    assert.equal(own.containers().web, before.web);
    assert.notEqual(own.containers().db, before.db);
    assert.equal(rig.status('shop').problems.length, 0);
  });

  it('without its data: it is held and said so, what runs goes on, and the data that follows frees it', async () => {
    await using own = await house();
    const { home } = own;
    const before = own.containers();
    await own.put(home, { 'new/compose.yaml': COMPOSE });
    await rm(`${home}/app/compose.yaml`);
    own.manifest({ source: 'home', folder: 'new' });
    await assertHeld(
      own,
      before,
      new RegExp(`would find nothing at ${home}/new/data: what it has is in ${home}/app/data`),
    );
    await mkdir(`${home}/new/data`);
    await assertHeld(own, before, /would find an empty folder at/);
    await own.put(home, { 'new/data/seed.sql': 'x' });
    await assertHeld(own, before, /would not find db\.sqlite at/);
    await rm(`${home}/new/data`, { recursive: true });
    await rename(`${home}/app/data`, `${home}/new/data`);
    await assertConverged(own, 'with its data');
    assert.deepEqual(own.binds('db'), [`${home}/new/data`]);
  });

  it('and its data to where nobody knows: it is held; an empty folder that somebody makes there is meant', async () => {
    await using own = await house();
    const { home } = own;
    const before = own.containers();
    await own.put(home, { 'new/compose.yaml': COMPOSE });
    await rm(`${home}/app`, { recursive: true });
    own.manifest({ source: 'home', folder: 'new' });
    await own.rig.settle();
    assert.equal(own.rig.status('shop').reason, 'DataLeftBehind');
    assert.deepEqual(own.containers(), before);
    await mkdir(`${home}/new/data`);
    await assertConverged(own, 'begun anew');
  });

  it('while it is held it is healed from where its data is, and can be stopped and started', async () => {
    await using own = await house();
    const { rig, home } = own;
    await own.put(home, { 'new/compose.yaml': COMPOSE });
    own.manifest({ source: 'home', folder: 'new' });
    await rig.settle();
    const [db] = (own.containers().db ?? '').split(' ');
    await rig.engine.runtime().removeContainer(db ?? '');
    await rig.settle();
    assert.deepEqual(own.binds('db'), [`${home}/app/data`]);
    assert.match(own.containers().db ?? '', / running$/);
    own.manifest({ source: 'home', folder: 'new', more: 'state: stopped\n' });
    await rig.settle();
    assert.match(own.containers().db ?? '', / exited$/);
    await rename(`${home}/app/data`, `${home}/new/data`);
    own.manifest({ source: 'home', folder: 'new' });
    await assertConverged(own, 'moved while it was stopped');
    assert.deepEqual(own.binds('db'), [`${home}/new/data`]);
  });

  it('to a version that fails: the one before comes back with its data, where that is now', async () => {
    await using own = await house();
    const { rig, home } = own;
    await rename(`${home}/app`, `${home}/new`);
    const check = '{ image: "example/db:bad", healthcheck: { test: ["CMD", "true"] }, ';
    await own.put(home, { 'new/compose.yaml': COMPOSE.replace('{ image: "example/db:1", ', check) });
    own.manifest({ source: 'home', folder: 'new' });
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'rolled-back', rig.status('shop').sentence);
    assert.deepEqual(own.binds('db'), [`${home}/new/data`]);
    await own.held();
    await own.put(home, { 'new/compose.yaml': COMPOSE.replace('db:1', 'db:2') });
    await assertConverged(own, 'with one that is good');
    await rig.rollBack('shop', 1);
    assert.deepEqual(own.binds('db'), [`${home}/new/data`], 'a version from before the move');
    await own.held();
  });

  it('only the folder of its manifest, or what of it is bound by an absolute path: nothing restarts', async () => {
    await using own = await house('services: { db: { image: "example/db:1" } }\n');
    const before = own.containers();
    await rename(`${own.home}/app`, `${own.home}/new`);
    own.manifest({ source: 'home', folder: 'new' });
    await assertConverged(own, 'moved');
    assert.deepEqual(own.containers(), before);
  });
});

describe('a stack that comes from git one day', () => {
  it('is held while its data is in the folder that it ran in, and goes on once that is moved', async () => {
    await using own = await house();
    const { home, checkout, stable } = own;
    const before = own.containers();
    await own.put(checkout, { 'app/compose.yaml': COMPOSE });
    own.manifest({ source: 'git', folder: 'app' });
    await assertHeld(own, before, new RegExp(`${stable}/data: what it has is in ${home}/app/data`));
    await mkdir(stable, { recursive: true });
    await rename(`${home}/app/data`, `${stable}/data`);
    await assertConverged(own, 'with its data');
    assert.deepEqual(own.binds('db'), [`${stable}/data`]);
    assert.equal(await readFile(`${stable}/data/db.sqlite`, 'utf8'), 'rows');
    assert.equal(own.containers().web, before.web);
    // And back, likewise.
    const now = own.containers();
    own.manifest({ source: 'home', folder: 'app' });
    await assertHeld(own, now, new RegExp(`${home}/app/data: what it has is in ${stable}/data`));
    await rename(`${stable}/data`, `${home}/app/data`);
    await assertConverged(own, 'back');
  });

  it('whose repository has the folder, but not what was written there, is held as well', async () => {
    await using own = await house();
    const before = own.containers();
    await own.put(own.checkout, { 'app/compose.yaml': COMPOSE, 'app/data/.gitkeep': '' });
    own.manifest({ source: 'git', folder: 'app' });
    await assertHeld(own, before, /would not find db\.sqlite at/);
  });

  it('is not held by files that the repository has', async () => {
    const compose = `services: { db: { image: "example/db:1", volumes: ["./conf:/conf:ro"], configs: [c] } }
configs: { c: { file: ./c.txt } }
`;
    await using own = await house('services: { db: { image: "example/db:1" } }\n');
    const files = { 'app/compose.yaml': compose, 'app/conf/a.ini': 'a=1', 'app/c.txt': 'c' };
    await own.put(own.home, files);
    await assertConverged(own, 'with its files');
    await own.put(own.checkout, files);
    own.manifest({ source: 'git', folder: 'app' });
    assert.match(
      (await own.plan()).cause ?? '',
      /^db changed: its folder moved, \.\/conf is .* now and 1 more$/,
    );
    await assertConverged(own, 'from git');
    assert.deepEqual(own.binds('db'), [`${own.stable}/conf`]);
  });
});

describe('a stack of which no good version is kept', () => {
  it('since none was good yet: it is left as it is until its data is there', async () => {
    const bad = `services: { db: { image: "example/db:bad", healthcheck: { test: ["CMD", "true"] }, volumes: ["./data:/data"] } }\n`;
    await using own = await house(bad, 'failed');
    const { rig, home } = own;
    const before = own.containers();
    await own.put(home, { 'new/compose.yaml': COMPOSE });
    own.manifest({ source: 'home', folder: 'new' });
    await rig.settle();
    assert.equal(rig.status('shop').reason, 'DataLeftBehind', rig.status('shop').sentence);
    assert.deepEqual(own.containers(), before);
    await rename(`${home}/app/data`, `${home}/new/data`);
    await assertConverged(own, 'with its data');
    assert.deepEqual(own.binds('db'), [`${home}/new/data`]);
  });

  it('since it was begun by hand, and comes from git as it is handed over', async () => {
    await using own = await house();
    const { rig, home, checkout, stable } = own;
    own.byHand();
    const before = own.containers();
    // It has more than what is there, and that is no data of before.
    const more = COMPOSE.replace('"./data:/data"', '"./data:/data", "./cache:/cache"');
    await own.put(checkout, { 'app/compose.yaml': more, 'app/cache/.gitkeep': '' });
    own.manifest({ source: 'git', folder: 'app', more: 'adopt: true\n' });
    await rig.settle();
    assert.equal(rig.status('shop').reason, 'DataLeftBehind', rig.status('shop').sentence);
    assert.match(rig.status('shop').problems[0]?.message ?? '', new RegExp(`is in ${home}/app/data`));
    assert.deepEqual(own.containers(), before);
    await mkdir(stable, { recursive: true });
    await rename(`${home}/app/data`, `${stable}/data`);
    await assertConverged(own, 'with its data');
    assert.deepEqual(own.binds('db'), [`${stable}/data`, `${stable}/cache`]);
  });
});

describe('a stack that was ejected while its folder moved', () => {
  it('is taken back with its data, and held without', async () => {
    await using own = await house();
    const { rig, home } = own;
    rig.control.eject({ unit: 'shop', by: 'eva', why: null, sinceMs: 0 });
    await rig.settle();
    const before = own.containers();
    await own.put(home, { 'new/compose.yaml': COMPOSE });
    own.manifest({ source: 'home', folder: 'new' });
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'ejected');
    rig.control.takeBack('shop');
    await assertHeld(own, before, /would find nothing at/);
    await rename(`${home}/app/data`, `${home}/new/data`);
    await assertConverged(own, 'taken back');
    assert.deepEqual(own.binds('db'), [`${home}/new/data`]);
    assert.equal(await readFile(`${home}/new/data/db.sqlite`, 'utf8'), 'rows');
  });
});

describe('a stack that is renamed as its folder is', () => {
  it('is held without its data, and has it where it is moved along', async () => {
    await using own = await house();
    const { rig, home } = own;
    const before = own.containers();
    await own.put(home, { 'store/compose.yaml': COMPOSE });
    const renamed = { source: 'home', folder: 'store', name: 'store', more: 'renamed_from: shop\n' } as const;
    own.manifest(renamed);
    await rig.settle();
    const { outcome, reason, sentence } = rig.status('store');
    assert.deepEqual({ outcome, reason }, HELD, sentence);
    assert.deepEqual(own.containers(), before);
    await rename(`${home}/app/data`, `${home}/store/data`);
    await rig.settle();
    assert.equal(rig.status('store').outcome, 'converged', rig.status('store').sentence);
    assert.deepEqual(own.binds('db'), [`${home}/store/data`]);
    assert.equal(own.containers().web, before.web);
  });
});
