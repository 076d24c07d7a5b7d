// A layer of a local image: a tar whose bytes depend on its contents alone, so that the same image has the same id each time.
import { createHash } from 'node:crypto';
import { pack } from 'tar-stream';

export type LayerEntry =
  | { readonly type: 'directory'; readonly path: string; readonly mode?: number; readonly uid?: number }
  | {
      readonly type: 'file';
      readonly path: string;
      readonly content: string | Buffer;
      readonly mode?: number;
    }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string };

export interface Layer {
  /** `sha256:…` of the tar, which is how an image's configuration names a layer. */
  readonly diffId: string;
  readonly tar: Buffer;
}

/** Makes a layer from entries with paths relative to `/`. Folders that files lie in are made as needed. */
export async function makeLayer(entries: readonly LayerEntry[]): Promise<Layer> {
  const tar = await tarOf(entries);
  return { diffId: `sha256:${createHash('sha256').update(tar).digest('hex')}`, tar };
}

/** The bytes of a tar with these entries, without dates or owners. */
export async function tarOf(entries: readonly LayerEntry[]): Promise<Buffer> {
  const archive = pack();
  const fixed = { mtime: new Date(0), uid: 0, gid: 0 };
  const made = new Set<string>();
  const makeParents = (path: string) => {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const name = path.slice(0, slash);
      if (made.has(name)) continue;
      made.add(name);
      archive.entry({ ...fixed, name, type: 'directory', mode: 0o755 });
    }
  };
  for (const entry of entries) {
    makeParents(entry.path);
    if (entry.type === 'directory') {
      made.add(entry.path);
      archive.entry({
        ...fixed,
        name: entry.path,
        type: 'directory',
        mode: entry.mode ?? 0o755,
        uid: entry.uid ?? 0,
      });
    } else if (entry.type === 'symlink') {
      archive.entry({ ...fixed, name: entry.path, type: 'symlink', linkname: entry.target });
    } else {
      archive.entry({ ...fixed, name: entry.path, mode: entry.mode ?? 0o644 }, entry.content);
    }
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
