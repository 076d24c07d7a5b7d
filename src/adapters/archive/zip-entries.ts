// What a zip file holds, by the list at its end. That list is what counts: what lies between the files is never looked at.
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { ArchiveEntry, OpenedArchive, UnpackLimits } from './archive-entry.ts';
import { archiveFault } from './archive-faults.ts';

/** Unix's kinds of files, in the upper half of what an entry says of itself (APPNOTE.TXT 4.4.15, stat(2)). */
const KINDS: ReadonlyMap<number, string> = new Map([
  [0o010_000, 'fifo'],
  [0o020_000, 'character-device'],
  [0o040_000, 'directory'],
  [0o060_000, 'block-device'],
  [0o100_000, 'file'],
  [0o120_000, 'symlink'],
  [0o140_000, 'socket'],
]);
/** High byte of `version made by` where the attributes are Unix's. */
const MADE_ON_UNIX = [3, 19];

/** Throws what is wrong with the list itself; a file that yields other bytes than the list says fails as it is read. */
export async function zipEntries(file: string, { maxFiles }: UnpackLimits): Promise<OpenedArchive> {
  // Names are judged by us, the same for all archives.
  const zip = await openPromise(file, { autoClose: false, decodeStrings: false, validateEntrySizes: true });
  if (zip.entryCount > maxFiles) {
    zip.close();
    throw archiveFault('ArchiveTooLarge', `The archive holds more than ${maxFiles} files and folders`);
  }
  return { entries: entriesOf(zip), rest: Promise.resolve(), close: () => zip.close() };
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<ArchiveEntry> {
  for await (const entry of zip.eachEntry()) {
    const name = nameOf(entry);
    if (entry.isEncrypted())
      throw archiveFault('ArchiveRefused', `The archive holds ${JSON.stringify(name)}, which is encrypted`);
    const { type, mode } = kindOf(entry, name);
    yield {
      name,
      type,
      bytes: entry.uncompressedSize,
      mode,
      content: () => zip.openReadStreamPromise(entry),
      skip: () => {},
    };
  }
}

/** Names are UTF-8 by a flag, or of an older character set, of which ASCII is a part: more than that is not guessed. */
function nameOf(entry: Entry): string {
  const raw = entry.fileName as unknown as Buffer;
  const name = raw.toString('utf8');
  if (Buffer.from(name, 'utf8').equals(raw)) return name;
  throw archiveFault(
    'ArchiveRefused',
    `The archive holds ${JSON.stringify(name.slice(0, 200))}, a name that is not UTF-8`,
  );
}

function kindOf(
  { versionMadeBy, externalFileAttributes }: Entry,
  name: string,
): { type: string; mode: number } {
  const isUnix = MADE_ON_UNIX.includes(versionMadeBy >>> 8);
  const mode = isUnix ? externalFileAttributes >>> 16 : 0;
  const kind = mode & 0o170_000;
  const byMode = kind === 0 ? null : (KINDS.get(kind) ?? 'thing');
  const byName = name.endsWith('/') ? 'directory' : 'file';
  // A folder's name ends with a slash, whoever made it; something else that says so is taken at its word, and refused.
  return { type: byMode === null || byMode === 'file' ? byName : byMode, mode: mode & 0o777 };
}
