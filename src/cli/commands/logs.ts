// `logs NAME`: what the containers of a workload say, from the engine itself.

import { oursNow } from '../../core/former-names.ts';
import { answer } from '../../core/json-envelope.ts';
import { fault, isFault } from '../../model/errors.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { ContainerRuntime } from '../../ports/container-runtime.ts';
import type { Reader } from '../../ports/session.ts';
import { say } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { usage } from '../complaint.ts';
import { EXIT, interruptedCode } from '../exit-code.ts';
import { fromDiary } from '../logs-from-diary.ts';
import { withReader } from '../open.ts';
import { findUnit, formerNames } from '../unit-name.ts';

const USUAL_TAIL = 100;
const FAILED_SUFFIX = '-failed';

export const logs: Command = {
  name: 'logs',
  summary: 'show what the containers of a workload say',
  usage: 'logs NAME',
  examples: [
    ['tinyforge logs shop/prod -f', 'follow what runs'],
    ['tinyforge logs shop/prod --failed', 'of the version that did not become healthy'],
    ['tinyforge logs immich --tail 500', 'more lines'],
  ],
  flags: {
    failed: { type: 'boolean', help: 'of the version that failed last, instead of what runs' },
    follow: { type: 'boolean', short: 'f', help: 'go on until Ctrl-C' },
    tail: { type: 'string', value: 'LINES', help: `how many lines back (default ${USUAL_TAIL})` },
  },
  outputs: ['table', 'jsonl'],
  names: { least: 1, most: 1 },
  completes: 'workloads',
  run: (context) => withReader(context, (reader) => show(context, reader)),
};

async function show(context: CommandContext, reader: Reader): Promise<number> {
  const unit = findUnit(context.line.names[0] ?? '', reader);
  const status = reader.store?.status(unit) ?? null;
  const host = status?.host ?? reader.control.lastApplied(unit)?.desired.host ?? 'local';
  const runtime = reader.runtime(host);
  const wantsFailed = context.line.values.failed === true;
  const names = formerNames(reader);
  const mine = (await runtime.listContainers()).filter(
    (container) => oursNow(names, container)?.unit === unit,
  );
  const containers = chosen(mine, wantsFailed);
  if (containers.length === 0)
    return wantsFailed ? fromDiary(context, reader, unit) : nothingRuns(unit, mine);
  const write = (container: ObservedContainer, text: string) => {
    writeLine(context, reader, { container, text, several: containers.length > 1 });
  };
  if (context.line.values.follow !== true) {
    for (const container of containers)
      for (const text of await runtime.logs(container.id, { tail: tailOf(context) })) write(container, text);
    return EXIT.done;
  }
  return follow(context, runtime, { containers, write });
}

function chosen(mine: readonly ObservedContainer[], failed: boolean): ObservedContainer[] {
  const byName = [...mine].sort((a, b) => a.name.localeCompare(b.name, 'en'));
  if (failed) {
    const kept = byName.filter((container) => container.name.endsWith(FAILED_SUFFIX));
    // A first version that failed has no successor, and is not renamed.
    return kept.length > 0 ? kept : byName.filter((container) => (container.exitCode ?? 0) !== 0);
  }
  const live = byName.filter((container) => !container.name.endsWith(FAILED_SUFFIX));
  const running = live.filter(
    (container) => container.state === 'running' || container.state === 'restarting',
  );
  return running.length > 0 ? running : live.filter((container) => container.state === 'exited');
}

async function follow(
  context: CommandContext,
  runtime: ContainerRuntime,
  {
    containers,
    write,
  }: {
    containers: readonly ObservedContainer[];
    write: (container: ObservedContainer, text: string) => void;
  },
): Promise<number> {
  const { signal } = context;
  const tail = tailOf(context);
  try {
    await Promise.all(
      containers.map((container) =>
        runtime.followLogs(container.id, { tail, signal, onLine: (text) => write(container, text) }),
      ),
    );
  } catch (error) {
    if (!signal.aborted || isFault(error)) throw error;
  }
  if (signal.aborted) return interruptedCode(signal);
  say(context, 'The containers have ended, so there is nothing more to follow.');
  return EXIT.done;
}

function writeLine(
  { out, output, clock }: CommandContext,
  { secrets }: Reader,
  { container, text, several }: { container: ObservedContainer; text: string; several: boolean },
): void {
  // What a container prints is its own affair; our secrets in it are not.
  const said = secrets.redact(text);
  if (output === 'jsonl')
    out.write(
      `${JSON.stringify(answer('LogLine', clock.nowMs(), { container: container.name, text: said }))}\n`,
    );
  else out.line(several ? `${out.dim(`${container.name} |`)} ${said}` : said);
}

function nothingRuns(unit: string, mine: readonly ObservedContainer[]): never {
  const failed = mine.some((container) => container.name.endsWith(FAILED_SUFFIX));
  throw fault({
    code: 'NOTHING_RUNS',
    reason: 'NothingRuns',
    message: `${unit} has no container that runs or ran.`,
    hint: failed ? `tinyforge logs ${unit} --failed` : `tinyforge why ${unit}`,
    disposition: 'stalled',
  });
}

function tailOf({ line }: CommandContext): number {
  const { tail } = line.values;
  if (typeof tail !== 'string') return USUAL_TAIL;
  const number = Number(tail);
  if (!Number.isInteger(number) || number < 0) throw usage(`--tail ${tail} is not a whole number of lines.`);
  return number;
}
