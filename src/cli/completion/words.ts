// What every shell completes, read from the commands themselves: a new command or flag is completed without a word here.
import type { Command } from '../command.ts';
import { COMMON_FLAGS, type Flag, type Flags, withCommon } from '../flags.ts';

/** What a shell asks for names while it completes; the program is found as the shell finds it. */
export const ASK = {
  workloads: 'status --all --output name',
  kinds: 'schema --output name',
} as const;

/** Flags whose value is a file or folder. */
const PATHS: ReadonlySet<string> = new Set(['file', 'directory', 'data']);

export interface Completed {
  name: string;
  summary: string;
  flags: readonly CompletedFlag[];
  outputs: readonly string[];
  /** Words that stand for themselves, or what is asked for. */
  names: readonly string[] | { ask: string };
}

export interface CompletedFlag {
  long: string;
  short: string | null;
  help: string;
  takes: 'nothing' | 'text' | 'path' | 'output';
}

export function completed(commands: readonly Command[]): Completed[] {
  return commands.map((command) => ({
    name: command.name,
    summary: command.summary,
    outputs: command.outputs,
    names: namesOf(command, commands),
    flags: flagsOf(withCommon(command.flags)),
  }));
}

/** What may stand before the command, too. */
export function beforeCommands(commands: readonly Command[]): Pick<Completed, 'flags' | 'outputs'> {
  return {
    flags: [
      { long: 'version', short: null, help: 'say which version this is', takes: 'nothing' },
      ...flagsOf(COMMON_FLAGS),
    ],
    outputs: [...new Set(commands.flatMap(({ outputs }) => outputs))],
  };
}

function flagsOf(flags: Flags): CompletedFlag[] {
  return Object.entries<Flag>(flags).map(([long, flag]) => ({
    long,
    short: flag.short ?? null,
    help: flag.help,
    takes:
      flag.type === 'boolean' ? 'nothing' : long === 'output' ? 'output' : PATHS.has(long) ? 'path' : 'text',
  }));
}

function namesOf({ completes }: Command, commands: readonly Command[]): Completed['names'] {
  if (completes === undefined) return [];
  if (completes === 'commands') return commands.map(({ name }) => name);
  if (completes === 'workloads' || completes === 'kinds') return { ask: ASK[completes] };
  return completes;
}

/** The flags behind which the next word is a value, as they are written. */
export function valued(flags: readonly CompletedFlag[]): string[] {
  return flags.filter(({ takes }) => takes !== 'nothing').flatMap(spellings);
}

/** `--limit`, `-n`. */
export function spellings({ long, short }: CompletedFlag): string[] {
  return short === null ? [`--${long}`] : [`--${long}`, `-${short}`];
}

/** For a shell, in single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
