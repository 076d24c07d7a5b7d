// Packs what an image is built from, and makes sure that what is sent is what it is named by.
import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pack } from 'tar-stream';
import { fault } from '../../model/errors.ts';
import type { Archiver, ContextEntry } from '../../ports/archiver.ts';
import type { Tree } from '../../ports/tree.ts';

type Context = Parameters<Archiver['packContext']>[0];

export async function addContext(
  { directory, entries, texts }: Context,
  { tar, tree, timeOf }: { tar: Pack; tree: Tree; timeOf: (hash: string) => Date },
): Promise<void> {
  for (const entry of entries) {
    if (Object.hasOwn(texts, entry.path)) continue;
    const { path: name, type, isProgram, target, hash = '' } = entry;
    const mode = isProgram || type === 'directory' ? 0o755 : 0o644;
    const mtime = timeOf(hash);
    if (type === 'directory') tar.entry({ name, type, mode, mtime });
    else if (type === 'link') tar.entry({ name, type: 'symlink', linkname: target ?? '', mtime });
    else {
      const sink = tar.entry({ name, size: entry.size, mode, mtime });
      await pipeline(await tree.open({ root: directory, path: name }), checked(entry), sink);
    }
  }
  for (const [name, text] of Object.entries(texts)) {
    const content = Buffer.from(text);
    tar.entry({ name, size: content.length, mode: 0o644, mtime: timeOf('') }, content);
  }
}

/** Fails at the last byte of a file that is another one by now: the engine never gets the end of the stream. */
function checked({ path, hash, size }: ContextEntry): Transform {
  const seen = createHash('sha256');
  let bytes = 0;
  const changed = () =>
    fault({
      code: 'FILE_CHANGED',
      reason: 'FileChanged',
      message: `"${path.slice(0, 100)}" changed while it was sent to the engine.`,
      hint: 'It is looked at again.',
      disposition: 'conflict',
    });
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      seen.update(chunk);
      if (bytes > size) done(changed());
      else done(null, chunk);
    },
    flush(done) {
      done(bytes === size && seen.digest('hex') === hash ? null : changed());
    },
  });
}
