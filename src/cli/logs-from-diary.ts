// What the diary kept of a version that failed, for when its container is gone.
import { answer } from '../core/json-envelope.ts';
import { stamp } from '../core/time-words-dates.ts';
import type { Reader } from '../ports/session.ts';
import { say } from './answers.ts';
import type { CommandContext } from './command.ts';
import { EXIT } from './exit-code.ts';

/** Its last lines were kept with the deploy. */
export function fromDiary(context: CommandContext, { store }: Reader, unit: string): number {
  const deploys = store?.deploys(unit, { limit: 50 }) ?? [];
  const failed = deploys.find((deploy) => deploy.status === 'failed' || deploy.status === 'rolled_back');
  const rows = failed === undefined ? [] : (store?.deployLogs(failed.id) ?? []);
  if (failed === undefined || rows.length === 0) {
    say(context, `No version of ${unit} that failed is on record.`);
    return EXIT.done;
  }
  say(
    context,
    `The container is gone; this is what deploy ${failed.number} (${failed.toVersion ?? '?'}) left.`,
  );
  for (const row of rows) {
    if (context.output === 'jsonl')
      context.out.write(
        `${JSON.stringify(answer('LogLine', context.clock.nowMs(), { container: null, text: row.text }))}\n`,
      );
    else
      context.out.line(
        row.phase === 'evidence'
          ? row.text
          : `${stamp(row.atMs)} ${row.level.padEnd(5)} ${row.phase}: ${row.text}`,
      );
  }
  return EXIT.done;
}
