// Archives of sites below the data directory: one folder for each checksum, made whole by a rename.
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MOST_BYTES, MOST_FILES } from '../../core/tree-limits.ts';
import type { ArchiveContent } from '../../model/desired.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Contents } from '../../ports/contents.ts';
import { archiveFault } from './archive-faults.ts';

const LIMITS = { maxFiles: MOST_FILES, maxBytes: MOST_BYTES, timeoutMs: 300_000 };
const DOWNLOAD = { maxBytes: MOST_BYTES, timeoutMs: 600_000 };
const UNUSED_MS = 3_600_000;
const TEMPORARY = '.tmp-';

export function createContents({
  dataDirectory,
  isPrivate,
  clock,
  limits = LIMITS,
}: {
  dataDirectory: string;
  isPrivate: (address: string) => boolean;
  clock: Pick<Clock, 'nowMs'>;
  limits?: typeof LIMITS;
}): Contents {
  const root = join(dataDirectory, 'contents');
  const running = new Map<string, Promise<void>>();
  const asked = new Map<string, number>();

  async function bring(archive: ArchiveContent, options: Parameters<Contents['fetch']>[1]): Promise<void> {
    const { url, sha256 } = archive;
    const { credential, signal, onProgress } = options;
    await mkdir(root, { recursive: true, mode: 0o700 });
    await sweep();
    const temporary = await mkdtemp(join(root, TEMPORARY));
    try {
      const file = join(temporary, 'archive');
      // Loaded with the first archive: HTTP costs each start 45 ms, and unpacking some more.
      const [{ download }, { unpack }] = await Promise.all([import('./download.ts'), import('./unpack.ts')]);
      const found = await download({ url, file, ...DOWNLOAD, credential, isPrivate, signal, onProgress });
      // Before anything looks into it.
      if (found !== sha256) {
        const message = `What ${new URL(url).host} sends has the sha256 ${found}, and ${sha256.slice(0, 12)}… is asked for`;
        throw archiveFault('ArchiveWrong', message);
      }
      const directory = join(temporary, 'tree');
      await unpack({ file, directory, signal }, limits);
      await rename(directory, placeOf(sha256));
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  /** Leftovers of killed processes, for the data directory has one writer; and what no site has any more. */
  async function sweep(): Promise<void> {
    if (running.size > 1) return;
    for (const name of await readdir(root)) {
      const isLeft = name.startsWith(TEMPORARY) || clock.nowMs() - (asked.get(name) ?? 0) > UNUSED_MS;
      if (isLeft) await rm(join(root, name), { recursive: true, force: true });
    }
  }

  const placeOf = (sha256: string): string => join(root, sha256);

  async function keep(id: string, archive: NodeJS.ReadableStream, signal: AbortSignal): Promise<void> {
    await mkdir(root, { recursive: true, mode: 0o700 });
    await sweep();
    const temporary = await mkdtemp(join(root, TEMPORARY));
    try {
      const { unpack } = await import('./unpack.ts');
      const file = join(temporary, 'archive');
      await pipeline(archive, most(limits), createWriteStream(file, { flags: 'wx', mode: 0o600 }), {
        signal,
      });
      const directory = join(temporary, 'tree');
      // An engine packs a folder under its own name.
      await unpack({ file, directory, signal }, { ...limits, isFolder: true });
      const [only, ...more] = await readdir(directory);
      if (only === undefined || more.length > 0 || !(await isThere(join(directory, only))))
        throw archiveFault('ArchiveRefused', 'It is no folder');
      await rename(join(directory, only), placeOf(id));
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  async function isThere(path: string): Promise<boolean> {
    return await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
  }

  return {
    async lookBuilt(id) {
      asked.set(id, clock.nowMs());
      return { here: await isThere(placeOf(id)), directory: placeOf(id) };
    },
    async keepBuilt(id, { archive, signal }) {
      if (await isThere(placeOf(id))) return;
      const own = keep(id, archive, signal).finally(() => running.delete(id));
      running.set(id, own);
      await own;
    },
    async look({ sha256, path }) {
      asked.set(sha256, clock.nowMs());
      const place = placeOf(sha256);
      return { here: await isThere(place), directory: path === '' ? place : join(place, path) };
    },
    async fetch(archive, options) {
      const { sha256 } = archive;
      asked.set(sha256, clock.nowMs());
      if (await isThere(placeOf(sha256))) return;
      const shared = running.get(sha256);
      if (shared !== undefined) return await shared;
      const own = bring(archive, options).finally(() => running.delete(sha256));
      running.set(sha256, own);
      await own;
    },
  };
}

function most({ maxBytes, maxFiles }: typeof LIMITS): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      const isTooMuch = bytes > maxBytes + maxFiles * 2_048;
      done(
        isTooMuch ? archiveFault('ArchiveTooLarge', `It is larger than ${maxBytes / 1e6} MB`) : null,
        chunk,
      );
    },
  });
}
