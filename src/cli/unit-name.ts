// Which unit is meant by a name on the command line.
import { nearest } from '../core/did-you-mean.ts';
import { DEFAULT_ROLE } from '../core/naming.ts';
import { commas } from '../core/words-names.ts';
import { type Fault, fault } from '../model/errors.ts';
import type { Reader } from '../ports/session.ts';
import { usage } from './complaint.ts';

/** `shop/prod` is itself; `shop` is its only stage, or its default one. Faults: UnknownWorkload, CommandLineWrong. */
export function findUnit(name: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  const stages = known.filter((unit) => unit.startsWith(`${name}/`));
  const only =
    stages.find((unit) => unit === `${name}/${DEFAULT_ROLE}`) ??
    (stages.length === 1 ? stages[0] : undefined);
  if (only !== undefined) return only;
  if (stages.length > 1)
    throw usage(
      `${name} has ${stages.length} stages: ${commas(stages, 6)}.`,
      `Name one of them, such as ${stages[0]}.`,
    );
  throw unknownWorkload(name, known);
}

/** All that a name stands for: one unit, or every stage of a project. */
export function findUnits(names: readonly string[], known: readonly string[]): string[] {
  const found = names.flatMap((name) => {
    if (known.includes(name)) return [name];
    const stages = known.filter((unit) => unit.startsWith(`${name}/`));
    if (stages.length === 0) throw unknownWorkload(name, known);
    return stages;
  });
  return [...new Set(found)];
}

/** Every unit that anybody remembers: the index, and what was applied before. */
export function knownUnits(reader: Pick<Reader, 'store' | 'control'>): string[] {
  const recorded = reader.store?.statuses().map((status) => status.unit) ?? [];
  const applied = reader.control.allLastApplied().map((entry) => entry.unit);
  return [...new Set([...recorded, ...applied])].sort();
}

function unknownWorkload(name: string, known: readonly string[]): Fault {
  const stem = name.split('/')[0] ?? name;
  const siblings = known.filter((unit) => unit.startsWith(`${stem}/`));
  const meant =
    nearest(name, known) ??
    nearest(
      stem,
      known.map((unit) => unit.split('/')[0] ?? unit),
    );
  const question =
    siblings.length > 0
      ? ` Its stages are ${commas(siblings, 6)}.`
      : meant === null
        ? ''
        : ` Did you mean ${meant}?`;
  return fault({
    code: 'UNKNOWN_WORKLOAD',
    reason: 'UnknownWorkload',
    message:
      known.length === 0
        ? `No workload is known here yet, so none is called ${name}.`
        : `No workload is called ${name}.${question}`,
    hint: known.length === 0 ? 'tinyforge apply' : 'tinyforge status --all',
    disposition: 'stalled',
  });
}
