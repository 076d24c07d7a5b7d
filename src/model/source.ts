// What a source gives to a pass: files of one revision, already bounded and checked by form.

/** A file that may hold manifests. */
export interface SourceFile {
  /** From the source's root, forward slashes. */
  path: string;
  /** Changes whenever the content may have changed; equal stamps mean equal content. */
  stamp: string;
  /** The text, or null where the file was refused before parsing. */
  text: string | null;
  /** Why it was refused: too large, not UTF-8, a link out of the tree, unreadable. */
  refused: { reason: string; message: string; hint: string } | null;
}

/** One readable state of a source. For git the tree below `root` never changes; for a directory it is the folder itself. */
export interface SourceSnapshot {
  source: string;
  type: 'git' | 'directory';
  /** Commit id; null for a directory. */
  revision: string | null;
  /** Absolute path of the manifests' root. */
  root: string;
  files: readonly SourceFile[];
  commit: { author: string; subject: string; atMs: number } | null;
}
