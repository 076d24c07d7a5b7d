// What stands under the table of `status`: the sum, who needs somebody, and whether anybody still watches.
import { headlineOf, needsYou } from '../core/status-view.ts';
import { ago } from '../core/time-words.ts';
import { commas, count, shortRevision } from '../core/words-names.ts';
import type { UnitStatus } from '../model/status.ts';
import type { Reader } from '../ports/session.ts';
import { say } from './answers.ts';
import { createClient } from './client.ts';
import type { CommandContext } from './command.ts';

/** What it adds up to, what needs somebody, and whether this is still watched by anybody. */
export async function tellMore(
  context: CommandContext,
  reader: Reader,
  units: readonly UnitStatus[],
): Promise<void> {
  const { talk } = context;
  if (context.quiet) return;
  if (units.length === 0) {
    say(
      context,
      'No workload is known here yet.',
      `${talk.dim('hint:')} tinyforge apply --directory ./forge.d`,
    );
    return;
  }
  const summary = [
    headlineOf({ units: [...units], sources: [], engines: [], problems: [] }, 0).title,
    desiredState(units),
  ]
    .filter(Boolean)
    .join(' ');
  say(context, ...(context.out.isTerminal ? [''] : []), summary);
  const needs = units.filter(needsYou);
  const width = Math.max(0, ...needs.map((unit) => unit.unit.length)) + 2;
  for (const unit of needs) {
    say(context, `  ${unit.unit.padEnd(width)}${reasonOf(unit)}`);
    say(context, `  ${' '.repeat(width)}${talk.dim(hintOf(unit))}`);
  }
  const client = createClient({ config: reader.config, secrets: reader.secrets, fetch: context.fetch });
  if (!(await client.answers())) say(context, asRecorded(units, context.clock.nowMs(), client.address));
}

/** `Desired state: home a1b2c3d.` The newest revision that any unit of the source was looked at with. */
function desiredState(units: readonly UnitStatus[]): string {
  const revisions = new Map<string, string | null>();
  for (const unit of units) {
    if (unit.source === null) continue;
    if (unit.lastAttemptedRevision !== null || !revisions.has(unit.source))
      revisions.set(unit.source, unit.lastAttemptedRevision);
  }
  const words = [...revisions].map(([source, revision]) =>
    revision === null ? source : `${source} at ${shortRevision(revision)}`,
  );
  return words.length === 0 ? '' : `Desired state: ${commas(words)}.`;
}

function reasonOf(unit: UnitStatus): string {
  const [problem] = unit.problems;
  if (problem?.file == null) return `${unit.sentence}.`;
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
  return `${place} ${problem.message}`;
}

function hintOf(unit: UnitStatus): string {
  return unit.problems.some((problem) => problem.file !== null)
    ? 'tinyforge validate'
    : `tinyforge why ${unit.unit}`;
}

/** Remembered state is never shown as if somebody had just looked. */
function asRecorded(units: readonly UnitStatus[], nowMs: number, address: string): string {
  const newest = Math.max(...units.flatMap((unit) => [unit.sinceMs, unit.changedMs ?? 0]));
  return `No controller answers at ${address}: this is how ${count(units.length, 'workload')} stood when last recorded (last change ${ago(nowMs - newest)}).`;
}
