// `resume NAME`: lifts a suspension, a rollback and a quarantine, and says which.
import { since } from '../../core/time-words-dates.ts';
import { listed, shortVersion } from '../../core/words-names.ts';
import type { Hold } from '../../model/revision.ts';
import type { QuarantineEntry, Suspension } from '../../model/world.ts';
import type { Reader } from '../../ports/session.ts';
import { say, writeJson } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { tellController } from '../nudge.ts';
import { withReader } from '../open.ts';
import { findUnit } from '../unit-name.ts';

export const resume: Command = {
  name: 'resume',
  summary: 'end a suspension, and try a failed version again',
  usage: 'resume NAME',
  examples: [
    ['tinyforge resume gitea', 'it is kept as declared again'],
    ['tinyforge resume shop/prod', 'a version that failed is tried again'],
    ['tinyforge why shop/prod', 'what stands in the way'],
  ],
  flags: {},
  outputs: ['table', 'json'],
  names: { least: 1, most: 1 },
  completes: 'workloads',
  run: (context) => withReader(context, (reader) => lift(context, reader)),
};

async function lift(context: CommandContext, reader: Reader): Promise<number> {
  const { control } = reader;
  const unit = findUnit(context.line.names[0] ?? '', reader);
  const suspension = control.suspension(unit);
  const failed = [...control.quarantine(unit)];
  const hold = control.hold(unit);
  const lifted = {
    hold: control.liftHold(unit) ? hold : null,
    suspension: control.resume(unit) ? suspension : null,
    failed: control.liftQuarantine(unit) ? failed : [],
  };
  const anything = lifted.suspension !== null || lifted.hold !== null || lifted.failed.length > 0;
  if (anything) await tellController(context, reader, [unit]);
  if (context.output === 'json') {
    const releases = lifted.failed.map((entry) => entry.release);
    writeJson(context, 'Hold', {
      unit,
      suspended: false,
      quarantined: false,
      lifted: { suspension: lifted.suspension !== null, rollback: lifted.hold !== null, releases },
    });
    return EXIT.done;
  }
  context.out.line(
    anything
      ? sentence(context, unit, lifted)
      : `${unit} was neither suspended nor held back. Nothing was changed.`,
  );
  const inManifest = control.lastApplied(unit)?.desired;
  if (inManifest?.suspend === true)
    say(
      context,
      `Its manifest says \`suspend: true\` (${inManifest.place.file}:${inManifest.place.line}), so it stays suspended until that line goes.`,
    );
  return EXIT.done;
}

function sentence(
  { clock, timeZone }: CommandContext,
  unit: string,
  {
    suspension,
    hold,
    failed,
  }: { suspension: Suspension | null; hold: Hold | null; failed: readonly QuarantineEntry[] },
): string {
  const parts: string[] = [];
  if (suspension !== null) {
    const from = since(suspension.sinceMs, clock.nowMs(), timeZone());
    parts.push(`the suspension by ${suspension.by} (since ${from}) is lifted`);
  }
  if (hold !== null) parts.push(`the rollback to ${shortVersion(hold.release)} by ${hold.by} is lifted`);
  const releases = [...new Set(failed.map((entry) => shortVersion(entry.release)))];
  if (releases.length > 0)
    parts.push(`${listed(releases)} ${releases.length === 1 ? 'is' : 'are'} tried again`);
  return `${unit} is resumed: ${parts.join(', and ')}.`;
}
