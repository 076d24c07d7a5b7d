// `adopt NAME`: takes an ejected workload back as it runs; what differs from its manifest is drift as ever.
import { takenBackSentence } from '../../core/ejection-words.ts';
import { fault } from '../../model/errors.ts';
import type { Pass } from '../../ports/session.ts';
import { writeJson } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { tellController } from '../nudge.ts';
import { withPass } from '../open.ts';
import { findUnit } from '../unit-name.ts';

export const adopt: Command = {
  name: 'adopt',
  summary: 'take an ejected workload back, as it runs',
  usage: 'adopt NAME',
  examples: [
    ['tinyforge adopt immich', 'kept as declared again; what is right is not restarted'],
    ['tinyforge adopt shop/prod', 'one stage'],
    ['tinyforge eject immich', 'the way out again'],
  ],
  flags: {},
  outputs: ['table', 'json'],
  names: { least: 1, most: 1 },
  completes: 'workloads',
  run: (context) => withPass(context, { write: false }, (pass) => takeBack(context, pass)),
};

async function takeBack(context: CommandContext, pass: Pass): Promise<number> {
  const { control } = pass;
  const ejected = control.ejections().map(({ unit }) => unit);
  const unit = findUnit(context.line.names[0] ?? '', pass, ejected);
  const isEjected = ejected.includes(unit);
  if (isEjected) {
    await pass.plan({ prune: false, units: [unit] });
    if (pass.desired(unit) === null) throw notDeclared(unit);
    control.takeBack(unit);
  }
  const plan = await pass.plan({ prune: false, units: [unit] });
  const changes = plan.units.find((entry) => entry.unit === unit) ?? null;
  if (isEjected) await tellController(context, pass, [unit]);
  if (context.output === 'json') {
    const actions = changes?.actions.length ?? null;
    writeJson(context, 'Ejection', {
      ...{ unit, ejected: false, running: null, domains: [], compose: null, changes: actions },
    });
    return EXIT.done;
  }
  context.out.line(
    isEjected ? takenBackSentence(unit, changes) : `${unit} is not ejected. Nothing was changed.`,
  );
  return EXIT.done;
}

/** Taken back now, it would be ours and in no manifest: the next pass would remove it. */
function notDeclared(unit: string): Error {
  return fault({
    code: 'NOT_DECLARED',
    reason: 'NotDeclared',
    message: `No manifest declares ${unit}, so taken back it would be removed. Nothing was changed.`,
    hint: 'Put its manifest back into its source first; as long as it is ejected nothing happens to it.',
    disposition: 'stalled',
  });
}
