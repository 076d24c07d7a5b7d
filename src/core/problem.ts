// Makes a problem with its absent parts as null, so that only what is known needs writing.
import type { Problem } from '../model/problem.ts';

export function problem(facts: Pick<Problem, 'reason' | 'message'> & Partial<Problem>): Problem {
  return {
    severity: 'error',
    effect: null,
    hint: null,
    next: null,
    workload: null,
    source: null,
    file: null,
    line: null,
    column: null,
    path: null,
    ...facts,
  };
}
