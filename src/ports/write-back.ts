// Where changes of desired state go: back into the source that it is read from, as a commit or a replaced file.
import type { WriteBackMode } from '../model/config.ts';

/** One file of a change. Applied to the newest text, and again to a newer one where somebody was faster: so it is pure. */
export interface FileChange {
  /** From the root of the manifests, forward slashes. */
  file: string;
  /** `text` is null where the file is not there; a result of null takes the file away. */
  apply(text: string | null): { ok: true; text: string | null } | { ok: false; refusal: WriteRefusal };
}

export interface WriteRefusal {
  /** Stable: `ManifestMissing`, `SourceReadOnly`, `GitAway`. */
  reason: string;
  message: string;
  hint: string | null;
}

export interface WriteRequest {
  change: FileChange;
  /** First line is the subject. Line ends are kept, other control characters are not. */
  message: string;
  /** Who asked; null for the controller itself. Kept to one line of printable text. */
  author: string | null;
  signal: AbortSignal;
}

export type Written =
  | {
      type: 'written';
      /** Of git; null for a directory. */
      commit: string | null;
      /** Where it was pushed to: the source's own branch, or one of ours that waits for a person. */
      branch: string | null;
      /** False where a person has to merge it first. */
      takesEffect: boolean;
      patch: string;
    }
  /** It says so already. */
  | { type: 'unchanged' }
  /** Nothing was written, and why. `patch` is what a person can commit, null where the change itself is refused. */
  | { type: 'refused'; refusal: WriteRefusal; patch: string | null };

/** One per source. Never throws for what is configured, away or read-only: that is a refusal. Only the signal's end is thrown. */
export interface WriteBack {
  readonly source: string;
  readonly mode: WriteBackMode;
  write(request: WriteRequest): Promise<Written>;
}
