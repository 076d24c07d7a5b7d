// Changes of desired state that are asked for over the API or the CLI: checked as a file would be, then committed.
import type { Problem } from '../model/problem.ts';
import type { WriteRefusal, Written } from './write-back.ts';

export interface DesiredEdit {
  /** `put` changes one that is there. */
  action: 'add' | 'put' | 'remove';
  kind: string;
  name: string;
  /** As JSON would hold the file; null to remove. `kind` and `name` are put in where they are missing. */
  manifest: Readonly<Record<string, unknown>> | null;
  /** Where a new one goes; null for the first source that can be written. */
  source: string | null;
  /** Without asking whether the other end answers. Everything else is still checked. */
  force: boolean;
  author: string | null;
  signal: AbortSignal;
}

export type DesiredEdited =
  | {
      type: 'done';
      source: string;
      /** From the root of the source. */
      file: string;
      written: Exclude<Written, { type: 'refused' }>;
    }
  | {
      type: 'refused';
      /** `wrong`: the manifest; `unknown`, `taken`: its name; `unwritten`: it is right, and nobody could write it. */
      what: 'wrong' | 'unknown' | 'taken' | 'unwritten';
      refusal: WriteRefusal;
      problems: readonly Problem[];
      /** What a person can commit. */
      patch: string | null;
    };

export interface DesiredEdits {
  edit(request: DesiredEdit): Promise<DesiredEdited>;
}
