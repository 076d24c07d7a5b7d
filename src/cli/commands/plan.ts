// `plan`: what would be done, without doing it.
import { planJson } from '../../core/json-plan.ts';
import { planView, renderPlan } from '../../core/render-plan.ts';
import type { Plan } from '../../model/plan.ts';
import type { Pass } from '../../ports/session.ts';
import { writeJson } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { withPass } from '../open.ts';
import { patiently } from '../patience.ts';
import { findUnits } from '../unit-name.ts';

export const plan: Command = {
  name: 'plan',
  summary: 'print what would be done, without doing it',
  usage: 'plan [NAME…]',
  examples: [
    ['tinyforge plan', 'exit 0: nothing to do, 2: changes, 1: an error'],
    ['tinyforge plan shop -v', 'one project, each action on its own line'],
    ['tinyforge plan --prune', 'with the removals that wait for consent'],
  ],
  flags: { prune: { type: 'boolean', help: 'as if the removals that wait for consent had it' } },
  outputs: ['table', 'json', 'name'],
  names: { least: 0, most: 1_000 },
  completes: 'workloads',
  run: (context) =>
    withPass(context, { write: false }, async (pass) => {
      const made = await patiently(context, 'Reading sources and looking at engines', () =>
        planFor(context, pass),
      );
      show(context, made);
      return exitCodeOfPlan(made);
    }),
};

/** The whole is planned, for units depend on each other; then only what was asked for is kept. */
async function planFor({ line }: CommandContext, pass: Pass): Promise<Plan> {
  const made = await pass.plan({ prune: line.values.prune === true, units: [] });
  if (line.names.length === 0) return made;
  const wanted = new Set(
    findUnits(
      line.names,
      pass,
      made.units.map((unit) => unit.unit),
    ),
  );
  const keeps = (workload: string | null) => workload === null || wanted.has(workload);
  return {
    ...made,
    units: made.units.filter((unit) => wanted.has(unit.unit)),
    orphans: [],
    problems: made.problems.filter((problem) => keeps(problem.workload)),
  };
}

function show(context: CommandContext, made: Plan): void {
  const { out, verbose } = context;
  if (context.output === 'json') {
    writeJson(context, 'Plan', planJson(made));
    return;
  }
  if (context.output === 'name') {
    for (const unit of planView(made).units) if (unit.phases.length > 0) out.line(unit.unit);
    return;
  }
  out.write(renderPlan(made, { verbose, legend: out.isTerminal, colour: out.colour, width: out.width() }));
}

/** An error first: a plan that could not be made whole must not look like one that was. */
export function exitCodeOfPlan(made: Plan): number {
  const errors = made.problems.some((problem) => problem.severity === 'error');
  const held = made.units.some((unit) => unit.blocked !== null && !unit.blocked.wait);
  if (errors || held) return EXIT.failed;
  return planView(made).changes ? EXIT.changes : EXIT.done;
}
