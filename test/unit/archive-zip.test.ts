// Zip files: those that people make, and those that mean harm, which say one thing of themselves and are another.
import assert from 'node:assert/strict';
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { unpack } from '../../src/adapters/archive/unpack.ts';
import { isFault } from '../../src/model/errors.ts';
import { type ZipEntry, zipOf } from '../support/zip-file.ts';

const SIGNAL = new AbortController().signal;
const LIMITS = { maxFiles: 100, maxBytes: 1_000_000, timeoutMs: 60_000 };

/** Written by Python's zipfile as on Unix: a folder, two texts (one with a name that is not ASCII), and a program that runs as its owner. */
const REAL = Buffer.from(
  [
    'UEsDBBQAAAAAAIMYIlwAAAAAAAAAAAAAAAAFAAAAc2l0ZS9QSwMEFAAAAAgAgxgiXOJjl9cKAAAAHQAAAA8AAABzaXRlL2luZGV4',
    'Lmh0bWzLyM9NVcjAQQAAUEsDBBQAAAAIAIMYIlzApHZQBQAAAAMAAAALAAAAc2l0ZS9ydW4uc2grKs0DAFBLAwQUAAAICACDGCJc',
    'Ie6a0AcAAAAFAAAADgAAAHNpdGUvZ3LDvG4udHh0Sy9KTc0DAFBLAQIUAxQAAAAAAIMYIlwAAAAAAAAAAAAAAAAFAAAAAAAAAAAA',
    'EADtQQAAAABzaXRlL1BLAQIUAxQAAAAIAIMYIlziY5fXCgAAAB0AAAAPAAAAAAAAAAAAAACkgSMAAABzaXRlL2luZGV4Lmh0bWxQ',
    'SwECFAMUAAAACACDGCJcwKR2UAUAAAADAAAACwAAAAAAAAAAAAAA7YlaAAAAc2l0ZS9ydW4uc2hQSwECFAMUAAAICACDGCJcIe6a',
    '0AcAAAAFAAAADgAAAAAAAAAAAAAAgIGIAAAAc2l0ZS9ncsO8bi50eHRQSwUGAAAAAAQABADlAAAAuwAAAAAA',
  ].join(''),
  'base64',
);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tinyforge-zip-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function unpacked(bytes: Buffer, limits = LIMITS): Promise<string> {
  const file = join(folder, 'a');
  await writeFile(file, bytes);
  const directory = join(folder, 'tree');
  await unpack({ file, directory, signal: SIGNAL }, limits);
  return directory;
}

/** The reason, and the sentence. */
async function refusal(work: Promise<unknown>): Promise<{ reason: string; message: string }> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(isFault(error), `${error}`);
  return error;
}

describe('a zip file is unpacked', () => {
  it('as a packer on Unix wrote it, with no more than the right to run', async () => {
    const tree = await unpacked(REAL);
    assert.deepEqual((await readdir(join(tree, 'site'))).sort(), ['grün.txt', 'index.html', 'run.sh']);
    assert.equal(await readFile(join(tree, 'site/index.html'), 'utf8'), 'home '.repeat(6).trim());
    assert.equal(await readFile(join(tree, 'site/grün.txt'), 'utf8'), 'green');
    const modes = ['index.html', 'run.sh', 'grün.txt'].map(async (name) => {
      return ((await lstat(join(tree, 'site', name))).mode & 0o7777).toString(8);
    });
    assert.deepEqual(await Promise.all(modes), ['644', '755', '644']);
  });

  it('as a packer wrote it that knows neither folders nor modes', async () => {
    const tree = await unpacked(
      zipOf([
        { name: 'deep/er/x.txt', text: 'x' },
        { name: 'empty', text: '' },
      ]),
    );
    assert.equal(await readFile(join(tree, 'deep/er/x.txt'), 'utf8'), 'x');
    assert.equal(await readFile(join(tree, 'empty'), 'utf8'), '');
    assert.equal((await lstat(join(tree, 'empty'))).mode & 0o7777, 0o644);
  });
});

