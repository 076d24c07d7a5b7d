// Packs injected files and trees as a tar stream, file by file, so that a large site needs no large memory.
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { MOST_BYTES, MOST_FILES } from '../../core/tree-limits.ts';
import type { Archiver } from '../../ports/archiver.ts';
import type { Tree } from '../../ports/tree.ts';
import { addContext } from './pack-context.ts';

/** A fixed time: the same release is the same bytes. */
const EPOCH = new Date(0);
/** 2000-01-01, and twenty years in seconds. */
const FIRST_TIME_MS = 946_684_800_000;
const TIMES = 631_152_000;

type Pack = ReturnType<typeof pack>;

export function createTarArchiver({ tree }: { tree: Tree }): Archiver {
  return {
    pack: ({ files, trees }) =>
      streamed(async (tar) => {
        for (const file of files) {
          const content = Buffer.from(file.content);
          tar.entry(
            { name: relative(file.target), size: content.length, mode: file.mode, mtime: EPOCH },
            content,
          );
        }
        for (const { from, target, hash } of trees)
          await addTree({ from, target, mtime: timeOf(hash), tar, tree });
      }),
    packContext: (context) => streamed((tar) => addContext(context, { tar, tree, timeOf })),
  };
}

/** The stream is there at once, and is filled as it is read. */
function streamed(fill: (tar: Pack) => Promise<void>): NodeJS.ReadableStream {
  const tar = pack();
  const out = new PassThrough();
  pipeline(tar, out).catch((error: unknown) => out.destroy(error as Error));
  fill(tar).then(
    () => tar.finalize(),
    (error: unknown) => tar.destroy(error as Error),
  );
  return out;
}

async function addTree({
  from,
  target,
  mtime,
  tar,
  tree,
}: {
  from: string;
  target: string;
  mtime: Date;
  tar: Pack;
  tree: Tree;
}): Promise<void> {
  const entries = await tree.list({ root: from, path: '', maxFiles: MOST_FILES, maxBytes: MOST_BYTES });
  for (const entry of entries) {
    const name = relative(`${target}/${entry.path}`);
    if (entry.type === 'directory') {
      tar.entry({ name, type: 'directory', mode: 0o755, mtime });
      continue;
    }
    const sink = tar.entry({
      name,
      size: entry.size,
      mode: entry.mode & 0o111 ? 0o755 : 0o644,
      mtime,
    });
    await pipeline(await tree.open({ root: from, path: entry.path }), sink);
  }
}

/**
 * A time that only this content has. Web servers make ETag and Last-Modified from time and size: with one time for all
 * releases, a browser would keep the old bytes of a file whose new ones are as many.
 */
function timeOf(hash: string): Date {
  const number = Number.parseInt(hash.slice(0, 8), 16);
  return Number.isNaN(number) ? EPOCH : new Date(FIRST_TIME_MS + (number % TIMES) * 1_000);
}

function relative(path: string): string {
  return path.replace(/^\/+/, '');
}
