// What a tar file holds, one entry after the other as it is read.
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { ArchiveEntry, OpenedArchive, UnpackLimits } from './archive-entry.ts';
import { archiveFault } from './archive-faults.ts';

export function tarEntries(
  file: string,
  { isZipped, signal, ...limits }: UnpackLimits & { isZipped: boolean; signal: AbortSignal },
): OpenedArchive {
  const tar = extract();
  const source = createReadStream(file);
  const rest = isZipped
    ? pipeline(source, createGunzip(), bounded(limits), tar, { signal })
    : pipeline(source, bounded(limits), tar, { signal });
  // Told by whoever reads the entries as well; nobody else waits for it until then.
  rest.catch(() => {});
  return { entries: entriesOf(tar), rest, close: () => void source.destroy() };
}

async function* entriesOf(tar: ReturnType<typeof extract>): AsyncGenerator<ArchiveEntry> {
  for await (const entry of tar) {
    const { name, size, mode, type } = entry.header;
    yield {
      name,
      type: type === 'contiguous-file' ? 'file' : (type ?? 'thing'),
      bytes: size ?? 0,
      mode: mode ?? 0,
      content: async () => entry,
      skip: () => void entry.resume(),
    };
  }
}

/** What is between and behind the files is no file, and could go on for ever: a header and padding for each is enough. */
function bounded({ maxBytes, maxFiles }: UnpackLimits): Transform {
  const most = maxBytes + maxFiles * 4_096;
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= most) return done(null, chunk);
      done(archiveFault('ArchiveTooLarge', `The archive unpacks to more than ${maxBytes / 1e6} MB`));
    },
  });
}
