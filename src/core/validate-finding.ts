// One thing that is wrong in a value, by its path; a place and a workload are added by whoever knows them.
import type { ManifestDocument } from '../model/kind.ts';
import type { Problem } from '../model/problem.ts';
import type { Path } from './documents.ts';
import { problem } from './problem.ts';

export interface Finding {
  reason: string;
  message: string;
  hint: string | null;
  path: Path;
  /** Whether the key or its value is what is wrong. */
  part: 'key' | 'value';
  /** Point at this text inside the value. */
  text?: string;
  /** The key that was probably meant, of an unknown one. */
  meant?: string;
}

/** Of one document: more than these nobody reads, and a hostile one must not make a hundred thousand. */
export const MOST_PROBLEMS = 100;

/** `stages › prod › replicas`; list items by their number from 1, as people count. Null at the top. */
export function pathText(path: Path): string | null {
  if (path.length === 0) return null;
  return path.map((step) => (typeof step === 'number' ? `${step + 1}` : step)).join(' › ');
}

/** A finding in a manifest, told with where it stands and what it means. */
export function findingProblem(
  finding: Omit<Finding, 'part'>,
  document: Pick<ManifestDocument, 'kind' | 'name' | 'placeOf'>,
): Problem {
  return problem({
    reason: finding.reason,
    message: finding.message,
    hint: finding.hint,
    effect: heldEffect(document.name),
    workload: `${document.kind}.${document.name}`,
    ...document.placeOf(finding.path),
    path: pathText(finding.path),
  });
}

/** What a problem in a manifest means for what runs (law 13). */
export function heldEffect(name: string): string {
  return `${name} stays as it was last applied.`;
}
