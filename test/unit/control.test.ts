// Control files: what survives, what fails closed, who may read, and what two processes see of each other.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeUnit, encodeUnit } from '../../src/adapters/control-files/file-name.ts';
import { openControl } from '../../src/adapters/control-files/open-control.ts';
import type { Desired } from '../../src/model/desired.ts';
import { isFault } from '../../src/model/errors.ts';
import type { QuarantineEntry, Suspension } from '../../src/model/world.ts';
import type { Control, LastApplied } from '../../src/ports/control.ts';
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
const hasReason = (reason: string) => (error: unknown) => isFault(error) && error.reason === reason;
const suspension = (unit = 'shop/prod'): Suspension => ({ unit, by: 'me', why: 'moving house', sinceMs: 5 });
const bad = (change: Partial<QuarantineEntry> = {}): QuarantineEntry => ({
  unit: 'shop/prod',
  specHash: 'hash-1',
  digest: 'sha256:77ab01c',
  release: '2.1.4',
  reason: 'Unhealthy',
  message: '503 from /healthz',
  evidence: ['last line'],
  atMs: 7,
  ...change,
});
const applied = (change: Partial<LastApplied> = {}): LastApplied => ({
  unit: 'shop/prod',
  source: 'home',
  file: 'shop.yaml',
  revision: 'a1b2c3d',
  desired: {
    unit: 'shop/prod',
    kind: 'project',
    spec: { environment: { DB: '${secret:shop-db}' } },
  } as unknown as Desired,
  specHash: 'hash-1',
  digest: 'sha256:77ab01c',
  release: '2.1.4',
  ...change,
});

