// Control files: what survives, what fails closed, who may read, and what two processes see of each other.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openControl } from '../../src/adapters/control-files/open-control.ts';
import type { Control } from '../../src/ports/control.ts';
import { applied, bad, hasReason, revision, suspension } from '../support/control-entries.ts';
import { createFakeControl } from '../support/fake-control.ts';

let parent: string;
let directory: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'tinyforge-control-'));
  directory = join(parent, 'control');
});
afterEach(() => {
  rmSync(parent, { recursive: true });
});

const open = () => openControl({ directory });

const kinds: [string, () => Control][] = [
  ['files', open],
  ['in memory', createFakeControl],
];
for (const [name, create] of kinds) {
  describe(`control contract: ${name}`, () => {
    it('keeps many that converged at once', async () => {
      const control = create();
      control.saveLastApplied(applied({ unit: 'unit-1', release: '1.0.0' }));
      const units = Array.from({ length: 70 }, (_, index) => `unit-${index}`);
      await control.saveConverged(
        units.map((unit) => ({
          revision: revision({ unit }),
          applied: unit === 'unit-0' ? null : applied({ unit }),
        })),
      );
      for (const unit of units) {
        assert.deepEqual(control.revision(unit, 1), revision({ unit }));
        assert.deepEqual(
          control.revisions(unit).map(({ number }) => number),
          [1],
        );
        assert.deepEqual(control.lastApplied(unit), unit === 'unit-0' ? null : applied({ unit }));
      }
    });

    it('suspends and resumes', () => {
      const control = create();
      assert.equal(control.suspension('shop/prod'), null);
      control.suspend(suspension());
      control.suspend(suspension('immich'));
      assert.deepEqual(control.suspension('shop/prod'), suspension());
      assert.deepEqual(
        control.suspensions().map((entry) => entry.unit),
        ['immich', 'shop/prod'],
      );
      assert.equal(control.resume('shop/prod'), true);
      assert.equal(control.resume('shop/prod'), false);
      assert.equal(control.suspension('shop/prod'), null);
    });

    it('ejects and takes back, whatever is forgotten in between', () => {
      const control = create();
      assert.equal(control.ejection('shop/prod'), null);
      control.eject(suspension());
      control.eject(suspension('immich'));
      control.forget('shop/prod');
      assert.deepEqual(control.ejection('shop/prod'), suspension());
      assert.deepEqual(
        control.ejections().map((entry) => entry.unit),
        ['immich', 'shop/prod'],
      );
      assert.equal(control.suspension('shop/prod'), null);
      assert.equal(control.takeBack('shop/prod'), true);
      assert.equal(control.takeBack('shop/prod'), false);
      assert.equal(control.ejection('shop/prod'), null);
    });

    it('quarantines generations of a unit and lifts them together', () => {
      const control = create();
      control.addQuarantine(bad());
      control.addQuarantine(bad({ digest: 'sha256:other', atMs: 8 }));
      control.addQuarantine(bad({ unit: 'shop/staging', atMs: 9 }));
      control.addQuarantine(bad({ atMs: 99 }));
      assert.deepEqual(control.quarantine('shop/prod'), [bad(), bad({ digest: 'sha256:other', atMs: 8 })]);
      assert.equal(control.quarantined().length, 3);
      assert.equal(control.liftQuarantine('shop/prod'), true);
      assert.equal(control.liftQuarantine('shop/prod'), false);
      assert.deepEqual(control.quarantined(), [bad({ unit: 'shop/staging', atMs: 9 })]);
    });

    it('remembers what was last applied, until it is forgotten', () => {
      const control = create();
      control.saveLastApplied(applied());
      control.saveLastApplied(applied({ unit: 'immich' }));
      control.addQuarantine(bad());
      control.suspend(suspension());
      assert.deepEqual(control.lastApplied('shop/prod'), applied());
      assert.equal(control.allLastApplied().length, 2);
      control.forget('shop/prod');
      assert.equal(control.lastApplied('shop/prod'), null);
      assert.deepEqual(control.quarantine('shop/prod'), []);
      assert.notEqual(control.suspension('shop/prod'), null);
    });

    it('makes fingerprints that stay and keep their domains apart', () => {
      const control = create();
      const one = control.fingerprint('shop/prod', 'value');
      assert.match(one, /^[0-9a-f]{64}$/);
      assert.equal(control.fingerprint('shop/prod', 'value'), one);
      assert.notEqual(control.fingerprint('shop/staging', 'value'), one);
      assert.notEqual(control.fingerprint('shop/prodv', 'alue'), one);
    });

    it('opens what it sealed, in its domain, uncut', () => {
      const control = create();
      const sealed = control.seal('stack:immich', 'the model of ü');
      assert.equal(control.unseal('stack:immich', sealed), 'the model of ü');
      assert.equal(control.unseal('stack:other', sealed), null);
      for (const broken of [
        '',
        'v1.',
        'v1.AAAA',
        sealed.slice(0, -4),
        `v2${sealed.slice(2)}`,
        `${sealed.slice(0, 8)}A${sealed.slice(9)}`,
      ]) {
        if (broken !== sealed) assert.equal(control.unseal('stack:immich', broken), null, broken);
      }
    });
  });
}