describe('a zip file is refused', () => {
  const rows: Readonly<Record<string, readonly [why: RegExp, entries: readonly ZipEntry[]]>> = {
    'that climbs out': [/leads out/, [{ name: '../evil', text: 'x' }]],
    'that climbs out in the middle': [/leads out/, [{ name: 'a/../../evil', text: 'x' }]],
    'with an absolute path': [/leads out/, [{ name: '/etc/evil', text: 'x' }]],
    'with a path of another system': [/characters/, [{ name: '..\\evil', text: 'x' }]],
    'with a drive of another system, as a folder of that name would be': [
      /two files of one name/,
      [
        { name: 'C:', text: 'x' },
        { name: 'C:/evil', text: 'x' },
      ],
    ],
    'with a name that ends early': [/characters/, [{ name: 'a\u0000.html', text: 'x' }]],
    'with a name that is not UTF-8': [/not UTF-8/, [{ name: Buffer.from([0x67, 0xfc]), text: 'x' }]],
    'with a link': [/symlink/, [{ name: 'l', text: '/etc/passwd', unix: 0o120_777 }]],
    'with a link that says it is a folder': [/symlink/, [{ name: 'l/', text: '/etc', unix: 0o120_777 }]],
    'with a device': [/character-device/, [{ name: 'd', unix: 0o020_666 }]],
    'with a pipe': [/fifo/, [{ name: 'p', unix: 0o010_666 }]],
    'with a kind that nobody knows': [/thing/, [{ name: 'p', unix: 0o170_666 }]],
    'with something encrypted': [/encrypted/, [{ name: 's', text: 'x', encrypted: true }]],
    'with one name twice': [
      /two files of one name/,
      [
        { name: 'a', text: 'x' },
        { name: './a', text: 'y' },
      ],
    ],
    'with a file that is a folder too': [
      /two files of one name/,
      [
        { name: 'a', text: 'x' },
        { name: 'a/b', text: 'y' },
      ],
    ],
    'with more in a file than it says': [/cannot be read/, [{ name: 'a', text: 'xyz', saysBytes: 1 }]],
    'with less in a file than it says': [/cannot be read/, [{ name: 'a', text: 'xyz', saysBytes: 9 }]],
    'that is empty': [/empty/, []],
  };
  for (const [what, [why, entries]] of Object.entries(rows))
    it(`${what}, and nothing is outside`, async () => {
      const { reason, message } = await refusal(unpacked(zipOf(entries)));
      assert.equal(reason, 'ArchiveRefused');
      assert.match(message, why);
      assert.deepEqual((await readdir(folder)).sort(), ['a', 'tree']);
    });

  it('cut short anywhere', async () => {
    for (let bytes = 2; bytes < REAL.length; bytes += 7) {
      assert.equal((await refusal(unpacked(REAL.subarray(0, bytes)))).reason, 'ArchiveRefused', `${bytes}`);
      await rm(join(folder, 'tree'), { recursive: true, force: true });
    }
  });

  it('with more files, or more bytes, than are taken', async () => {
    const many = Array.from({ length: 101 }, (_, index) => ({ name: `f${index}`, text: 'x' }));
    assert.equal((await refusal(unpacked(zipOf(many)))).reason, 'ArchiveTooLarge');
    await rm(join(folder, 'tree'), { recursive: true });
    assert.equal(
      (await refusal(unpacked(zipOf([{ name: 'a', text: 'x'.repeat(1_000_001) }])))).reason,
      'ArchiveTooLarge',
    );
  });

  it('that is small and grows large, by one stream that is many files too, and memory stays flat', async () => {
    const zeros = '\0'.repeat(9_000_000);
    const layers = Array.from({ length: 9 }, (_, index) => ({ name: `f${index}`, text: zeros, sameAs: 0 }));
    const bomb = zipOf([{ name: 'first', text: zeros }, ...layers]);
    assert.ok(bomb.length < 100_000);
    const before = process.memoryUsage().rss;
    const limits = { ...LIMITS, maxBytes: 60_000_000 };
    assert.equal((await refusal(unpacked(bomb, limits))).reason, 'ArchiveTooLarge');
    assert.ok(process.memoryUsage().rss - before < 50_000_000);
  });
});
