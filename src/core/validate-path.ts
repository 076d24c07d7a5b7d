// Patterns of paths: `stages.*.hooks`, where a star stands for any one step.
import type { Path } from './documents.ts';

export function matches(path: Path, pattern: string): boolean {
  const steps = pattern.split('.');
  return (
    steps.length === path.length && steps.every((step, index) => step === '*' || step === String(path[index]))
  );
}
