// What is told about a control file that cannot be read.
import type { Problem } from '../../model/problem.ts';
import { unitOfFile } from './entries.ts';
import type { Damaged } from './folder.ts';

const EFFECTS = {
  suspended: 'It counts as suspended: nothing of it is changed.',
  ejected: 'It counts as ejected: nothing of it is touched.',
  quarantine: 'A version of it was bad and nobody knows which: it counts as suspended.',
  holds: 'It was rolled back and nobody knows to what: it counts as suspended.',
  revisions: 'That version cannot be rolled back to.',
  renamed: 'What carries its former name may not be known as its own.',
  applied: 'What it was last applied as is unknown until it converges again.',
};

export function damageProblem(folder: keyof typeof EFFECTS, { file, why }: Damaged): Problem {
  const unit = unitOfFile(file);
  const isHarmless = folder === 'applied' || folder === 'revisions' || folder === 'renamed';
  const isHeld = !isHarmless && unit !== null;
  return {
    severity: isHarmless ? 'warning' : 'error',
    reason: 'ControlFileDamaged',
    message: `The control file ${folder}/${file} cannot be used: ${why}.`.slice(0, 160),
    effect: unit === null ? 'It belongs to no workload.' : EFFECTS[folder],
    hint: isHeld
      ? `tinyforge ${folder === 'ejected' ? 'adopt' : 'resume'} ${unit} lifts it; the file is kept in damaged/.`
      : 'Remove the file once you have looked at it.',
    next: null,
    workload: unit,
    source: null,
    file: null,
    line: null,
    column: null,
    path: null,
  };
}
