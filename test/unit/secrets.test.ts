// Secrets from files and environment: names, links, bounds, rotation, and what the redaction knows.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createSecrets } from '../../src/adapters/secrets/create-secrets.ts';
import { isFault } from '../../src/model/errors.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tinyforge-secrets-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const put = (name: string, value: string | Buffer) => writeFileSync(join(directory, name), value);
const open = (environment: Record<string, string> = {}) => createSecrets({ directory, environment });

function faultOf(work: () => unknown): { reason: string; message: string } {
  try {
    work();
  } catch (error) {
    assert.ok(isFault(error), String(error));
    assert.equal(error.disposition, 'stalled');
    return error;
  }
  assert.fail('nothing was thrown');
}

describe('secrets', () => {
  it('reads a file of that name, without its trailing newline', () => {
    put('shop-db', 'correct horse\n');
    put('windows', 'correct horse\r\n');
    put('two', 'correct horse\n\n');
    assert.equal(open().get('shop-db'), 'correct horse');
    assert.equal(open().get('windows'), 'correct horse');
    assert.equal(open().get('two'), 'correct horse\n');
  });

  it('reads TINYFORGE_SECRET_NAME, which wins over the file', () => {
    put('shop-db', 'from the file');
    const secrets = open({
      TINYFORGE_SECRET_SHOP_DB: 'from the environment',
      TINYFORGE_SECRET_OTHER: 'another one',
    });
    assert.equal(secrets.get('shop-db'), 'from the environment');
    assert.deepEqual(secrets.names(), ['other', 'shop-db']);
  });

  it('knows nothing by names that are paths or bookkeeping', () => {
    mkdirSync(join(directory, 'inside'));
    put('..data', 'not a secret');
    for (const name of [
      '../etc/passwd',
      'inside/x',
      '',
      '.',
      '..',
      '..data',
      '/etc/passwd',
      'a\0b',
      'unknown',
      'x'.repeat(200),
    ]) {
      assert.equal(open().get(name), null, name);
    }
    assert.deepEqual(open().names(), []);
  });

  it('is empty where the directory is not there', () => {
    const secrets = createSecrets({ directory: join(directory, 'none'), environment: {} });
    assert.equal(secrets.get('shop-db'), null);
    assert.deepEqual(secrets.names(), []);
    assert.equal(createSecrets({ directory: null, environment: {} }).get('shop-db'), null);
  });

  it('follows links that stay inside, and sees a rotated one', () => {
    for (const [version, value] of [
      ['..v1', 'first value'],
      ['..v2', 'second value'],
    ] as const) {
      mkdirSync(join(directory, version));
      put(`${version}/shop-db`, value);
    }
    symlinkSync('..v1', join(directory, '..data'));
    symlinkSync('..data/shop-db', join(directory, 'shop-db'));
    const secrets = open();
    assert.equal(secrets.get('shop-db'), 'first value');
    symlinkSync('..v2', join(directory, '..new'));
    renameSync(join(directory, '..new'), join(directory, '..data'));
    assert.equal(secrets.get('shop-db'), 'second value');
    assert.equal(secrets.redact('first value, second value'), '${secret:shop-db}, ${secret:shop-db}');
  });

  it('refuses a link out of the directory', () => {
    symlinkSync('/etc/hostname', join(directory, 'shop-db'));
    assert.match(faultOf(() => open().get('shop-db')).message, /shop-db cannot be read: it is a link out/);
  });

  it('refuses a pipe at once, a directory, too much, and bytes that are no text', () => {
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    mkdirSync(join(directory, 'folder'));
    put('large', 'x'.repeat(70_000));
    put('binary', Buffer.from([0xff, 0xfe, 1, 2, 3, 4, 5, 6]));
    const secrets = open();
    for (const name of ['pipe', 'folder', 'large', 'binary']) {
      assert.equal(faultOf(() => secrets.get(name)).reason, 'SecretUnreadable', name);
    }
  });

  it('refuses a value that is too short to be kept out of the logs', () => {
    put('pin', '12345\n');
    put('empty', '');
    assert.equal(faultOf(() => open().get('pin')).reason, 'SecretTooShort');
    assert.equal(faultOf(() => open().get('empty')).reason, 'SecretTooShort');
    assert.ok(!faultOf(() => open().get('pin')).message.includes('12345'));
    assert.equal(open().redact('pin 12345'), 'pin 12345');
  });

  it('says whose fault it is when a file may not be read', () => {
    put('shop-db', 'correct horse');
    chmodSync(join(directory, 'shop-db'), 0o000);
    // Root reads it anyway; nobody else does.
    if (process.getuid?.() === 0) assert.equal(open().get('shop-db'), 'correct horse');
    else assert.match(faultOf(() => open().get('shop-db')).message, /may not read/);
  });

  it('sees a changed value and a removed file', () => {
    put('shop-db', 'first value');
    const secrets = open();
    put('shop-db', 'second value!');
    assert.equal(secrets.get('shop-db'), 'second value!');
    rmSync(join(directory, 'shop-db'));
    assert.equal(secrets.get('shop-db'), null);
  });

  it('redacts all values from the start, asked for or not', () => {
    put('shop-db', 'correct horse');
    const secrets = open({ TINYFORGE_SECRET_HUB: 'battery staple' });
    assert.equal(secrets.redact('correct horse battery staple'), '${secret:shop-db} ${secret:hub}');
  });
});
