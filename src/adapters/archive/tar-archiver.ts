// Packs injected files and trees as a tar stream, file by file, so that a large site needs no large memory.
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { Archiver } from '../../ports/archiver.ts';
import type { Tree } from '../../ports/tree.ts';

const MAX_FILES = 20_000;
const MAX_BYTES = 1_000_000_000;
/** A fixed time: the same release is the same bytes. */
const EPOCH = new Date(0);

type Pack = ReturnType<typeof pack>;

export function createTarArchiver({ tree }: { tree: Tree }): Archiver {
  return {
    pack({ files, trees }) {
      const tar = pack();
      const out = new PassThrough();
      const fill = async (): Promise<void> => {
        for (const file of files) {
          const content = Buffer.from(file.content);
          tar.entry(
            { name: relative(file.target), size: content.length, mode: file.mode, mtime: EPOCH },
            content,
          );
        }
        for (const { from, target } of trees) await addTree({ from, target, tar, tree });
        tar.finalize();
      };
      pipeline(tar, out).catch((error: unknown) => out.destroy(error as Error));
      fill().catch((error: unknown) => tar.destroy(error as Error));
      return out;
    },
  };
}

async function addTree({
  from,
  target,
  tar,
  tree,
}: {
  from: string;
  target: string;
  tar: Pack;
  tree: Tree;
}): Promise<void> {
  const entries = await tree.list({ root: from, path: '', maxFiles: MAX_FILES, maxBytes: MAX_BYTES });
  for (const entry of entries) {
    const name = relative(`${target}/${entry.path}`);
    if (entry.type === 'directory') {
      tar.entry({ name, type: 'directory', mode: 0o755, mtime: EPOCH });
      continue;
    }
    const sink = tar.entry({
      name,
      size: entry.size,
      mode: entry.mode & 0o111 ? 0o755 : 0o644,
      mtime: EPOCH,
    });
    await pipeline(await tree.open({ root: from, path: entry.path }), sink);
  }
}

function relative(path: string): string {
  return path.replace(/^\/+/, '');
}
