// Packs what a container is filled with before its start, and what an image is built from.
import type { ContainerSpec } from '../model/container-spec.ts';

/** One file, folder or link of what an image is built from. */
export interface ContextEntry {
  /** From the context, forward slashes. */
  path: string;
  type: 'file' | 'directory' | 'link';
  /** Anybody may run it. */
  isProgram: boolean;
  size: number;
  /** SHA-256 of a file's bytes, in hex. */
  hash?: string;
  /** Where a link leads. */
  target?: string;
}

export interface Archiver {
  /**
   * A tar stream to be unpacked at `/`: injected files (secrets put in already), then the trees of a site.
   * The same release gives the same bytes. Links and devices in a tree end the stream with a fault.
   */
  pack(contents: Pick<ContainerSpec, 'files' | 'trees'>): NodeJS.ReadableStream;
  /**
   * A tar stream of exactly these entries below a folder, and of texts in place of them or beside them. A file that is
   * not what its hash says any more ends the stream with a fault (FileChanged, conflict), before it is whole.
   */
  packContext(context: {
    /** Absolute. */
    directory: string;
    entries: readonly ContextEntry[];
    texts: Readonly<Record<string, string>>;
  }): NodeJS.ReadableStream;
}
