// The sentences for manifests that cannot stand beside each other.
import type { Problem } from '../model/problem.ts';
import type { UnitId } from '../model/unit.ts';
import type { Claim } from './catalog-claims.ts';
import type { JoinEntry } from './catalog-file.ts';

export type Sentence = Pick<Problem, 'reason' | 'message' | 'hint'>;

export function duplicateName(entry: JoinEntry, owner: JoinEntry): Sentence {
  return {
    reason: 'DuplicateName',
    message: `The name ${entry.name} is taken already, by the ${owner.kind} at ${placeText(owner, entry)}.`,
    hint: 'names are unique over all sources and kinds: rename one of the two',
  };
}

export function claimedTwice({ what, later, first, hint, severity }: Claim): Sentence {
  const where = placeText(first.entry, later.entry);
  return {
    reason: 'ClaimedTwice',
    message:
      severity === 'warning'
        ? `${what} has two writers: ${first.unit.unit} (${where}) and ${later.unit.unit}.`
        : `${what} belongs to ${first.unit.unit} (${where}) already; ${later.unit.unit} claims it too.`,
    hint,
  };
}

/** Long rings are cut: the first links are enough to find them. */
export function ring(cycle: readonly UnitId[]): Sentence {
  const path = [...cycle, cycle[0]].join(' → ');
  const shown = path.length > 110 ? `${path.slice(0, 108)}…` : path;
  return {
    reason: 'DependencyCycle',
    message:
      cycle.length === 1 ? `${cycle[0]} depends on itself.` : `These wait for each other for ever: ${shown}.`,
    hint: cycle.length === 1 ? 'take it out of `depends_on`' : 'take one of them out of `depends_on`',
  };
}

/** `shop.yaml:3`, with its source where that is another one. */
export function placeText(of: JoinEntry, from: JoinEntry): string {
  const { source, file, line } = of.place;
  return `${file}:${line}${source === from.place.source ? '' : ` of ${source}`}`;
}
