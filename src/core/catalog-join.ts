// Holds the manifests of all sources against each other: who is called what, who waits for whom, who claims what.
import type { Desired } from '../model/desired.ts';
import type { Problem } from '../model/problem.ts';
import { type Claim, claims } from './catalog-claims.ts';
import { cycles } from './catalog-cycles.ts';
import type { JoinEntry } from './catalog-file.ts';
import { placeOfEntry } from './catalog-place.ts';
import { nearest } from './did-you-mean.ts';
import type { Broken } from './hold.ts';
import { workloadId } from './naming.ts';
import { problem } from './problem.ts';
import { uniqueBy } from './unique-by.ts';
import { heldEffect } from './validate-finding.ts';

export interface JoinInput {
  /** In order of precedence. */
  entries: JoinEntry[];
  broken: readonly Broken[];
  unreadable: readonly Broken[];
}

export interface Joined {
  units: Desired[];
  problems: Problem[];
  broken: Broken[];
}

export function join(input: JoinInput): Joined {
  const problems: Problem[] = [];
  const broken: Broken[] = [];
  /** Takes a manifest out of the wish; it stays as it was last applied. */
  const refuse = (
    entry: JoinEntry,
    facts: Pick<Problem, 'reason' | 'message' | 'hint'> & Partial<Problem>,
  ): void => {
    const id = workloadId(entry);
    problems.push(problem({ workload: id, ...entry.place, effect: heldEffect(entry.name), ...facts }));
    const { source, file } = entry.place;
    broken.push({ source, file, workloadIds: [id], unknown: false, why: facts.message });
  };

  const named = new Map<string, JoinEntry>();
  for (const entry of input.entries) {
    const owner = named.get(entry.name);
    if (owner === undefined) named.set(entry.name, entry);
    else {
      refuse(entry, duplicateName(entry, owner));
      // The owner is in the wish, so its id must not be held by the name of its double.
      if (workloadId(entry) === workloadId(owner)) broken.pop();
    }
  }

  const refused = new Set<JoinEntry>();
  const refuseOnce = (entry: JoinEntry, facts: Parameters<typeof refuse>[1]): void => {
    refuse(entry, facts);
    refused.add(entry);
  };
  const kept = () => [...named.values()].filter((entry) => !refused.has(entry));

  for (const clash of claims(kept().flatMap((entry) => entry.units.map((unit) => ({ unit, entry }))))) {
    const facts = clashProblem(clash);
    if (clash.severity === 'error') refuseOnce(clash.later.entry, facts);
    else
      problems.push(problem({ ...facts, workload: clash.later.unit.workloadId, ...clash.later.entry.place }));
  }

  const known = knownNames(named, [...input.broken, ...broken]);
  const mayBeUnread = [...input.broken, ...input.unreadable].some(({ unknown }) => unknown);
  for (const entry of kept()) {
    for (const unit of entry.units) {
      for (const wanted of unit.dependsOn) {
        const wrong = reference(wanted, unit, { known, mayBeUnread });
        if (wrong !== null)
          refuseOnce(entry, { ...wrong, ...placeOfEntry(entry, unit, wanted), path: 'depends_on' });
      }
    }
  }

  const units = kept().flatMap((entry) => entry.units);
  for (const cycle of cycles(units)) {
    const path = [...cycle, cycle[0]].join(' → ');
    const members = kept().filter((entry) => entry.units.some(({ unit }) => cycle.includes(unit)));
    for (const [index, entry] of members.entries()) {
      const facts = cycleProblem(path);
      // One cause, one problem; but all of its members are held.
      if (index === 0) refuseOnce(entry, facts);
      else {
        const { source, file } = entry.place;
        broken.push({ source, file, workloadIds: [workloadId(entry)], unknown: false, why: facts.message });
        refused.add(entry);
      }
    }
  }
  return {
    units: kept()
      .flatMap((entry) => entry.units)
      .sort(byUnit),
    problems: uniqueBy(problems, identityOf),
    broken,
  };
}

function byUnit(a: Desired, b: Desired): number {
  return a.unit < b.unit ? -1 : a.unit > b.unit ? 1 : 0;
}

/** Two stages may fail for the same words at the same place. */
function identityOf({ message, source, file, line }: Problem): string {
  return `${source} ${file} ${line} ${message}`;
}

/** Names that can be depended on, with their units; null where a manifest is there and cannot be read now. */
type Known = Map<string, string[] | null>;

function knownNames(named: ReadonlyMap<string, JoinEntry>, broken: readonly Broken[]): Known {
  const known: Known = new Map();
  for (const { workloadIds } of broken) {
    for (const id of workloadIds) known.set(id.slice(id.indexOf('.') + 1), null);
  }
  for (const [name, { units, isBroken }] of named) {
    const ids = units.map(({ unit }) => unit);
    known.set(name, isBroken ? null : ids);
  }
  return known;
}

function reference(
  wanted: string,
  unit: Desired,
  { known, mayBeUnread }: { known: Known; mayBeUnread: boolean },
): Pick<Problem, 'reason' | 'message' | 'hint'> | null {
  const [name = '', role] = wanted.split('/');
  const units = known.get(name);
  if (units === null || units?.includes(wanted)) return null;
  if (units !== undefined && role === undefined) {
    const message = `${unit.unit} depends on ${name}, which has stages; one must be named.`;
    return {
      reason: 'StageMissing',
      message,
      hint: `write ${units.map((stage) => `\`${stage}\``).join(' or ')}`,
    };
  }
  // A file that cannot be read may well hold it; who depends on it waits, and is not blamed.
  if (units === undefined && mayBeUnread) return null;
  const candidates = [...known].flatMap(([key, stages]) => stages ?? [key]);
  const meant = nearest(wanted, candidates);
  return {
    reason: 'UnknownReference',
    message: `${unit.unit} depends on ${wanted}, which no manifest declares.${meant === null ? '' : ` Did you mean \`${meant}\`?`}`,
    hint: meant === null ? 'correct the name, or add its manifest' : 'correct the name',
  };
}

function duplicateName(entry: JoinEntry, owner: JoinEntry): Pick<Problem, 'reason' | 'message' | 'hint'> {
  const where = `${owner.place.file}:${owner.place.line}`;
  const of = owner.place.source === entry.place.source ? '' : ` of ${owner.place.source}`;
  return {
    reason: 'DuplicateName',
    message: `The name ${entry.name} is taken already, by the ${owner.kind} at ${where}${of}.`,
    hint: 'names are unique over all sources and kinds: rename one of the two',
  };
}

function clashProblem({
  what,
  later,
  first,
  hint,
  severity,
}: Claim): Pick<Problem, 'reason' | 'message' | 'hint' | 'severity'> {
  const { file, line } = first.entry.place;
  return {
    severity,
    reason: 'ClaimedTwice',
    message: `${what} belongs to ${first.unit.unit} (${file}:${line}) already; ${later.unit.unit} claims it too.`,
    hint,
  };
}

function cycleProblem(path: string): Pick<Problem, 'reason' | 'message' | 'hint' | 'path'> {
  return {
    reason: 'DependencyCycle',
    message: `These wait for each other for ever: ${path.length > 110 ? `${path.slice(0, 108)}…` : path}.`,
    hint: 'take one of them out of `depends_on`',
    path: 'depends_on',
  };
}
