// The SQLite file itself: schema there and back, damage, other versions, modes, readers, and a kill in the middle.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import Database from 'better-sqlite3';
import { migrate, NEWEST } from '../../src/adapters/sqlite/migrate.ts';
import { openStore } from '../../src/adapters/sqlite/open-store.ts';
import { isFault } from '../../src/model/errors.ts';
import { container, delivery, deploy, event, status, workload } from '../contract/store-rows.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tinyforge-sqlite-'));
  file = join(directory, 'index.sqlite');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const writer = () => openStore({ file, readOnly: false });
const reader = () => openStore({ file, readOnly: true });
const raw = <T>(work: (db: Database.Database) => T): T => {
  const db = new Database(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
};
const hasReason = (reason: string) => (error: unknown) => isFault(error) && error.reason === reason;
const schemaOf = (db: Database.Database): unknown =>
  db.prepare(`SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name`).all();

describe('schema', () => {
  it('goes up and down again step by step, and leaves nothing', () => {
    const db = new Database(':memory:');
    db.pragma('foreign_keys = ON');
    const schemas: unknown[] = [];
    for (let version = 0; version <= NEWEST; version += 1) {
      migrate(db, version);
      schemas.push(schemaOf(db));
    }
    for (let version = NEWEST; version >= 0; version -= 1) {
      migrate(db, version);
      assert.deepEqual(schemaOf(db), schemas[version], `down to ${version}`);
    }
    assert.deepEqual(schemaOf(db), []);
    db.close();
  });

  it('is STRICT in every table', () => {
    writer().close();
    const tables = raw((db) =>
      db.prepare(`SELECT name, strict FROM pragma_table_list WHERE schema = 'main'`).all(),
    );
    const loose = (tables as { name: string; strict: number }[]).filter(
      ({ name, strict }) => strict !== 1 && !name.startsWith('sqlite_'),
    );
    assert.deepEqual(loose, []);
    assert.ok(tables.length >= 8);
  });

  it('has the columns that were promised', () => {
    writer().close();
    const columns = (table: string) =>
      raw((db) => db.prepare('SELECT name, hidden FROM pragma_table_xinfo(?)').all(table)) as {
        name: string;
        hidden: number;
      }[];
    const workloads =
      'id kind ref_id name app_id notification_url notification_secret webhook_secret webhook_signing_secret webhook_require_signature created_at updated_at';
    assert.deepEqual(
      columns('workloads').map(({ name }) => name),
      workloads.split(' '),
    );
    const containers =
      'id workload_id workload_kind role container_id image_ref host state port last_seen_at extra_json created_at updated_at';
    assert.deepEqual(
      columns('containers')
        .filter(({ hidden }) => hidden === 0)
        .map(({ name }) => name),
      containers.split(' '),
    );
    assert.deepEqual(
      columns('containers')
        .filter(({ hidden }) => hidden !== 0)
        .map(({ name }) => name),
      ['subdomain', 'npm_proxy_id', 'proxy_route_id'],
    );
  });

  it('generates the columns of the proxy from extra_json, by index', () => {
    const store = writer();
    store.upsertWorkload(workload(), 1);
    store.upsertContainer(
      container({ extra: { subdomain: 'shop', npm_proxy_id: 7, proxy_route_id: 'r-1' } }),
      1,
    );
    store.upsertContainer(container({ id: 'plain', extra: {} }), 1);
    store.close();
    raw((db) => {
      for (const [column, value] of [
        ['subdomain', 'shop'],
        ['npm_proxy_id', 7],
        ['proxy_route_id', 'r-1'],
      ]) {
        const query = `SELECT id FROM containers WHERE ${column} = ?`;
        assert.deepEqual(db.prepare(query).all(value), [{ id: 'local/c1' }]);
        const plan = db.prepare(`EXPLAIN QUERY PLAN ${query}`).all(value) as { detail: string }[];
        assert.match(plan[0]?.detail ?? '', /USING INDEX containers_by_/);
      }
    });
  });

  it('takes no value of the wrong form, and says so without SQL', () => {
    const store = writer();
    store.upsertWorkload(workload(), 1);
    const wrong = [{ port: 70_000 }, { state: 'asleep' as 'running' }, { extra: { npm_proxy_id: 'seven' } }];
    for (const change of wrong) {
      assert.throws(
        () => store.upsertContainer(container(change), 1),
        hasReason('RowInvalid'),
        JSON.stringify(change),
      );
    }
    store.close();
    assert.throws(
      () =>
        raw((db) =>
          db.exec(`INSERT INTO statuses VALUES ('u', 'project.shop', 'failed', 'X', 1, 1, '{no json')`),
        ),
      /CHECK constraint failed: json_valid/,
    );
  });

  it('is in WAL mode, with references checked and deleted rows overwritten', () => {
    const store = writer();
    store.cacheSet('canary-key', 'canary-4f1d0c9ab2');
    store.cacheKeep('', []);
    store.close();
    assert.equal(
      raw((db) => db.pragma('journal_mode', { simple: true })),
      'wal',
    );
    for (const name of readdirSync(directory)) {
      assert.ok(!readFileSync(join(directory, name)).includes('canary-4f1d0c9ab2'), name);
    }
  });
});

describe('opening', () => {
  it('makes files that only their owner can read', () => {
    const store = writer();
    store.cacheSet('k', 'v');
    const modes = readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o777]);
    assert.deepEqual(modes, [
      ['index.sqlite', 0o600],
      ['index.sqlite-shm', 0o600],
      ['index.sqlite-wal', 0o600],
    ]);
    store.close();
    chmodSync(file, 0o644);
    writer().close();
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('finds again what was written, and writes nothing when it is the same', () => {
    const first = writer();
    first.upsertWorkload(workload(), 1);
    first.upsertContainer(container(), 1);
    first.saveStatus(status());
    first.close();
    const again = writer();
    again.upsertWorkload(workload(), 2);
    again.upsertContainer(container({ lastSeenAtMs: 2 }), 2);
    again.saveStatus(status({ sinceMs: 2 }));
    assert.equal(again.writes(), 0);
    again.close();
  });

  it('refuses a database of a newer version, kindly, and leaves it alone', () => {
    writer().close();
    raw((db) => db.pragma('user_version = 99'));
    const before = readFileSync(file);
    for (const open of [writer, reader]) {
      assert.throws(open, (error) => {
        assert.ok(isFault(error));
        assert.equal(error.reason, 'IndexTooNew');
        assert.equal(
          error.message,
          `The index was written by a newer Tinyforge (schema 99; this one knows up to ${NEWEST}).`,
        );
        assert.match(error.hint ?? '', /delete the index file/);
        return true;
      });
    }
    assert.deepEqual(readFileSync(file), before);
  });

  it('brings an older database up to date, but not for a reader', () => {
    const store = writer();
    store.upsertWorkload(workload(), 1);
    store.close();
    raw((db) => migrate(db, 1));
    assert.throws(reader, hasReason('IndexTooOld'));
    const again = writer();
    assert.equal(again.workloads().length, 1);
    assert.deepEqual(again.deliveries({ limit: 1 }), []);
    again.close();
  });

  it('says to a reader that there is no index yet, and makes none', () => {
    assert.throws(reader, hasReason('IndexMissing'));
    assert.deepEqual(readdirSync(directory), []);
  });

  const damages: [string, () => void][] = [
    [
      'no database at all',
      () => writeFileSync(file, 'this is not a database, but it is long enough to look at'.repeat(50)),
    ],
    [
      'pages of rubbish',
      () => {
        const bytes = readFileSync(file);
        bytes.fill(0x5a, 4096, bytes.length);
        writeFileSync(file, bytes);
      },
    ],
    ['a cut file', () => writeFileSync(file, readFileSync(file).subarray(0, 4096 * 3))],
    ['a missing table', () => raw((db) => db.exec('DROP TABLE cache'))],
    [
      'tables of somebody else',
      () => {
        rmSync(file);
        raw((db) => db.exec('PRAGMA journal_mode = WAL; CREATE TABLE workloads (x)'));
      },
    ],
  ];
  for (const [name, damage] of damages) {
    it(`moves a damaged file aside and starts again: ${name}`, () => {
      const before = writer();
      before.upsertWorkload(workload(), 1);
      for (let i = 0; i < 200; i += 1) before.addEvent(event({ message: 'x'.repeat(300) }));
      before.close();
      damage();
      const damaged = readFileSync(file);
      const store = writer();
      assert.deepEqual(store.workloads(), []);
      const [notice] = store.events({ limit: 10 });
      assert.equal(notice?.reason, 'IndexMovedAside');
      assert.ok(notice?.message.includes(`${file}.damaged-1`));
      store.upsertWorkload(workload(), 1);
      store.close();
      assert.deepEqual(readFileSync(`${file}.damaged-1`), damaged);
      assert.equal(reader().workloads().length, 1);
    });
  }

  it('keeps every damaged file', () => {
    for (const number of [1, 2]) {
      writeFileSync(file, `rubbish ${number} `.repeat(100));
      writer().close();
      assert.ok(readFileSync(`${file}.damaged-${number}`).includes(`rubbish ${number}`));
    }
  });

  it('tells a reader that the file is damaged, and does not touch it', () => {
    writeFileSync(file, 'this is not a database'.repeat(100));
    assert.throws(reader, hasReason('IndexDamaged'));
    assert.deepEqual(readdirSync(directory), ['index.sqlite']);
  });

  it('says when the file cannot be opened', () => {
    writeFileSync(file, '');
    const below = join(file, 'index.sqlite');
    assert.throws(() => openStore({ file: below, readOnly: false }), hasReason('IndexUnavailable'));
  });
});

describe('a file that is deleted under its writer', () => {
  const suffixes = ['', '-wal', '-shm'];
  for (const [name, deleted] of [
    ['with its logs', suffixes],
    ['alone', ['']],
  ] as const) {
    it(`is made anew when it is looked at: ${name}`, () => {
      const store = writer();
      store.upsertWorkload(workload(), 1);
      store.upsertContainer(container(), 1);
      assert.equal(store.reopenIfLost(), false);
      for (const suffix of deleted) rmSync(file + suffix);
      assert.equal(store.workloads().length, 1);
      const before = store.writes();
      assert.equal(store.reopenIfLost(), true);
      assert.equal(store.reopenIfLost(), false);
      assert.deepEqual([store.workloads(), store.containers()], [[], []]);
      store.upsertWorkload(workload(), 2);
      store.upsertContainer(container(), 2);
      assert.equal(store.writes(), before + 2);
      const beside = reader();
      assert.equal(beside.containers().length, 1);
      beside.close();
      store.close();
      assert.deepEqual(readdirSync(directory), ['index.sqlite']);
    });
  }

  it('is not filled from the log of the one before', () => {
    const store = writer();
    store.upsertWorkload(workload(), 1);
    const wal = readFileSync(`${file}-wal`);
    assert.ok(wal.length > 0);
    store.close();
    rmSync(file);
    writeFileSync(`${file}-wal`, wal);
    const again = writer();
    assert.deepEqual([again.workloads(), again.events({ limit: 5 })], [[], []]);
    again.close();
  });
});

describe('beside a running writer', () => {
  it('a reader sees what is committed and may not write', () => {
    const store = writer();
    const beside = reader();
    store.upsertWorkload(workload(), 1);
    assert.equal(beside.workloads().length, 1);
    assert.throws(() => beside.cacheSet('k', 'v'), hasReason('IndexUnavailable'));
    store.transaction(() => {
      store.upsertWorkload(workload({ id: 'stack.x', kind: 'stack', refId: 'x' }), 1);
      assert.equal(beside.workloads().length, 1);
    });
    assert.equal(beside.workloads().length, 2);
    beside.close();
    store.addDelivery(delivery());
    store.startDeploy(deploy());
    store.close();
    store.close();
  });
});
