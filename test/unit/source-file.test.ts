// Which files may hold manifests, how their bytes become text, and what is said about those that do not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  contentStamp,
  decodeSourceText,
  fileTooLarge,
  fileUnreadable,
  isManifestName,
  isPassedOver,
  isPlainName,
  maxSourceFileBytes,
  notARegularFile,
  oddName,
  printable,
  symbolicLink,
  tooManyFiles,
} from '../../src/core/source-file.ts';

test('YAML and JSON in any case are manifests, hidden files and backups are not', () => {
  for (const name of ['a.yaml', 'a.yml', 'a.json', 'A.YAML', 'a.b.Yml', 'compose.yaml']) {
    assert.equal(isManifestName(name), true, name);
  }
  for (const name of [
    '.a.yaml',
    'a.yaml~',
    'a.yaml.bak',
    'yaml',
    'a.yamlx',
    'a.jsonc',
    '#a.yaml#',
    'a.yaml.swp',
  ]) {
    assert.equal(isManifestName(name), false, name);
  }
  assert.deepEqual(['.git', '_drafts', 'a_b', 'a.b'].map(isPassedOver), [true, true, false, false]);
});

test('bytes become text only as UTF-8 without NUL, up to 1 MiB', () => {
  const reason = (bytes: Uint8Array) => {
    const decoded = decodeSourceText('a.yaml', bytes);
    return 'text' in decoded ? `text ${decoded.text.length}` : decoded.refused.reason;
  };
  assert.equal(reason(Buffer.from('größe')), 'text 5');
  assert.equal(reason(Buffer.from('')), 'text 0');
  assert.equal(reason(Buffer.from('\ufeffa')), 'text 1');
  assert.equal(reason(Buffer.alloc(maxSourceFileBytes, 'x')), `text ${maxSourceFileBytes}`);
  assert.equal(reason(Buffer.alloc(maxSourceFileBytes + 1, 'x')), 'FileTooLarge');
  assert.equal(reason(Buffer.from([0x61, 0])), 'NulByte');
  assert.equal(reason(Buffer.from([0xe4])), 'NotUtf8');
  // A surrogate, an overlong slash, beyond the last code point.
  for (const bytes of [
    [0xed, 0xa0, 0x80],
    [0xc0, 0xaf],
    [0xf4, 0x90, 0x80, 0x80],
  ]) {
    assert.equal(reason(Buffer.from(bytes)), 'NotUtf8');
  }
  assert.equal(reason(Buffer.from('\ufeffa', 'utf16le')), 'NotUtf8');
});

test('each refusal is one short sentence that names the file, with a hint, and no content', () => {
  const decoded = decodeSourceText('conf/shop.yaml', Buffer.from('secret-canary\0'));
  assert.ok('refused' in decoded);
  const refusals = [
    decoded.refused,
    fileTooLarge('conf/shop.yaml', 10 * 1024 * 1024),
    symbolicLink('conf/shop.yaml'),
    notARegularFile('conf/shop.yaml', 'a pipe, a device or a socket'),
    fileUnreadable('conf/shop.yaml', 'permission denied'),
    oddName('conf/shop.yaml'),
    tooManyFiles('conf/shop.yaml'),
  ];
  for (const { message, hint, reason } of refusals) {
    assert.match(message, /^conf\/shop\.yaml .{10,120}\.$/);
    assert.match(hint, /^[A-Z].*\.$/);
    assert.match(reason, /^[A-Z][A-Za-z0-9]+$/);
    assert.equal(message.includes('canary'), false);
  }
  assert.equal(refusals[1]?.message, 'conf/shop.yaml is 10.0 MiB; a manifest may have 1 MiB.');
});

test('names that would break a line or disguise themselves are shown harmlessly', () => {
  assert.equal(isPlainName('media/größe 1.yaml'), true);
  for (const name of ['a\nb', 'a\r', '\u001b[31m', 'a\u0085', 'exe\u202efdp', 'a\ufffd', 'a\u2028']) {
    assert.equal(isPlainName(name), false, JSON.stringify(name));
    assert.equal(isPlainName(printable(name)), true);
  }
});

test('the name of a file cannot make a sentence long or steer a terminal', () => {
  const path = `${'deep/'.repeat(60)}\u001b[2J.yaml`;
  for (const { message } of [
    symbolicLink(path),
    fileTooLarge(path, 9e9),
    tooManyFiles(path),
    oddName(path),
  ]) {
    assert.ok(message.length <= 160, message);
    assert.equal(message.includes('\u001b'), false);
    assert.match(message, /^….*\[2J\.yaml /);
  }
});

test('stamps are equal for equal bytes alone', () => {
  assert.equal(contentStamp(Buffer.from('a')), contentStamp(Buffer.from('a')));
  assert.notEqual(contentStamp(Buffer.from('a')), contentStamp(Buffer.from('b')));
});
