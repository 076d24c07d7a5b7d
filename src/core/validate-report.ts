// Collects what is wrong in a manifest while it is read on, so that all of it is told at once.
import type { ManifestDocument } from '../model/kind.ts';
import type { Problem } from '../model/problem.ts';
import type { Parsed, Wrong } from './compose-values.ts';
import type { Path } from './documents.ts';
import { findingProblem, MOST_PROBLEMS } from './validate-finding.ts';

export interface Report {
  readonly problems: Problem[];
  add(path: Path, wrong: Wrong): void;
  /** The value, or undefined after noting what is wrong with it. */
  take<T>(path: Path, parsed: Parsed<T>): T | undefined;
}

export function createReport(document: ManifestDocument): Report {
  const problems: Problem[] = [];
  const add = (path: Path, wrong: Wrong): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(findingProblem({ ...wrong, path }, document));
  };
  return {
    problems,
    add,
    take(path, parsed) {
      if (parsed.ok) return parsed.value;
      add(path, parsed.wrong);
      return undefined;
    },
  };
}
