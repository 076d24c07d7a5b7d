// Archives that mean harm, and those that are only odd: nothing outside, nothing endless, nothing but files.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { createContents } from '../../src/adapters/archive/contents.ts';
import { unpack } from '../../src/adapters/archive/unpack.ts';
import { isPrivateAddress } from '../../src/adapters/registry/private-address.ts';
import { isFault } from '../../src/model/errors.ts';

const SIGNAL = new AbortController().signal;
const LIMITS = { maxFiles: 100, maxBytes: 1_000_000, timeoutMs: 60_000 };

type Entry = Partial<Header> & { name: string; text?: string };

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack();
  for (const { text = '', ...header } of entries) tar.entry(header, text);
  tar.finalize();
  const parts: Buffer[] = [];
  for await (const part of tar) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tinyforge-archive-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function unpacked(bytes: Buffer, limits = LIMITS): Promise<string> {
  await writeFile(join(folder, 'a.tar'), bytes);
  const directory = join(folder, 'tree');
  await unpack({ file: join(folder, 'a.tar'), directory, signal: SIGNAL }, limits);
  return directory;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(isFault(error), `${error}`);
  return error.reason;
}

describe('an archive is unpacked', () => {
  const good: Entry[] = [
    { name: './index.html', text: 'home' },
    { name: 'deep/er/', type: 'directory' },
    { name: 'deep/er/x.sh', text: 'run', mode: 0o4777 },
    { name: 'deep/Readme', text: 'one' },
    { name: 'deep/README', text: 'two' },
    { name: `${'long/'.repeat(40)}name.txt`, text: 'long' },
  ];
  for (const [what, zip] of [
    ['plain', (bytes: Buffer) => bytes],
    ['gzipped', (bytes: Buffer) => gzipSync(bytes)],
  ] as const)
    it(`${what}: files and folders, with no more than the right to run`, async () => {
      const tree = await unpacked(zip(await tarOf(good)));
      assert.equal(await readFile(join(tree, 'index.html'), 'utf8'), 'home');
      assert.equal((await lstat(join(tree, 'deep/er/x.sh'))).mode & 0o7777, 0o755);
      assert.equal((await lstat(join(tree, 'index.html'))).mode & 0o7777, 0o644);
      assert.deepEqual((await readdir(join(tree, 'deep'))).sort(), ['README', 'Readme', 'er']);
      assert.equal(await readFile(join(tree, `${'long/'.repeat(40)}name.txt`), 'utf8'), 'long');
    });
});

describe('an archive is refused', () => {
  const rows: Record<string, Entry[]> = {
    'that climbs out': [{ name: '../evil', text: 'x' }],
    'that climbs out in the middle': [{ name: 'a/../../evil', text: 'x' }],
    'with an absolute path': [{ name: '/etc/evil', text: 'x' }],
    'with a path of another system': [{ name: '..\\evil', text: 'x' }],
    'with a line break in a name': [{ name: 'a\nb', text: 'x' }],
    'with a link out': [{ name: 'l', type: 'symlink', linkname: '/etc/passwd' }],
    'with a link inside': [
      { name: 'a', text: 'x' },
      { name: 'l', type: 'symlink', linkname: 'a' },
    ],
    'that writes through its own link': [
      { name: 'd', type: 'symlink', linkname: '/tmp' },
      { name: 'd/evil', text: 'x' },
    ],
    'with a hard link': [{ name: 'l', type: 'link', linkname: '/etc/passwd' }],
    'with a device': [{ name: 'd', type: 'character-device', devmajor: 1, devminor: 5 }],
    'with a pipe': [{ name: 'p', type: 'fifo' }],
    'with one name twice': [
      { name: 'a', text: 'x' },
      { name: './a', text: 'y' },
    ],
    'with a file that is a folder too': [
      { name: 'a', text: 'x' },
      { name: 'a/b', text: 'y' },
    ],
    'that is empty': [],
  };
  for (const [what, entries] of Object.entries(rows))
    it(`${what}, and nothing is outside`, async () => {
      assert.equal(await refusal(unpacked(await tarOf(entries))), 'ArchiveRefused');
      assert.deepEqual((await readdir(folder)).sort(), ['a.tar', 'tree']);
    });

  it('that is no archive, or cut short', async () => {
    const whole = await tarOf([{ name: 'a', text: 'x'.repeat(5_000) }]);
    for (const bytes of [
      Buffer.from('PK\u0003\u0004 zip'),
      Buffer.alloc(2_000, 7),
      whole.subarray(0, 2_000),
      gzipSync(whole).subarray(0, 60),
    ]) {
      assert.equal(await refusal(unpacked(bytes)), 'ArchiveRefused');
      await rm(join(folder, 'tree'), { recursive: true, force: true });
    }
  });

  it('with more files, or more bytes, than are taken', async () => {
    const many = Array.from({ length: 101 }, (_, index) => ({ name: `f${index}`, text: 'x' }));
    assert.equal(await refusal(unpacked(await tarOf(many))), 'ArchiveTooLarge');
    await rm(join(folder, 'tree'), { recursive: true });
    assert.equal(
      await refusal(unpacked(await tarOf([{ name: 'a', text: 'x'.repeat(1_000_001) }]))),
      'ArchiveTooLarge',
    );
  });

  it('with exactly as many, it is taken', async () => {
    const many = Array.from({ length: 99 }, (_, index) => ({ name: `f${index}`, text: '' }));
    const tree = await unpacked(await tarOf([...many, { name: 'a', text: 'x'.repeat(1_000_000) }]));
    assert.equal((await readdir(tree)).length, 100);
  });

  for (const [what, size] of [
    ['in one file', 90_000_000],
    ['behind its last file', 0],
  ] as const)
    it(`that is small and grows large ${what}, and memory stays flat`, async () => {
      const header = (await tarOf([{ name: 'zeros', size: 0 }])).subarray(0, 512);
      header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
      sign(header);
      const bomb = gzipSync(Buffer.concat([header, Buffer.alloc(90_000_112)]));
      assert.ok(bomb.length < 100_000);
      const before = process.memoryUsage().rss;
      const limits = { ...LIMITS, maxBytes: 60_000_000 };
      assert.equal(await refusal(unpacked(bomb, limits)), 'ArchiveTooLarge');
      assert.ok(process.memoryUsage().rss - before < 50_000_000);
    });
});

