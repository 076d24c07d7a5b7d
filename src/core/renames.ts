// Which renames that manifests ask for can be had, and what a workload was called before, from all who can tell.
import type { Desired, DesiredStack } from '../model/desired.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { Problem } from '../model/problem.ts';
import type { Renamed, Renaming } from '../model/rename.ts';
import type { FormerNames } from './former-names.ts';
import type { Applied, Broken } from './hold.ts';
import { parseUnit } from './naming.ts';
import { problem } from './problem.ts';

export interface RenameFacts {
  applied: readonly (Pick<Applied, 'desired'> & { unit: string })[];
  records: readonly Renamed[];
}

export interface RenameVerdict {
  units: readonly Desired[];
  /** Those that can be had. */
  renamings: Renaming[];
  /** What is held as it was last applied. */
  broken: Broken[];
  problems: Problem[];
}

/**
 * Refuses what no manifest alone can tell: a former name of another kind, and one that somebody who runs by a name of
 * their own claims. Where the former name still is in the wish (its file cannot be read now), the rename waits.
 */
export function judgeRenames(units: readonly Desired[], facts: RenameFacts): RenameVerdict {
  const verdict: RenameVerdict = { units, renamings: [], broken: [], problems: [] };
  const present = new Set(units.map(({ name }) => name));
  const refused = new Set<string>();
  const told = new Set<string>();
  const refuse = ({ name, source, place, workloadId }: Desired, why: Problem): void => {
    verdict.problems.push(why);
    refused.add(name);
    const { file } = place;
    verdict.broken.push({ source, file, workloadIds: [workloadId], unknown: false, why: why.message });
  };
  for (const desired of units) {
    const { name, kind, renamedFrom: from } = desired;
    if (from === undefined || told.has(name)) continue;
    told.add(name);
    if (present.has(from) || from === name) continue;
    const before = facts.applied.filter(({ unit }) => parseUnit(unit)?.name === from);
    const other = before.find((entry) => entry.desired.kind !== kind)?.desired.kind;
    if (other !== undefined) refuse(desired, otherKind(desired, { from, other }));
    else if (hasOwnPast(name, from, facts)) {
      if (before.length > 0) verdict.problems.push(runsAlready(desired, from));
    } else verdict.renamings.push({ kind, from, to: name });
  }
  for (const desired of units) {
    const owner = desired.kind === 'stack' ? projectOwner(desired, { present, facts }) : undefined;
    if (owner !== undefined) refuse(desired, projectTaken(desired as DesiredStack, owner));
  }
  if (refused.size > 0) verdict.units = units.filter(({ name }) => !refused.has(name));
  return verdict;
}

/** It converged under its name before, and not as what it is to have been. */
function hasOwnPast(name: string, from: string, { applied, records }: RenameFacts): boolean {
  if (records.some((record) => record.name === name && record.from === from)) return false;
  return applied.some(({ unit, desired }) => parseUnit(unit)?.name === name && desired.name === name);
}

/** A stack that was renamed goes on with its Compose project: nobody else may have that. */
function projectOwner(
  { name, project }: DesiredStack,
  { present, facts }: { present: ReadonlySet<string>; facts: RenameFacts },
): Renamed | undefined {
  return facts.records.find(
    (record) =>
      record.kind === 'stack' &&
      record.project === project &&
      record.name !== name &&
      present.has(record.name),
  );
}

export interface NamingFacts {
  names: FormerNames;
  applied: (unit: string) => Desired | null;
  /** Names of workloads that were something else before, and of which that is still to be seen. */
  live: ReadonlySet<string>;
}

/** Somebody had that name: it runs, or was applied. A former name that nobody knows is a fresh install. */
export function liveRenamings(
  renamings: readonly Renaming[],
  { applied, seen }: { applied: RenameFacts['applied']; seen: ReadonlySet<string> },
): Set<string> {
  const isLive = ({ kind, from, to }: Renaming): boolean =>
    seen.has(`${kind}.${from}`) ||
    applied.some(({ unit, desired }) => desired.name === from && parseUnit(unit)?.name === to);
  return new Set(renamings.filter(isLive).map(({ to }) => to));
}

