// A change in a directory: the file is replaced as a whole, stays whose it was, and a link leads nowhere.
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, it } from 'node:test';
import { createDirectoryWriteBack } from '../../src/adapters/directory/write-back.ts';
import { openFolder } from '../../src/adapters/tree/create-folder.ts';
import { createTree } from '../../src/adapters/tree/create-tree.ts';
import type { FileChange, WriteBack } from '../../src/ports/write-back.ts';
import { makePlace, type Place } from '../support/real/place.ts';

const never = new AbortController().signal;

function writer(place: Place, writeBack: 'commit' | 'off' = 'commit'): WriteBack {
  const config = {
    type: 'directory',
    name: 'home',
    directory: place.path,
    writeBack,
    variables: {},
  } as const;
  return createDirectoryWriteBack({ config, tree: createTree(), openFolder });
}

const put = (file: string, make: (text: string | null) => string | null): FileChange => ({
  file,
  apply: (text) => ({ ok: true, text: make(text) }),
});
const ask = (change: FileChange) => ({ change, message: 'x', author: null, signal: never });

describe('a change of a file in a directory', () => {
  it('replaces it, keeps its mode and its owner, and leaves nothing beside it', async () => {
    await using place = await makePlace('write-back');
    writeFileSync(place.at('a.yaml'), '\uFEFFa: 1\r\n');
    chmodSync(place.at('a.yaml'), 0o640);
    if (process.getuid?.() === 0) chownSync(place.at('a.yaml'), 1234, 4321);
    const before = statSync(place.at('a.yaml'));
    const written = await writer(place).write(ask(put('a.yaml', (text) => `${text}b: 2\r\n`)));
    assert.equal(written.type, 'written');
    assert.equal(readFileSync(place.at('a.yaml'), 'utf8'), '\uFEFFa: 1\r\nb: 2\r\n');
    const after = statSync(place.at('a.yaml'));
    assert.deepEqual([after.mode, after.uid, after.gid], [before.mode, before.uid, before.gid]);
    assert.notEqual(after.ino, before.ino);
    assert.deepEqual(readdirSync(place.path), ['a.yaml']);
  });

  it('makes the folder on the way, and takes it away again with its last file', async () => {
    await using place = await makePlace('write-back');
    const home = writer(place);
    await home.write(ask(put('proxies/nas.yaml', (text) => (text === null ? 'a: 1\n' : assert.fail()))));
    assert.equal(readFileSync(place.at('proxies/nas.yaml'), 'utf8'), 'a: 1\n');
    assert.deepEqual(await home.write(ask(put('proxies/nas.yaml', (text) => text))), { type: 'unchanged' });
    assert.equal((await home.write(ask(put('proxies/nas.yaml', () => null)))).type, 'written');
    assert.deepEqual(readdirSync(place.path), []);
  });

  it('is made again in what somebody else saved in between', async () => {
    await using place = await makePlace('write-back');
    writeFileSync(place.at('a.yaml'), 'a: 1\n');
    const seen: (string | null)[] = [];
    const change = put('a.yaml', (text) => {
      seen.push(text);
      if (seen.length === 1) {
        writeFileSync(place.at('.editor'), 'a: 2\n');
        renameSync(place.at('.editor'), place.at('a.yaml'));
      }
      return `${text}b: 1\n`;
    });
    assert.equal((await writer(place).write(ask(change))).type, 'written');
    assert.deepEqual(seen, ['a: 1\n', 'a: 2\n']);
    assert.equal(readFileSync(place.at('a.yaml'), 'utf8'), 'a: 2\nb: 1\n');
  });

  it('is given up with the patch when somebody saves it each time', async () => {
    await using place = await makePlace('write-back');
    writeFileSync(place.at('a.yaml'), 'a: 0\n');
    let saves = 0;
    const change = put('a.yaml', (text) => {
      saves += 1;
      writeFileSync(place.at('a.yaml'), `a: ${saves}\n`);
      return `${text}mine: 1\n`;
    });
    const written = await writer(place).write(ask(change));
    assert.ok(written.type === 'refused');
    assert.equal(written.refusal.reason, 'FileChanged');
    assert.match(written.patch ?? '', /^\+mine: 1$/m);
    assert.equal(readFileSync(place.at('a.yaml'), 'utf8'), `a: ${saves}\n`);
  });

  it('follows no link, neither of the file nor of a folder on the way nor out of the root', async () => {
    await using place = await makePlace('write-back');
    await using outside = await makePlace('outside');
    writeFileSync(outside.at('victim.yaml'), 'a: 1\n');
    symlinkSync(outside.at('victim.yaml'), place.at('link.yaml'));
    symlinkSync(outside.path, place.at('proxies'));
    for (const [file, reason] of [
      ['link.yaml', 'NotARegularFile'],
      ['proxies/victim.yaml', 'NotARegularFile'],
      ['proxies/new.yaml', 'NotARegularFile'],
      ['../victim.yaml', 'OutsideTree'],
      ['/etc/victim.yaml', 'OutsideTree'],
    ] as const) {
      const written = await writer(place).write(ask(put(file, () => 'stolen: 1\n')));
      assert.equal(written.type === 'refused' ? written.refusal.reason : written.type, reason, file);
    }
    assert.equal(readFileSync(outside.at('victim.yaml'), 'utf8'), 'a: 1\n');
    assert.deepEqual(readdirSync(outside.path), ['victim.yaml']);
    assert.ok(lstatSync(place.at('link.yaml')).isSymbolicLink());
  });

  it('is only told where the source says off, where it is not UTF-8, and where the folder is not mounted', async () => {
    await using place = await makePlace('write-back');
    writeFileSync(place.at('a.yaml'), 'a: 1\n');
    writeFileSync(place.at('latin.yaml'), Buffer.from([0x61, 0xe9]));
    const told = await writer(place, 'off').write(ask(put('a.yaml', () => 'a: 2\n')));
    assert.ok(told.type === 'refused');
    assert.equal(told.refusal.reason, 'WriteBackOff');
    assert.match(told.patch ?? '', /^-a: 1\n\+a: 2$/m);
    const latin = await writer(place).write(ask(put('latin.yaml', () => 'a')));
    assert.equal(latin.type === 'refused' ? latin.refusal.reason : '', 'NotUtf8');
    const gone = await writer({ ...place, path: place.at('gone') }).write(ask(put('a.yaml', () => 'a')));
    assert.equal(gone.type === 'refused' ? gone.refusal.reason : '', 'SourceAway');
    assert.ok(!existsSync(place.at('gone')));
    mkdirSync(place.at('gone'));
  });
});
