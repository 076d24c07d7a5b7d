// Damaged control files: they fail closed, are told, and are kept aside.
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openControl } from '../../src/adapters/control-files/open-control.ts';
import { applied, bad, suspension } from '../support/control-entries.ts';

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

    it(`keep a workload ejected: ${name}`, () => {
      open().eject(suspension());
      damage(join(directory, 'ejected', 'shop@prod.json'));
      const control = open();
      assert.equal(control.ejection('shop/prod')?.why, 'its control file cannot be read');
      const [problem] = control.problems();
      assert.deepEqual([problem?.workload, problem?.severity], ['shop/prod', 'error']);
      assert.match(problem?.hint ?? '', /tinyforge adopt shop\/prod/);
      assert.equal(control.takeBack('shop/prod'), true);
      assert.deepEqual([control.ejection('shop/prod'), control.problems()], [null, []]);
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
