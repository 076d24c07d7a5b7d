// The hash of a file or a small folder that containers see, and the stamp by which a change of it is noticed.
import { createHash } from 'node:crypto';
import { isFault } from '../../model/errors.ts';
import type { Tree } from '../../ports/tree.ts';
import { contextStamp, readContext } from './context.ts';
import type { Watched } from './types.ts';

/** Something that counts for the identity of a service. */
export interface Tracked extends Watched {
  /** `content`: of a config or secret; `bind`: bound read-only; `context`: an image is built from it. */
  use: 'bind' | 'content' | 'context';
  /** Null for what is absent, empty, too large or no plain folder of files: it does not count. */
  hash: string | null;
}

const MAX_FILES = 200;
const MAX_BYTES = 5 * 1024 * 1024;

export async function hashContent(
  tree: Tree,
  { root, path, use, context }: Pick<Tracked, 'path' | 'use' | 'context'> & { root: string },
): Promise<Tracked> {
  if (context !== undefined) {
    const { stamp, hash } = await readContext(tree, { root, path, ...context });
    return { path, use, as: 'context', stamp, hash, context };
  }
  const found = (as: Watched['as'], stamp: string, hash: string | null): Tracked => ({
    path,
    use,
    as,
    stamp,
    hash,
  });
  try {
    const { type } = await tree.look({ root, path });
    if (type === 'missing') return found('file', 'missing', null);
    if (type === 'file') {
      const { bytes, stamp } = await tree.readBytes({ root, path, maxBytes: MAX_BYTES });
      return found('file', stamp, sha256(bytes));
    }
    const { stamp, paths } = await listing(tree, root, path);
    if (paths.length === 0) return found('list', stamp, null);
    const whole = createHash('sha256');
    for (const name of paths) {
      const { bytes, mode } = await tree.readBytes({ root, path: `${path}/${name}`, maxBytes: MAX_BYTES });
      whole.update(`${name}\0${mode & 0o111 ? 'x' : '-'}\0${sha256(bytes)}\0`);
    }
    return found('list', stamp, whole.digest('hex'));
  } catch (error) {
    // A config must be readable; of a bind (a socket, a device, a film) we only cannot say when it changes.
    if (!isFault(error) || error.disposition === 'retry' || use === 'content') throw error;
    return found('file', error.reason, null);
  }
}

/** Looks once more. The same stamp means the same content; what is refused has its refusal as stamp. */
export async function stampOf(
  tree: Tree,
  root: string,
  { path, as, context }: Pick<Watched, 'path' | 'as' | 'context'>,
): Promise<string> {
  try {
    if (context !== undefined) return await contextStamp(tree, { root, path, ...context });
    const { type, stamp } = await tree.look({ root, path });
    if (type === 'missing') return 'missing';
    if (type === 'file') return as === 'file' ? stamp : 'file';
    return as === 'list' ? (await listing(tree, root, path)).stamp : 'directory';
  } catch (error) {
    if (!isFault(error) || error.disposition === 'retry') throw error;
    return error.reason;
  }
}

/** The files of a folder. Throws for one that is too large or holds a link. */
async function listing(tree: Tree, root: string, path: string): Promise<{ stamp: string; paths: string[] }> {
  const entries = await tree.list({ root, path, maxFiles: MAX_FILES, maxBytes: MAX_BYTES });
  const files = entries.filter(({ type }) => type === 'file');
  const stamp = sha256(files.map((file) => `${file.path}\0${file.mode}\0${file.stamp}\0`).join(''));
  return { stamp, paths: files.map((file) => file.path) };
}

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
