// Holds the manifests of all sources against each other: who is called what, who waits for whom, who claims what.
import type { Desired } from '../model/desired.ts';
import type { Problem } from '../model/problem.ts';
import { claims } from './catalog-claims.ts';
import { claimedTwice, duplicateName, ring, type Sentence } from './catalog-clashes.ts';
import { cycles } from './catalog-cycles.ts';
import type { JoinEntry } from './catalog-file.ts';
import { routeLoops } from './catalog-loops.ts';
import { createPlaces, type Entry } from './catalog-place.ts';
import { knownNames, referenceFault } from './catalog-references.ts';
import { renameFaults } from './catalog-renames.ts';
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
  /** Sorted by unit. */
  units: Desired[];
  problems: Problem[];
  broken: Broken[];
  /** Those that claim what another one claims too: which of them comes first matters. */
  contested: JoinEntry[];
}

/** Of one manifest: more than these nobody reads. */
const MOST_TOLD = 20;

/** One manifest's fault costs itself only; what runs of it is held. */
export function join(input: JoinInput): Joined {
  const problems: Problem[] = [];
  const broken: Broken[] = [];
  const refused = new Set<JoinEntry>();
  const hold = (entry: JoinEntry, why: string): void => {
    const { source, file } = entry.place;
    broken.push({ source, file, workloadIds: [workloadId(entry)], unknown: false, why });
    refused.add(entry);
  };
  const told = new Map<JoinEntry, number>();
  const places = createPlaces();
  const tell = (entry: JoinEntry, facts: Sentence & Partial<Problem>, at?: Entry): void => {
    const count = (told.get(entry) ?? 0) + 1;
    told.set(entry, count);
    if (count > MOST_TOLD) return;
    const effect = heldEffect(entry.name);
    const place = at === undefined ? entry.place : { ...places.of(entry, at), path: at.list };
    problems.push(problem({ workload: workloadId(entry), ...place, effect, ...facts }));
  };

  const contested = new Set<JoinEntry>();
  const named = new Map<string, JoinEntry>();
  for (const entry of input.entries) {
    const owner = named.get(entry.name);
    if (owner === undefined) {
      named.set(entry.name, entry);
      continue;
    }
    contested.add(owner).add(entry);
    const facts = duplicateName(entry, owner);
    tell(entry, { ...facts, effect: 'This one is passed over.' });
    // The owner's id must not be held by the name of its double.
    if (workloadId(entry) !== workloadId(owner)) hold(entry, facts.message);
  }
  const kept = () => [...named.values()].filter((entry) => !refused.has(entry));

  for (const claim of claims(kept().flatMap((entry) => entry.units.map((unit) => ({ unit, entry }))))) {
    const { unit, entry } = claim.later;
    contested.add(claim.first.entry).add(entry);
    const facts = claimedTwice(claim);
    if (claim.severity === 'warning') tell(entry, { ...facts, effect: null, severity: 'warning' });
    else {
      tell(
        entry,
        facts,
        claim.domain === undefined ? undefined : { unit, list: 'domains', wanted: claim.domain },
      );
      hold(entry, facts.message);
    }
  }

  for (const { entry, facts, rival } of renameFaults(kept(), named)) {
    if (rival !== null) contested.add(rival).add(entry);
    tell(entry, { ...facts, ...places.ofKey(entry, 'renamed_from') });
    hold(entry, facts.message);
  }

  for (const { entry, facts, key } of routeLoops(kept())) {
    tell(entry, { ...facts, ...(key === null ? {} : places.ofKey(entry, key)) });
    hold(entry, facts.message);
  }

  const known = knownNames(named, [...input.broken, ...broken]);
  const mayBeUnread = [...input.broken, ...input.unreadable].some(({ unknown }) => unknown);
  for (const entry of kept()) {
    for (const unit of entry.units) {
      for (const wanted of unit.dependsOn) {
        const facts = referenceFault(wanted, unit, { known, mayBeUnread });
        if (facts === null) continue;
        tell(entry, facts, { unit, list: 'depends_on', wanted });
        hold(entry, facts.message);
      }
    }
  }

  for (const cycle of cycles(kept().flatMap((entry) => entry.units))) {
    const members = kept().filter((entry) => entry.units.some(({ unit }) => cycle.includes(unit)));
    const facts = ring(cycle);
    // One cause, one problem, told where the ring's first link is written; but all of its members are held.
    const first = members.find((entry) => entry.units.some(({ unit }) => unit === cycle[0]));
    const unit = first?.units.find((candidate) => candidate.unit === cycle[0]);
    if (first !== undefined && unit !== undefined) {
      const wanted = cycle[1] ?? cycle[0] ?? '';
      tell(first, facts, { unit, list: 'depends_on', wanted });
    }
    for (const entry of members) hold(entry, facts.message);
  }

  const units = kept().flatMap((entry) => entry.units);
  return {
    units: units.sort(byUnit),
    problems: uniqueBy(problems, identityOf),
    broken,
    contested: [...contested],
  };
}

function byUnit(a: Desired, b: Desired): number {
  return a.unit < b.unit ? -1 : a.unit > b.unit ? 1 : 0;
}

/** Two stages may fail for the same words at the same place. */
function identityOf({ message, source, file, line }: Problem): string {
  return `${source} ${file} ${line} ${message}`;
}