describe('control files', () => {
  it('survive the process that wrote them', () => {
    const control = open();
    control.suspend(suspension());
    control.addQuarantine(bad());
    control.saveLastApplied(applied());
    const fingerprint = control.fingerprint('d', 'v');
    const sealed = control.seal('d', 'v');
    const again = open();
    assert.deepEqual(again.suspensions(), [suspension()]);
    assert.deepEqual(again.quarantined(), [bad()]);
    assert.deepEqual(again.allLastApplied(), [applied()]);
    assert.equal(again.fingerprint('d', 'v'), fingerprint);
    assert.equal(again.unseal('d', sealed), 'v');
    assert.ok(!sealed.includes('v') || sealed.startsWith('v1.'));
  });

  it('are made only when there is something to write', () => {
    const control = open();
    control.reload();
    control.suspensions();
    assert.equal(existsSync(directory), false);
  });

  it('can be read by their owner only, and leave nothing beside', () => {
    const control = open();
    control.suspend(suspension());
    control.addQuarantine(bad());
    control.saveLastApplied(applied());
    control.fingerprint('d', 'v');
    const modes = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => {
      const stat = statSync(join(directory, path));
      return `${path.replace(/\.[0-9a-f]{16}\./, '.HASH.')} ${(stat.mode & 0o777).toString(8)}`;
    });
    assert.deepEqual(modes.sort(), [
      'applied 700',
      'applied/shop@prod.json 600',
      'key 600',
      'quarantine 700',
      'quarantine/shop@prod.HASH.json 600',
      'suspended 700',
      'suspended/shop@prod.json 600',
    ]);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
  });

  it('are closed to others when the folder was not', () => {
    mkdirSync(directory, { mode: 0o755 });
    open();
    assert.equal(statSync(directory).mode & 0o777, 0o700);
  });

  it('are seen by another process that reloads', (t) => {
    // In memory, where writing is so fast that several changes fall into one tick of the file system's clock.
    directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : parent, 'tinyforge-control-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const one = open();
    const other = open();
    one.suspend(suspension());
    one.saveLastApplied(applied());
    assert.equal(other.suspension('shop/prod'), null);
    other.reload();
    assert.deepEqual(other.suspension('shop/prod'), suspension());
    assert.deepEqual(other.lastApplied('shop/prod'), applied());
    // Again and again, faster than the clock of a file system ticks.
    for (let round = 0; round < 500; round += 1) {
      one.saveLastApplied(applied({ revision: `r${round}` }));
      other.reload();
      assert.equal(other.lastApplied('shop/prod')?.revision, `r${round}`);
    }
    other.resume('shop/prod');
    other.forget('shop/prod');
    one.reload();
    assert.deepEqual([one.suspensions(), one.allLastApplied()], [[], []]);
  });

  it('are read from disk only where something changed', () => {
    const control = open();
    for (let i = 0; i < 20; i += 1) control.saveLastApplied(applied({ unit: `unit-${i}` }));
    const past = new Date(Date.now() - 60_000);
    utimesSync(join(directory, 'applied'), past, past);
    control.reload();
    const before = control.lastApplied('unit-3');
    control.reload();
    assert.equal(control.lastApplied('unit-3'), before);
  });

  it('are not written again when they say the same', () => {
    const control = open();
    control.saveLastApplied(applied());
    control.suspend(suspension());
    const inodes = () =>
      ['applied', 'suspended'].map((folder) => statSync(join(directory, folder, 'shop@prod.json')).ino);
    const before = inodes();
    control.saveLastApplied(applied());
    control.saveLastApplied(structuredClone(applied()));
    control.suspend(suspension());
    open().saveLastApplied(applied());
    assert.deepEqual(inodes(), before);
    control.saveLastApplied(applied({ revision: null }));
    assert.notEqual(inodes()[0], before[0]);
  });

  it('are whole for another process when many were written at once, and only what differs is written', async () => {
    const entries = Array.from({ length: 40 }, (_, index) => ({
      revision: revision({ unit: `unit-${index}` }),
      applied: applied({ unit: `unit-${index}` }),
    }));
    await open().saveConverged(entries);
    const path = (unit: string) => join(directory, 'applied', `${unit}.json`);
    const before = entries.map((entry) => statSync(path(entry.applied.unit)).ino);
    const other = open();
    await other.saveConverged(
      entries.map((entry, index) =>
        index === 3 ? { ...entry, applied: { ...entry.applied, release: '3.0.0' } } : entry,
      ),
    );
    const changed = entries.filter(
      ({ applied: { unit } }, index) => statSync(path(unit)).ino !== before[index],
    );
    assert.deepEqual(
      changed.map((entry) => entry.applied.unit),
      ['unit-3'],
    );
    assert.equal(open().lastApplied('unit-3')?.release, '3.0.0');
    assert.equal(open().allLastApplied().length, 40);
    for (const folder of ['applied', 'revisions'])
      assert.deepEqual(
        readdirSync(join(directory, folder)).filter((file) => file.endsWith('.tmp')),
        [],
      );
  });

  it('say it when they cannot be written', async () => {
    const full = openControl({ directory });
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'applied'), '');
    await assert.rejects(
      full.saveConverged([{ revision: revision(), applied: applied() }]),
      hasReason('ControlUnusable'),
    );
    writeFileSync(join(parent, 'file'), '');
    assert.throws(
      () => openControl({ directory: join(parent, 'file') }).suspend(suspension()),
      hasReason('ControlUnusable'),
    );
  });
});

it('a killed writer leaves a whole file, and its leftovers go', { timeout: 60_000 }, async () => {
  for (const rounds of [1, 10, 40]) {
    const script = join(import.meta.dirname, '../support/control-writer.ts');
    const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    let said = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      said = Number(line);
      if (said === rounds) child.kill('SIGKILL');
    }
    assert.equal((await exited)[1], 'SIGKILL');
    const control = open();
    assert.deepEqual(control.problems(), []);
    assert.ok((control.suspension('shop/prod')?.sinceMs ?? 0) >= said);
  }
  const folder = join(directory, 'suspended');
  writeFileSync(join(folder, '.0123456789abcdef.tmp'), 'left over');
  const past = new Date(Date.now() - 3_600_000);
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.tmp')))
    utimesSync(join(folder, name), past, past);
  open();
  assert.deepEqual(readdirSync(folder), ['shop@prod.json']);
});
