// `rollback NAME`: back to an earlier version and held there; by the running controller where there is one.
import { rollbackJson } from '../../core/json-rollback.ts';
import { goesBack, isHeldByHand, rollbackSentence } from '../../core/rollback-words.ts';
import { dateAndTime } from '../../core/time-words-dates.ts';
import { listed, shortVersion } from '../../core/words-names.ts';
import { isFault } from '../../model/errors.ts';
import type { SwitchProof } from '../../model/record.ts';
import type { RollbackAnswer } from '../../model/revision.ts';
import type { UnitStatus } from '../../model/status.ts';
import type { Store } from '../../ports/store.ts';
import { say, writeJson } from '../answers.ts';
import { createClient } from '../client.ts';
import type { Command, CommandContext } from '../command.ts';
import { usage } from '../complaint.ts';
import { EXIT } from '../exit-code.ts';
import { withPass, withReader } from '../open.ts';
import { findUnit } from '../unit-name.ts';
import { whoIs } from '../who.ts';

export const rollback: Command = {
  name: 'rollback',
  summary: 'go back to an earlier version and stay there',
  usage: 'rollback NAME',
  examples: [
    ['tinyforge rollback shop/prod', 'the previous good version; needs no git'],
    ['tinyforge rollback shop/prod --to 3', 'a certain one; `tinyforge history shop/prod` lists them'],
    ['tinyforge resume shop/prod', 'the way forward again'],
  ],
  flags: {
    to: {
      type: 'string',
      value: 'NUMBER',
      help: 'the version to go back to (default: the previous good one)',
    },
  },
  outputs: ['table', 'json'],
  names: { least: 1, most: 1 },
  completes: 'workloads',
  async run(context) {
    const to = numberOf(context);
    try {
      return await withPass(context, { write: true }, async (pass) => {
        const unit = findUnit(context.line.names[0] ?? '', pass);
        const startedMs = context.clock.nowMs();
        const done = await pass.controller.rollBack({ unit, to, by: whoIs(context) });
        announce(context, done);
        const { signal } = context;
        const overview = await pass.apply({ prune: false, units: [unit], signal, onChange: () => {} });
        const status = overview.units.find((entry) => entry.unit === unit) ?? null;
        const proof = proofOf(pass.store, done);
        return conclude(context, { done, status, startedMs, proof });
      });
    } catch (error) {
      if (!isFault(error) || error.reason !== 'ControllerRunning') throw error;
      return await byController(context, to);
    }
  },
};

async function byController(context: CommandContext, to: number | null): Promise<number> {
  return withReader(context, async (reader) => {
    const unit = findUnit(context.line.names[0] ?? '', reader);
    const { config, secrets, store, control } = reader;
    const client = createClient({ config, secrets, fetch: context.fetch });
    const startedMs = context.clock.nowMs();
    const told = await client.rollBack({ unit, to, by: whoIs(context) }, context.signal);
    control.reload();
    const hold = control.hold(unit);
    const status = store?.status(unit) ?? null;
    if (hold === null) return conclude(context, { done: null, status, startedMs, proof: null });
    const done: RollbackAnswer = {
      unit,
      kind: hold.desired.kind,
      number: hold.number,
      ...told,
      to: hold.release,
      wanted: hold.wanted.release,
      keptSince: control.revisions(unit).find(({ number }) => number === hold.number)?.atMs ?? hold.atMs,
    };
    return conclude(context, { done, status, startedMs, proof: proofOf(store, done) });
  });
}

function announce(context: CommandContext, { from, to, keptSince, standsBy }: RollbackAnswer): void {
  const { clock, timeZone } = context;
  const way = standsBy ? 'it stands by' : 'it is made again from what is kept';
  const when = dateAndTime(keptSince, clock.nowMs(), timeZone());
  say(
    context,
    `${from === null ? 'nothing' : shortVersion(from)} → ${shortVersion(to)} (${way}; it converged ${when})`,
  );
}

/** `done` is null where the controller gave up: the earlier version was no better. */
function conclude(
  context: CommandContext,
  facts: {
    done: RollbackAnswer | null;
    status: UnitStatus | null;
    startedMs: number;
    proof: SwitchProof | null;
  },
): number {
  const { done, status, startedMs, proof } = facts;
  const isDone = done !== null && status !== null && isHeldByHand(status);
  if (context.output === 'json' && done !== null) {
    writeJson(context, 'Rollback', rollbackJson(done, status));
    return isDone ? EXIT.done : EXIT.failed;
  }
  if (!isDone) {
    const name = context.line.names[0] ?? '';
    context.out.line(
      `${status?.unit ?? name} was not rolled back: it ${status?.sentence ?? 'is not known'}.`,
    );
    return EXIT.failed;
  }
  const { goes, stays } = goesBack(done.kind);
  const rest = stays.length === 0 ? '' : `; not ${listed(stays)}`;
  say(context, `Back went ${listed(goes)}${rest}.`);
  context.out.line(rollbackSentence(done, { tookMs: context.clock.nowMs() - startedMs, proof }));
  return EXIT.done;
}

/** Of the deploy that went back. */
function proofOf(store: Store | null, { unit, to }: RollbackAnswer): SwitchProof | null {
  const [newest] = store?.deploys(unit, { limit: 1 }) ?? [];
  return newest?.status === 'rolled_back' && newest.toVersion === to ? newest.proof : null;
}

function numberOf({ line }: CommandContext): number | null {
  const { to } = line.values;
  if (typeof to !== 'string') return null;
  const number = Number(to);
  if (!Number.isInteger(number) || number < 1) throw usage(`--to ${to} is not the number of a version.`);
  return number;
}
