// A folder that we write to, in which workloads may write too: no link is followed, every file is replaced as a whole.

export interface FolderFile {
  /** From the folder, forward slashes. */
  path: string;
  content: string | Uint8Array;
  /** As in chmod. */
  mode: number;
  /**
   * Only while the file there has this stamp, null where there is none; the owner of what is replaced is kept.
   * Fault FileChanged (conflict). Without it whatever is there is replaced.
   */
  replaces?: string | null | undefined;
}

/** All paths are relative and plain; faults as those of Tree. */
export interface Folder {
  /** Absolute. */
  readonly root: string;
  /** Writes beside it and renames, so that nobody ever sees half a file. Folders on the way are made. Answers with the stamp. */
  write(file: FolderFile): Promise<string>;
  /** Removes a file, and the folders that become empty by it. Gone already is success; a folder of that name stays. */
  remove(path: string, options?: Pick<FolderFile, 'replaces'>): Promise<void>;
  /** Removes all below a path, links and all, following none. */
  removeTree(path: string): Promise<void>;
}

export interface FolderOptions {
  /** Of the folder itself and those above it, where they are not there yet. */
  mode: number;
  /** `power-cut`: what was written is whole after one. `run`: it is worth nothing then, and is written faster. */
  survives: 'power-cut' | 'run';
}

export type OpenFolder = (root: string, options: FolderOptions) => Folder;
