// `status`: how every workload stands, as recorded.

import { unitJson } from '../../core/json-status.ts';
import { needsYou, sortUnits } from '../../core/status-view.ts';
import type { UnitStatus } from '../../model/status.ts';
import type { Reader } from '../../ports/session.ts';
import { writeJson, writeJsonLines } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, exitCodeOf, interruptedCode } from '../exit-code.ts';
import { withReader } from '../open.ts';
import { tellMore } from '../status-footer.ts';
import { statusLines } from '../status-table.ts';
import { findUnits } from '../unit-name.ts';
import { watched } from '../watch.ts';

/** From here on, those that are well and were not touched for a day are counted instead of listed. */
const LONG_LIST = 20;
const DAY_MS = 24 * 3_600_000;

export const status: Command = {
  name: 'status',
  summary: 'say how every workload stands',
  usage: 'status [NAME…]',
  examples: [
    ['tinyforge status', 'what needs you comes first'],
    ['tinyforge status shop -o wide', 'all stages of shop, with revisions and digests'],
    ['tinyforge status --exit-status -q', 'for scripts: 1 if anything failed, 3 if anything waits'],
  ],
  flags: {
    all: { type: 'boolean', short: 'a', help: 'list also those that are well and long unchanged' },
    watch: { type: 'boolean', short: 'w', help: 'show it again whenever it changes' },
    'exit-status': { type: 'boolean', help: 'exit as apply does' },
  },
  outputs: ['table', 'wide', 'json', 'jsonl', 'name'],
  names: { least: 0, most: 1_000 },
  completes: 'workloads',
  run: (context) =>
    withReader(context, async (reader) => {
      let code: number = EXIT.done;
      await watched(context, async () => {
        code = await showOnce(context, reader);
      });
      const { signal } = context;
      return typeof signal.reason === 'string' ? interruptedCode(signal) : code;
    }),
};

async function showOnce(context: CommandContext, reader: Reader): Promise<number> {
  const units = chosen(context, reader);
  const exit = context.line.values['exit-status'] === true ? exitCodeOf(units.filter(counts)) : EXIT.done;
  switch (context.output) {
    case 'json':
      writeJson(context, 'StatusList', { items: units.map(unitJson) });
      return exit;
    case 'jsonl':
      writeJsonLines(
        context,
        'Status',
        units.map((unit) => ({ status: unitJson(unit) })),
      );
      return exit;
    case 'name':
      for (const unit of units) context.out.line(unit.unit);
      return exit;
    default:
      showTable(context, units);
      await tellMore(context, reader, units);
      return exit;
  }
}

/** A hold that a person set is where the person wants it. */
function counts(unit: UnitStatus): boolean {
  return unit.outcome !== 'held' || needsYou(unit);
}

function chosen({ line }: CommandContext, reader: Reader): UnitStatus[] {
  const all = sortUnits(reader.store?.statuses() ?? []);
  if (line.names.length === 0) return all;
  const wanted = new Set(findUnits(line.names, reader));
  return all.filter((unit) => wanted.has(unit.unit));
}

function showTable(context: CommandContext, units: readonly UnitStatus[]): void {
  const { out, line, clock, output } = context;
  if (units.length === 0) return;
  const nowMs = clock.nowMs();
  const short =
    out.isTerminal && line.values.all !== true && line.names.length === 0 && units.length > LONG_LIST;
  const shown = short ? units.filter((unit) => !isLongCalm(unit, nowMs)) : units;
  for (const text of statusLines(shown, { screen: out, wide: output === 'wide', nowMs })) out.line(text);
  const rest = units.length - shown.length;
  if (rest > 0) out.line(out.dim(`  … ${rest} more converged (--all)`));
}

function isLongCalm(unit: UnitStatus, nowMs: number): boolean {
  return unit.outcome === 'converged' && (unit.changedMs === null || nowMs - unit.changedMs > DAY_MS);
}
