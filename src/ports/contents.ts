// Files of sites that come from elsewhere than a source: brought once, checked, and kept below the data directory.
import type { ArchiveContent } from '../model/desired.ts';

export interface Contents {
  /** Whether an archive is there, unpacked, and the folder where it is or will be. Looks at the disk alone. */
  look(archive: ArchiveContent): Promise<{ here: boolean; directory: string }>;
  /**
   * Fetches and unpacks it; does nothing where it is there already, and two calls at once fetch once. Whole or not at
   * all: what a killed process left half done is never looked at. What nobody asked about for an hour is removed.
   * Throws a fault: ArchiveAway (retry), ArchiveWrong, ArchiveRefused, ArchiveTooLarge (stalled).
   */
  fetch(
    archive: ArchiveContent,
    options: {
      /** A token, or `user:password`, for the host of the address alone. */
      credential: string | null;
      signal: AbortSignal;
      onProgress: (bytes: number) => void;
    },
  ): Promise<void>;
  /** The same of what a command of a site left behind. */
  lookBuilt(id: string): Promise<{ here: boolean; directory: string }>;
  /** Keeps the one folder of a tar stream, whole or not at all. Throws a fault: ArchiveRefused, ArchiveTooLarge. */
  keepBuilt(id: string, options: { archive: NodeJS.ReadableStream; signal: AbortSignal }): Promise<void>;
}
