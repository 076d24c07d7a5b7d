// Writes an answer for programs: one versioned object, or one per line.
import { answer } from '../core/json-envelope.ts';
import type { CommandContext } from './command.ts';

/** One object, indented for people who look at it all the same. */
export function writeJson(context: CommandContext, kind: string, rest: object): void {
  const object = answer(kind, context.clock.nowMs(), rest);
  context.out.write(`${JSON.stringify(object, null, 2)}\n`);
}

/** One object per line, each with its own kind: for streams and for tools that read line by line. */
export function writeJsonLines(context: CommandContext, kind: string, items: readonly object[]): void {
  const nowMs = context.clock.nowMs();
  for (const item of items) context.out.write(`${JSON.stringify(answer(kind, nowMs, item))}\n`);
}

/** Says something to the person; not to programs, and not with -q. */
export function say(context: CommandContext, ...lines: string[]): void {
  if (!context.quiet) for (const line of lines) context.talk.line(line);
}