/** The checksum of a tar header, whose own field counts as spaces. */
function sign(header: Buffer): void {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

describe('what a build left behind is kept', () => {
  const limits = { ...LIMITS, maxFiles: 5 };
  const kept = async (archive: Iterable<Buffer>) => {
    const store = createContents({
      dataDirectory: folder,
      isPrivate: isPrivateAddress,
      clock: { nowMs: () => Date.now() },
      limits,
    });
    await store.keepBuilt('built', { archive: Readable.from(archive), signal: SIGNAL });
    return await store.lookBuilt('built');
  };
  /** As an engine packs it: the folder first, and all else below its name. */
  const dist = (more: readonly Entry[]) =>
    tarOf([
      { name: 'dist/', type: 'directory' },
      ...more.map((entry) => ({ ...entry, name: `dist/${entry.name}` })),
    ]);
  const most: Entry[] = [
    ...['a', 'b', 'c'].map((name) => ({ name, text: '' })),
    { name: 'sub/', type: 'directory' as const },
    { name: `sub/${'long'.repeat(30)}`, text: 'x'.repeat(1_000_000) },
  ];

  it('with exactly as many files and folders in it, and bytes, as are taken', async () => {
    const { here, directory } = await kept([await dist(most)]);
    assert.equal(here, true);
    assert.equal((await readdir(directory, { recursive: true })).length, 5);
  });

  for (const [what, entries] of [
    ['one file more', [...most, { name: 'd', text: '' }]],
    ['one folder more', [...most, { name: 'd/', type: 'directory' }]],
    ['one byte more', [...most.slice(0, 4), { name: 'sub/e', text: 'x'.repeat(1_000_001) }]],
  ] as [string, Entry[]][])
    it(`and not with ${what}`, async () => {
      assert.equal(await refusal(kept([await dist(entries)])), 'ArchiveTooLarge');
      assert.deepEqual(await readdir(join(folder, 'contents')), []);
    });

  it('and what goes on and on is not read on, and not left on the disk', async () => {
    const piece = Buffer.alloc(65_536);
    let read = 0;
    function* endless(start: Buffer): Generator<Buffer> {
      yield start;
      for (; read < 100_000_000; read += piece.length) yield piece;
    }
    assert.equal(await refusal(kept(endless(await dist(most)))), 'ArchiveTooLarge');
    // What is on its way in streams is read as well.
    assert.ok(read < 3_000_000, `${read} bytes were read`);
    assert.deepEqual(await readdir(join(folder, 'contents')), []);
  });
});

describe('an archive is fetched', () => {
  async function served(listener: RequestListener) {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await new Promise((go) => server.once('listening', go));
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}/a.tar`,
      port,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections();
        await new Promise((go) => server.close(go));
      },
    };
  }
  const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const contents = (isPrivate = isPrivateAddress) =>
    createContents({ dataDirectory: folder, isPrivate, clock: { nowMs: () => Date.now() } });
  const options = { credential: null, signal: SIGNAL, onProgress: () => {} };
  const archive = (url: string, sha256: string) => ({ type: 'archive' as const, url, sha256, path: '' });

  it('once, however many ask, and is there for a later process', async () => {
    const bytes = await tarOf([{ name: 'index.html', text: 'home' }]);
    let asked = 0;
    await using host = await served((_request, response) => {
      asked += 1;
      response.end(bytes);
    });
    const wanted = archive(host.url, sha(bytes));
    const store = contents();
    assert.equal((await store.look(wanted)).here, false);
    await Promise.all([store.fetch(wanted, options), store.fetch(wanted, options)]);
    await store.fetch(wanted, options);
    await contents().fetch(wanted, options);
    const { here, directory } = await contents().look(wanted);
    assert.equal(here, true);
    assert.equal(await readFile(join(directory, 'index.html'), 'utf8'), 'home');
    assert.equal(asked, 1);
    assert.deepEqual(await readdir(join(folder, 'contents')), [sha(bytes)]);
  });

  it('and another file than the one that is meant is not looked into', async () => {
    await using host = await served((_request, response) => response.end('no tar at all'));
    assert.equal(await refusal(contents().fetch(archive(host.url, 'a'.repeat(64)), options)), 'ArchiveWrong');
    assert.deepEqual(await readdir(join(folder, 'contents')), []);
  });

  it('not from a host that is away, and it says so', async () => {
    const gone = await served(() => {});
    await gone[Symbol.asyncDispose]();
    assert.equal(await refusal(contents().fetch(archive(gone.url, 'a'.repeat(64)), options)), 'ArchiveAway');
    await using broken = await served((_request, response) => {
      response.statusCode = 503;
      response.end();
    });
    assert.equal(
      await refusal(contents().fetch(archive(broken.url, 'a'.repeat(64)), options)),
      'ArchiveAway',
    );
  });

  it('and a redirect leads to no private address, by whatever name', async () => {
    let reached = 0;
    await using inside = await served((_request, response) => {
      reached += 1;
      response.end('secret');
    });
    for (const to of [
      `http://127.0.0.1:${inside.port}/`,
      `https://127.0.0.1:${inside.port}/`,
      `https://localhost:${inside.port}/`,
      `https://[::1]:${inside.port}/`,
      `https://[::ffff:127.0.0.1]:${inside.port}/`,
      `https://2130706433:${inside.port}/`,
      'https://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      'ftp://example.com/',
    ]) {
      await using host = await served((_request, response) => {
        response.writeHead(302, { location: to });
        response.end();
      });
      assert.equal(
        await refusal(contents().fetch(archive(host.url, 'a'.repeat(64)), options)),
        'AddressRefused',
        to,
      );
    }
    assert.equal(reached, 0);
  });

  it('with its credential, as a token or as a name with a password', async () => {
    const bytes = await tarOf([{ name: 'index.html', text: 'home' }]);
    for (const [credential, sent] of [
      ['t0ken\n', 'Bearer t0ken'],
      ['me:secret', `Basic ${Buffer.from('me:secret').toString('base64')}`],
    ] as const) {
      const seen: (string | undefined)[] = [];
      await using host = await served((request, response) => {
        seen.push(request.headers.authorization);
        if (request.url !== '/a.tar') return void response.end(bytes);
        response.writeHead(302, { location: '/elsewhere' });
        response.end();
      });
      const wanted = archive(host.url, sha(bytes));
      await contents().fetch(wanted, { ...options, credential });
      assert.deepEqual(seen, [sent, sent]);
      await rm(join(folder, 'contents'), { recursive: true });
    }
  });

  it('not by http from the internet, nor from where clouds keep credentials', async () => {
    await using host = await served((_request, response) => response.end('x'));
    const publicly = contents(() => false);
    assert.equal(await refusal(publicly.fetch(archive(host.url, 'a'.repeat(64)), options)), 'AddressRefused');
    for (const url of ['http://169.254.169.254/x', 'http://[::ffff:169.254.169.254]/x', 'http://[fe80::1]/x'])
      assert.equal(
        await refusal(contents().fetch(archive(url, 'a'.repeat(64)), options)),
        'AddressRefused',
        url,
      );
  });

  it('and a redirect round and round ends', async () => {
    await using host = await served((_request, response) => {
      response.writeHead(302, { location: '/again' });
      response.end();
    });
    assert.equal(
      await refusal(contents().fetch(archive(host.url, 'a'.repeat(64)), options)),
      'AddressRefused',
    );
  });
});
