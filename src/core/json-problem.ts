// Problems and places as JSON: each field is named, so that nothing else can slip out.
import type { Problem } from '../model/problem.ts';
import type { Place } from '../model/unit.ts';

export function problemJson(problem: Problem) {
  return {
    severity: problem.severity,
    reason: problem.reason,
    message: problem.message,
    effect: problem.effect,
    hint: problem.hint,
    next: problem.next,
    workload: problem.workload,
    source: problem.source,
    file: problem.file,
    line: problem.line,
    column: problem.column,
    path: problem.path,
  };
}

export function placeJson(place: Place | null) {
  if (place === null) return null;
  return { source: place.source, file: place.file, line: place.line, column: place.column };
}
