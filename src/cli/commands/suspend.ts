// `suspend NAME`: from now on it is looked at and not changed.
import type { Reader } from '../../ports/session.ts';
import { writeJson } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { tellController } from '../nudge.ts';
import { withReader } from '../open.ts';
import { findUnit } from '../unit-name.ts';
import { whoIs } from '../who.ts';

export const suspend: Command = {
  name: 'suspend',
  summary: 'leave a workload as it is until it is resumed',
  usage: 'suspend NAME',
  examples: [
    ["tinyforge suspend gitea --why 'moving disks'", 'others see why'],
    ['tinyforge suspend shop/prod', 'one stage'],
    ['tinyforge resume gitea', 'the way back'],
  ],
  flags: { why: { type: 'string', value: 'TEXT', help: 'for the others, and for yourself in a month' } },
  outputs: ['table', 'json'],
  names: { least: 1, most: 1 },
  completes: 'workloads',
  run: (context) => withReader(context, (reader) => hold(context, reader)),
};

async function hold(context: CommandContext, reader: Reader): Promise<number> {
  const { line, clock, out } = context;
  const unit = findUnit(line.names[0] ?? '', reader);
  const why = typeof line.values.why === 'string' ? line.values.why : null;
  const before = reader.control.suspension(unit);
  reader.control.suspend({ unit, by: whoIs(context), why, sinceMs: before?.sinceMs ?? clock.nowMs() });
  await tellController(context, reader, [unit]);
  if (context.output === 'json') {
    writeJson(context, 'Hold', {
      unit,
      suspended: true,
      quarantined: reader.control.quarantine(unit).length > 0,
      lifted: null,
    });
    return EXIT.done;
  }
  const again = before === null ? 'is suspended' : 'was suspended already and stays so';
  out.line(`${unit} ${again}: it is looked at and not changed, until \`tinyforge resume ${unit}\`.`);
  return EXIT.done;
}
