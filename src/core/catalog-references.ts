// Whether what a unit depends on is there, by the names that all manifests have.
import type { Desired } from '../model/desired.ts';
import type { UnitId } from '../model/unit.ts';
import type { Sentence } from './catalog-clashes.ts';
import type { JoinEntry } from './catalog-file.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Broken } from './hold.ts';

/** Names that can be depended on, with their units; null where a manifest is there and cannot be read now. */
export type Known = ReadonlyMap<string, UnitId[] | null>;

export function knownNames(named: ReadonlyMap<string, JoinEntry>, broken: readonly Broken[]): Known {
  const known = new Map<string, UnitId[] | null>();
  for (const { workloadIds } of broken) {
    for (const id of workloadIds) known.set(id.slice(id.indexOf('.') + 1), null);
  }
  for (const [name, { units, isBroken }] of named) {
    known.set(name, isBroken ? null : units.map(({ unit }) => unit));
  }
  return known;
}

/** Null where it is there, or may be there in a file that cannot be read: who depends on that waits, and is not blamed. */
export function referenceFault(
  wanted: string,
  unit: Desired,
  { known, mayBeUnread }: { known: Known; mayBeUnread: boolean },
): Sentence | null {
  const [name = '', role] = wanted.split('/');
  const units = known.get(name);
  if (units === null || units?.includes(wanted)) return null;
  if (units === undefined) {
    if (mayBeUnread) return null;
    const candidates = [...known].flatMap(([key, stages]) => stages ?? [key]);
    return {
      reason: 'UnknownReference',
      message: `${unit.unit} depends on ${wanted}, which no manifest declares.${didYouMean(wanted, candidates)}`,
      hint: 'correct the name, or add its manifest',
    };
  }
  const stages = units.map((stage) => `\`${stage}\``);
  if (role === undefined) {
    const message = `${unit.unit} depends on ${name}, which has stages; one must be named.`;
    return { reason: 'StageMissing', message, hint: `write ${stages.join(' or ')}` };
  }
  return {
    reason: 'UnknownReference',
    message: `${unit.unit} depends on ${wanted}, and ${name} has no such stage.${didYouMean(wanted, units)}`,
    hint:
      units.length === 1 && units[0] === name
        ? `write \`${name}\`; it has no stages`
        : `its stages: ${stages.join(', ')}`,
  };
}
