// `apply`: passes until everything is as declared, waits, or is held; by the running controller where there is one.
import { count, shortRevision } from '../../core/words-names.ts';
import { isFault } from '../../model/errors.ts';
import type { UnitStatus } from '../../model/status.ts';
import type { Pass } from '../../ports/session.ts';
import { say } from '../answers.ts';
import { askController } from '../ask-controller.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT, interruptedCode } from '../exit-code.ts';
import { withPass, withReader } from '../open.ts';
import { startProgress } from '../progress.ts';
import { showResults } from '../show-results.ts';
import { findUnits, knownUnits } from '../unit-name.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'make everything as declared, once',
  usage: 'apply [NAME…]',
  examples: [
    ['tinyforge apply', 'all; `tinyforge plan` says before what that is'],
    ['tinyforge apply shop/prod', 'one workload'],
    ['tinyforge apply --prune', 'also the removals that wait for consent'],
  ],
  flags: { prune: { type: 'boolean', help: 'consent to all removals; `plan --prune` lists them' } },
  outputs: ['table', 'json'],
  names: { least: 0, most: 1_000 },
  completes: 'workloads',
  async run(context) {
    const prune = context.line.values.prune === true;
    try {
      return await withPass(context, { write: true }, (pass) => applyHere(context, pass, prune));
    } catch (error) {
      if (!isFault(error) || error.reason !== 'ControllerRunning') throw error;
      return withReader(context, (reader) => {
        say(context, 'A controller runs here already; it is asked to apply.');
        return askController(context, reader, { names: context.line.names, prune, wait: true });
      });
    }
  },
};

async function applyHere(context: CommandContext, pass: Pass, prune: boolean): Promise<number> {
  const { clock, signal, line } = context;
  const startedMs = clock.nowMs();
  const { store, controller } = pass;
  const names = await unitsOf(context, pass);
  const chosen = (all: readonly UnitStatus[]) =>
    all.filter((unit) => line.names.length === 0 || names.includes(unit.unit));
  const progress = startProgress(context, {
    store,
    units: () => chosen(controller.overview().units),
    startedMs,
    isLogged: true,
    title: (rows) =>
      `Applying ${revisionsOf(pass)}${rows.length === 0 ? '' : `: ${count(rows.length, 'workload')}`}`,
  });
  try {
    const overview = await pass.apply({ prune, units: names, signal, onChange: progress.changed });
    progress.end();
    const code = showResults(context, {
      store,
      units: chosen(overview.units),
      problems: overview.problems,
      startedMs,
    });
    return signal.aborted ? interrupted(context, chosen(overview.units)) : code;
  } catch (error) {
    progress.end();
    if (!signal.aborted) throw error;
    return interrupted(context, chosen(controller.overview().units));
  }
}

/** Names that nobody remembers may be new: only a plan knows those. */
async function unitsOf({ line }: CommandContext, pass: Pass): Promise<string[]> {
  if (line.names.length === 0) return [];
  const known = knownUnits(pass);
  const isKnown = (name: string) => known.some((unit) => unit === name || unit.startsWith(`${name}/`));
  if (line.names.every(isKnown)) return findUnits(line.names, pass);
  const plan = await pass.plan({ prune: false, units: [] });
  return findUnits(line.names, pass, [...new Set([...known, ...plan.units.map((unit) => unit.unit)])]);
}

function revisionsOf(pass: Pass): string {
  const revisions = pass.controller.overview().sources.flatMap(({ revision }) => revision ?? []);
  return revisions.length === 0 ? 'what is declared' : revisions.map(shortRevision).join(', ');
}

function interrupted(context: CommandContext, units: readonly UnitStatus[]): number {
  const left = units.filter((unit) => unit.outcome === 'progressing').map((unit) => unit.unit);
  const rest =
    left.length === 0
      ? 'Nothing was left half done.'
      : `Under way were ${left.join(', ')}; the next apply goes on with them.`;
  say(context, `Stopped after the current action. ${rest}`);
  const bySignal = typeof context.signal.reason === 'string';
  return bySignal ? interruptedCode(context.signal) : EXIT.failed;
}
