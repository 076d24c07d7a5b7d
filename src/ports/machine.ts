// The machine that we run on, as far as `doctor` looks at it: programs and folders.

export interface PathFacts {
  type: 'file' | 'directory' | 'other';
  /** Permission bits, as in chmod: 0o700. */
  mode: number;
  /** By this process. */
  readable: boolean;
  writable: boolean;
  /** Bytes that this process may still write there; null where the file system does not say. */
  freeBytes: number | null;
}

export interface Machine {
  /** Absolute path of a program, in the system's folders first, then on the PATH; null where there is none. */
  program(name: string): string | null;
  /** Null where nothing is at the path, or where we may not even look. */
  look(path: string): Promise<PathFacts | null>;
}
