// A workload that had another name before: what is written down of that, beside what its manifest says.
import type { WorkloadKind } from './unit.ts';

/** Control: survives the index, and the day on which `renamed_from` is taken out of the manifest. */
export interface Renamed {
  /** The workload's name now. */
  name: string;
  kind: WorkloadKind;
  /** What it was called right before: part of what its containers are told by, so it never changes by itself. */
  from: string;
  /** All its former names that nobody else has now, the newest first: whatever carries one of them is its own. */
  was: string[];
  /** Of a stack: what its files and its Compose project go on being called by. */
  home: string | null;
  project: string | null;
}

/** A rename that a manifest asks for and that can be had. */
export interface Renaming {
  kind: WorkloadKind;
  from: string;
  to: string;
}