const kinds: [string, () => Control][] = [
  ['files', open],
  ['in memory', createFakeControl],
];
for (const [name, create] of kinds) {
  describe(`control contract: ${name}`, () => {
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

  it('are seen by another process that reloads', () => {
    const one = open();
    const other = open();
    one.suspend(suspension());
    one.saveLastApplied(applied());
    assert.equal(other.suspension('shop/prod'), null);
    other.reload();
    assert.deepEqual(other.suspension('shop/prod'), suspension());
    assert.deepEqual(other.lastApplied('shop/prod'), applied());
    // Again and again, faster than the clock of a file system ticks.
    for (let round = 0; round < 50; round += 1) {
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

  it('say it when they cannot be written', () => {
    writeFileSync(join(parent, 'file'), '');
    assert.throws(
      () => openControl({ directory: join(parent, 'file') }).suspend(suspension()),
      hasReason('ControlUnusable'),
    );
  });
});

describe('damaged control files', () => {
  const suspendedFile = () => join(directory, 'suspended', 'shop@prod.json');
  const damages: [string, (file: string) => void][] = [
    ['cut', (file) => truncateSync(file, 30)],
    ['empty', (file) => truncateSync(file, 0)],
    ['of another shape', (file) => writeFileSync(file, '{"version":1,"entry":{"unit":"shop/prod"}}')],
    [
      'of another workload',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').replace('shop/prod', 'other')),
    ],
    [
      'of a later version',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 2')),
    ],
    [
      'a link',
      (file) => {
        rmSync(file);
        symlinkSync('/etc/hostname', file);
      },
    ],
    [
      'a folder',
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
  ];
  for (const [name, damage] of damages) {
    it(`keep a workload suspended: ${name}`, () => {
      const running = open();
      running.suspend(suspension());
      damage(suspendedFile());
      running.reload();
      for (const control of [running, open()]) {
        const entry = control.suspension('shop/prod');
        assert.equal(entry?.why, 'its control file cannot be read');
        assert.deepEqual(control.suspensions(), [entry]);
        const [problem] = control.problems();
        assert.equal(problem?.workload, 'shop/prod');
        assert.equal(problem?.severity, 'error');
        assert.match(
          problem?.message ?? '',
          /^The control file suspended\/shop@prod\.json cannot be used: .+\.$/,
        );
        assert.match(problem?.hint ?? '', /tinyforge resume shop\/prod/);
      }
    });

    it(`still block a quarantined workload: ${name}`, () => {
      open().addQuarantine(bad());
      const [file = ''] = readdirSync(join(directory, 'quarantine'));
      damage(join(directory, 'quarantine', file));
      const control = open();
      assert.notEqual(control.suspension('shop/prod'), null);
      assert.equal(control.problems().length, 1);
      assert.equal(control.resume('shop/prod'), true);
      assert.equal(control.suspension('shop/prod'), null);
      assert.deepEqual(control.problems(), []);
    });
  }

  it('are kept aside when they are lifted or replaced', () => {
    open().suspend(suspension());
    writeFileSync(suspendedFile(), 'rubbish one');
    assert.equal(open().resume('shop/prod'), true);
    assert.deepEqual(open().suspensions(), []);
    open().suspend(suspension());
    writeFileSync(suspendedFile(), 'rubbish two');
    const control = open();
    control.suspend(suspension());
    assert.deepEqual([control.suspension('shop/prod'), control.problems()], [suspension(), []]);
    const kept = [1, 2].map((n) =>
      readFileSync(join(directory, 'damaged', `suspended-shop@prod.json.${n}`), 'utf8'),
    );
    assert.deepEqual(kept, ['rubbish one', 'rubbish two']);
  });

  it('cost only their own workload what was last applied', () => {
    const control = open();
    control.saveLastApplied(applied());
    control.saveLastApplied(applied({ unit: 'immich' }));
    truncateSync(join(directory, 'applied', 'immich.json'), 10);
    const again = open();
    assert.deepEqual([again.lastApplied('shop/prod'), again.lastApplied('immich')], [applied(), null]);
    assert.deepEqual(
      again.problems().map((problem) => [problem.workload, problem.severity]),
      [['immich', 'warning']],
    );
    again.saveLastApplied(applied({ unit: 'immich' }));
    assert.deepEqual(again.problems(), []);
  });

  it('of a strange name are told and block nobody', () => {
    open().suspend(suspension());
    writeFileSync(join(directory, 'suspended', 'Strange Name.json'), '{}');
    writeFileSync(join(directory, 'suspended', 'notes.txt'), 'not ours');
    const control = open();
    assert.equal(control.suspensions().length, 1);
    assert.deepEqual(
      control.problems().map((problem) => problem.workload),
      [null],
    );
  });
});

describe('the key', () => {
  it('is refused when others can read it', () => {
    open().fingerprint('d', 'v');
    for (const mode of [0o604, 0o640, 0o660]) {
      chmodSync(join(directory, 'key'), mode);
      assert.throws(
        open,
        (error) =>
          hasReason('KeyExposed')(error) && isFault(error) && (error.hint ?? '').startsWith('chmod 600 '),
      );
    }
    chmodSync(join(directory, 'key'), 0o600);
    assert.doesNotThrow(open);
  });

  it('is refused when it is cut, a link or a folder', () => {
    open().fingerprint('d', 'v');
    const key = join(directory, 'key');
    truncateSync(key, 31);
    assert.throws(open, hasReason('KeyDamaged'));
    rmSync(key);
    symlinkSync('/etc/hostname', key);
    assert.throws(open, hasReason('KeyDamaged'));
  });

  it('is one key for processes that start together', () => {
    const [one, other] = [open(), open()];
    assert.equal(one.fingerprint('d', 'v'), other.fingerprint('d', 'v'));
    assert.equal(statSync(join(directory, 'key')).size, 32);
  });

  it('is another one for another controller', () => {
    const sealed = open().seal('d', 'v');
    const fingerprint = open().fingerprint('d', 'v');
    rmSync(join(directory, 'key'));
    assert.notEqual(open().fingerprint('d', 'v'), fingerprint);
    assert.equal(open().unseal('d', sealed), null);
  });
});

describe('file names of units', () => {
  it('are readable for ordinary units', () => {
    assert.equal(encodeUnit('shop/prod'), 'shop@prod');
    assert.equal(encodeUnit('immich'), 'immich');
  });

  it('never leave the folder, and lead back to the unit', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }), (unit) => {
        const name = encodeUnit(unit);
        return /^[a-z0-9@%A-F-]+$/.test(name) && decodeUnit(name) === unit;
      }),
    );
    for (const unit of ['../../etc/passwd', '.', '..', 'a\0b', 'A', 'shop@prod', 'shop%2Fprod', 'x.json']) {
      assert.match(encodeUnit(unit), /^[a-z0-9@%A-F-]+$/);
      assert.equal(decodeUnit(encodeUnit(unit)), unit);
    }
  });

  it('are refused when they are empty or too long', () => {
    for (const unit of ['', 'x'.repeat(300)])
      assert.throws(() => encodeUnit(unit), hasReason('UnitIdTooLong'));
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
