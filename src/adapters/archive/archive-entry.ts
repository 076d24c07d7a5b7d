// What an archive of any form holds, as whoever unpacks it sees it.
import type { EntryName } from './entry-path.ts';

export interface UnpackLimits {
  maxFiles: number;
  maxBytes: number;
  /** Whether all is packed below one folder, which is not among what is counted. */
  isFolder?: boolean;
  timeoutMs: number;
}

/** One thing in an archive, as far as it says itself. */
export interface ArchiveEntry extends EntryName {
  bytes: number;
  /** Permission bits of Unix; 0 where the archive has none. */
  mode: number;
  /** Of a file. It fails where more or other bytes come than were promised. */
  content(): Promise<AsyncIterable<unknown>>;
  /** Goes on without its content. */
  skip(): void;
}

export interface OpenedArchive {
  entries: AsyncIterable<ArchiveEntry>;
  /** Resolves when the archive was read to its end, as it has to be. */
  rest: Promise<unknown>;
  close(): void;
}
