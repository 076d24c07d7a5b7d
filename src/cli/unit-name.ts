// Which unit is meant by a name on the command line.
import { nearest } from '../core/did-you-mean.ts';
import { type FormerNames, NO_FORMER_NAMES, nameNow, unitNow } from '../core/former-names.ts';
import { DEFAULT_ROLE } from '../core/naming.ts';
import { commas } from '../core/words-names.ts';
import { type Fault, fault } from '../model/errors.ts';
import type { Reader } from '../ports/session.ts';
import { usage } from './complaint.ts';

type Memory = Pick<Reader, 'store' | 'control'>;

/**
 * `shop/prod` is itself; `shop` is its only stage, or its default one. `more` are units that the data directory may not
 * know. Faults: UnknownWorkload, CommandLineWrong.
 */
export function findUnit(name: string, memory: Memory, more: Iterable<string> = []): string {
  const known = [...new Set([...knownUnits(memory), ...more])].sort();
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
  throw unknownWorkload(name, known, memory);
}

/** All that a name stands for: one unit, or every stage of a project. */
export function findUnits(
  names: readonly string[],
  memory: Memory,
  known: readonly string[] = knownUnits(memory),
): string[] {
  const found = names.flatMap((name) => {
    if (known.includes(name)) return [name];
    const stages = known.filter((unit) => unit.startsWith(`${name}/`));
    if (stages.length === 0) throw unknownWorkload(name, known, memory);
    return stages;
  });
  return [...new Set(found)];
}

/** Every unit that anybody remembers: the index, and what was applied before. */
export function knownUnits({ store, control }: Memory): string[] {
  const recorded = store?.statuses().map((status) => status.unit) ?? [];
  const applied = control.allLastApplied().map((entry) => entry.unit);
  return [...new Set([...recorded, ...applied])].sort();
}

/** What a workload ran before it was renamed is its own, whatever its labels say. */
export function formerNames(memory: Memory): FormerNames {
  const present = new Set(knownUnits(memory).map((unit) => unit.split('/')[0] ?? unit));
  return { ...NO_FORMER_NAMES, records: memory.control.allRenamed(), present };
}

function unknownWorkload(name: string, known: readonly string[], memory: Memory): Fault {
  const stem = name.split('/')[0] ?? name;
  const siblings = known.filter((unit) => unit.startsWith(`${stem}/`));
  const now = nameNow(formerNames(memory), { name: stem });
  if (now !== stem) {
    const unit = [unitNow(name, now), now].find((one) => known.includes(one)) ?? now;
    return noSuch(`${stem} is called ${now} now: it was renamed.`, `Say ${unit} instead of ${name}.`);
  }
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
  return known.length === 0
    ? noSuch(`No workload is known here yet, so none is called ${name}.`, 'tinyforge apply')
    : noSuch(`No workload is called ${name}.${question}`, 'tinyforge status --all');
}

function noSuch(message: string, hint: string): Fault {
  return fault({
    code: 'UNKNOWN_WORKLOAD',
    reason: 'UnknownWorkload',
    message,
    hint,
    disposition: 'stalled',
  });
}