/** With the former name that counts, and for a stack with what it goes on being called by; the same object where that is none. */
export function withFormerName(desired: Desired, facts: NamingFacts): Desired {
  const { renamedFrom: asked, ...rest } = desired;
  const from = formerName(desired, facts);
  const home = desired.kind === 'stack' ? homeOf(desired, { ...facts, from }) : null;
  if (from === asked && home === null) return desired;
  const named = { ...rest, ...(from === undefined ? {} : { renamedFrom: from }) } as Desired;
  return home === null ? named : ({ ...named, ...home } as Desired);
}

function formerName({ name, kind }: Desired, { names, live }: NamingFacts): string | undefined {
  const asked = names.renamings.find((entry) => entry.to === name && entry.kind === kind)?.from;
  if (asked !== undefined && live.has(name)) return asked;
  const record = names.records.find((entry) => entry.name === name && entry.kind === kind);
  return record?.from ?? names.labels.find((entry) => entry.to === name && entry.kind === kind)?.from;
}

function homeOf(
  desired: DesiredStack,
  { names, applied, from }: NamingFacts & { from: string | undefined },
): Pick<DesiredStack, 'home' | 'project'> | null {
  if (from === undefined) return null;
  const record = [desired.name, from].flatMap(
    (name) => names.records.find((entry) => entry.name === name && entry.kind === 'stack') ?? [],
  )[0];
  const before = applied(desired.unit);
  const last = before?.kind === 'stack' ? before : null;
  const home = record?.home ?? last?.home ?? from;
  // What the manifest says itself counts; where it says nothing, its own name is no wish for another project.
  if (desired.project !== desired.name) return { home, project: desired.project };
  return { home, project: record?.project ?? last?.project ?? home };
}

/** Kinds and names that containers carry. */
export function seenNames(containers: readonly ObservedContainer[]): Set<string> {
  return new Set(
    containers.flatMap(({ ours }) => {
      const name = ours === null ? undefined : parseUnit(ours.unit)?.name;
      return ours === null || name === undefined ? [] : `${ours.kind}.${name}`;
    }),
  );
}

/** Records without the former names that somebody else has by now; empty where there is nothing to write. */
export function givenAway(records: readonly Renamed[], present: ReadonlySet<string>): Renamed[] {
  return records.flatMap((record) => {
    const was = record.was.filter((name) => !present.has(name));
    return was.length === record.was.length ? [] : [{ ...record, was }];
  });
}

/** What is written down when a name is taken. */
export function recordOf(
  desired: Desired,
  { from, records }: { from: string; records: readonly Renamed[] },
): Renamed {
  const { name, kind } = desired;
  const of = (one: string): string[] => records.find((record) => record.name === one)?.was ?? [];
  const was = [...new Set([from, ...of(from), ...of(name)])].filter((one) => one !== name);
  const stack = desired.kind === 'stack' ? desired : null;
  return { name, kind, from, was, home: stack?.home ?? null, project: stack?.project ?? null };
}

function otherKind(desired: Desired, { from, other }: { from: string; other: string }): Problem {
  return told(desired, {
    reason: 'RenamedFromOther',
    message: `\`renamed_from: ${from}\`: ${from} is a ${other}, and ${desired.name} is a ${desired.kind}.`,
    hint: 'take `renamed_from` out; a workload of another kind is a new one',
    effect: `${desired.name} is passed over, and stays as it was.`,
  });
}

function runsAlready(desired: Desired, from: string): Problem {
  return told(desired, {
    severity: 'warning',
    reason: 'RenamedFromOther',
    message: `\`renamed_from: ${from}\`: ${desired.name} was there beside ${from}, so it cannot have been ${from}.`,
    hint: 'take `renamed_from` out, or give the new manifest a name that nobody has',
    effect: `${from} counts as removed.`,
  });
}

function projectTaken(desired: DesiredStack, owner: Renamed): Problem {
  return told(desired, {
    reason: 'ClaimedTwice',
    message: `The Compose project ${desired.project} belongs to ${owner.name}, which was called ${owner.home ?? owner.from}; ${desired.name} claims it too.`,
    hint: 'give this stack another `project`',
    effect: `${desired.name} is passed over, and stays as it was.`,
  });
}

function told(desired: Desired, facts: Partial<Problem> & Pick<Problem, 'reason' | 'message'>): Problem {
  const { source, file, line, column } = desired.place;
  return problem({ workload: desired.unit, source, file, line, column, ...facts });
}
