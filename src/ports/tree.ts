// Reading a tree that may be hostile: no links, no devices, bounded, never outside the root.

export interface TreeEntry {
  /** From the folder asked for, forward slashes. */
  path: string;
  /** A link only where links were asked for. */
  type: 'file' | 'directory' | 'link';
  size: number;
  mode: number;
  /** Changes whenever the content may have changed. */
  stamp: string;
  /** Where a link leads, as it is written in it; it is never followed. */
  target?: string;
}

export interface ListOptions {
  root: string;
  path: string;
  maxFiles: number;
  maxBytes: number;
  /** What is left out is not looked at, and a folder not entered. Without it everything is listed. */
  pick?: (path: string, type: TreeEntry['type']) => boolean;
  /** Links are listed instead of refused. */
  withLinks?: true;
}

/** What is at a path. A folder's stamp changes when names in it come or go, not with the files below. */
export interface TreeLook {
  type: 'file' | 'directory' | 'missing';
  stamp: string;
}

export interface Tree {
  /**
   * Text of a regular file. Each component is looked at with lstat; a link, FIFO or device anywhere on the way is refused.
   * Throws a fault (`stalled`): FileMissing, NotARegularFile, OutsideTree, FileTooLarge, NotUtf8, FileUnreadable.
   */
  readText(options: {
    root: string;
    path: string;
    maxBytes: number;
  }): Promise<{ text: string; stamp: string }>;
  /** Bytes of a regular file, with its permission bits. Same refusals. */
  readBytes(options: {
    root: string;
    path: string;
    maxBytes: number;
  }): Promise<{ bytes: Uint8Array; stamp: string; mode: number }>;
  /** What is at a path, without opening it; a link, FIFO or device there or on the way is refused. */
  look(options: { root: string; path: string }): Promise<TreeLook>;
  /** Stamp of a regular file, without reading it; null when it is not there. Same refusals. */
  stamp(options: { root: string; path: string }): Promise<string | null>;
  /** All files and folders below a folder, sorted by path, `.git` left out. Links and devices are refused with their path. */
  list(options: ListOptions): Promise<TreeEntry[]>;
  /** Bytes of a file as a stream, with the same refusals. */
  open(options: { root: string; path: string }): Promise<NodeJS.ReadableStream>;
}
