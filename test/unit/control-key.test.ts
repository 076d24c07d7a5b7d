// The key and the names of control files: nobody else reads the one, and the others never leave their folder.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeUnit, encodeUnit } from '../../src/adapters/control-files/file-name.ts';
import { openControl } from '../../src/adapters/control-files/open-control.ts';
import { isFault } from '../../src/model/errors.ts';
import { hasReason } from '../support/control-entries.ts';

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
