// The folder in which a person begins, and the person: for `init`, which asks and writes.

/** Paths are relative to the folder, or absolute. */
export interface Workplace {
  exists(path: string): boolean;
  /** Files that could be manifests, at any depth; 0 for a folder that is not there. */
  manifestsIn(directory: string): number;
  /** Makes the folders on the way. Throws where the file is there already: nothing of anybody is written over. */
  write(path: string, text: string): void;
  /** Gives a file that we wrote its name. Throws where that name is taken. */
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Null where nobody sits there: an answer is the line without its end, trimmed. Rejects with the signal's reason. */
  ask: ((question: string, signal: AbortSignal) => Promise<string>) | null;
}
