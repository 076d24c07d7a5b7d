// `eject NAME`: Tinyforge forgets it and leaves it running; its labels stay, and are nobody's word any more.
import { composeSentence, ejectedSentence, type LeftAlone, leftAlone } from '../../core/ejection-words.ts';
import { oursNow } from '../../core/former-names.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Reader } from '../../ports/session.ts';
import { say, writeJson } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { tellController } from '../nudge.ts';
import { withReader } from '../open.ts';
import { findUnit, formerNames } from '../unit-name.ts';
import { whoIs } from '../who.ts';

/** As long as a deploy under way is waited for: it is let end, so that nothing is left half done. */
const END_OF_WORK_MS = 5 * 60_000;

export const eject: Command = {
  name: 'eject',
  summary: 'forget a workload and leave it running as it is',
  usage: 'eject NAME',
  examples: [
    ['tinyforge eject immich', 'from now on it is yours alone; plain `docker compose` works with it'],
    ["tinyforge eject shop/prod --why 'moves to another host'", 'one stage; others see why'],
    ['tinyforge adopt immich', 'the way back, without a restart'],
  ],
  flags: { why: { type: 'string', value: 'TEXT', help: 'for the others, and for yourself in a month' } },
  outputs: ['table', 'json'],
  names: { least: 1, most: 1 },
  completes: 'workloads',
  run: (context) => withReader(context, (reader) => letGo(context, reader)),
};

async function letGo(context: CommandContext, reader: Reader): Promise<number> {
  const { line, clock, out } = context;
  const seen = await listAll(reader);
  const labelled = (seen ?? []).flatMap(({ ours }) => ours?.unit ?? []);
  const unit = findUnit(line.names[0] ?? '', reader, labelled);
  const why = typeof line.values.why === 'string' ? line.values.why : null;
  const before = reader.control.ejection(unit);
  const entry = { unit, by: whoIs(context), why, sinceMs: before?.sinceMs ?? clock.nowMs() };
  reader.control.eject(entry);
  await tellController(context, reader, [unit], { restsWithinMs: END_OF_WORK_MS });
  const domains = domainsOf(reader, unit);
  const left = leftAlone(unit, { containers: await listAll(reader), domains });
  if (context.output === 'json') {
    writeJson(context, 'Ejection', ejectionJson(left));
    return EXIT.done;
  }
  if (left.compose !== null) say(context, composeSentence(left.compose));
  out.line(ejectedSentence(left, before !== null));
  return EXIT.done;
}

/** What the engines have, by the names of today; null where one of them does not answer. */
async function listAll(reader: Reader): Promise<ObservedContainer[] | null> {
  const hosts = Object.keys(reader.config.engines);
  const lists = await Promise.all(
    hosts.map((host) =>
      reader
        .runtime(host)
        .listContainers()
        .catch(() => null),
    ),
  );
  if (lists.includes(null)) return null;
  const names = formerNames(reader);
  return lists.flatMap((list) => list ?? []).map((one) => ({ ...one, ours: oursNow(names, one) }));
}

function domainsOf({ store, control }: Reader, unit: string): readonly string[] {
  const status = store?.status(unit);
  if (status != null) return status.domains;
  const desired = control.lastApplied(unit)?.desired;
  return desired === undefined || desired.kind === 'stack' ? [] : (desired.route?.domains ?? []);
}

function ejectionJson({ unit, running, domains, compose }: LeftAlone) {
  return { unit, ejected: true, running, domains, compose, changes: null };
}
