// The flags: which there are everywhere, and how a command line is read.
import { parseArgs } from 'node:util';
import { nearest } from '../core/did-you-mean.ts';
import { usage } from './complaint.ts';

export interface Flag {
  type: 'string' | 'boolean';
  short?: string;
  /** What stands for the value in help: `DURATION`. */
  value?: string;
  help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

export const COMMON_FLAGS = {
  output: { type: 'string', short: 'o', value: 'FORMAT', help: 'how to answer' },
  file: { type: 'string', short: 'f', value: 'FILE', help: 'the configuration (default tinyforge.yaml)' },
  directory: { type: 'string', value: 'DIR', help: 'read manifests from this directory' },
  git: { type: 'string', value: 'URL', help: 'read manifests from this repository' },
  data: { type: 'string', value: 'DIR', help: 'the data directory' },
  timeout: { type: 'string', value: 'DURATION', help: 'give up after this long: 30s, 5m' },
  quiet: { type: 'boolean', short: 'q', help: 'the answer only, without progress and hints' },
  verbose: { type: 'boolean', short: 'v', help: 'more: each action, each origin' },
  color: { type: 'boolean', help: 'colours, also in a pipe' },
  'no-color': { type: 'boolean', help: 'no colours' },
  help: { type: 'boolean', short: 'h', help: 'this text' },
} as const satisfies Flags;

export interface CommandLine {
  values: Readonly<Record<string, string | boolean | undefined>>;
  /** What is not a flag, the command's own name left out. */
  names: readonly string[];
}

/** The first word that is no flag: the command. Null where there is none. */
export function commandName(argv: readonly string[]): string | null {
  const { tokens } = tokenise(argv, COMMON_FLAGS);
  const first = tokens.find((token) => token.kind === 'positional');
  return first?.kind === 'positional' ? first.value : null;
}

/** Reads a whole line for one command. Faults: CommandLineWrong. */
export function readCommandLine(
  argv: readonly string[],
  command: { name: string; flags: Flags; least: number; most: number; usage: string },
): CommandLine {
  const flags = withCommon(command.flags);
  const values: Record<string, string | boolean> = {};
  const names: string[] = [];
  for (const token of tokenise(argv, flags).tokens) {
    if (token.kind === 'positional') names.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = flags[token.name];
    if (flag === undefined) throw unknownFlag(token.rawName, flags, command.name);
    if (flag.type === 'boolean' && token.value !== undefined)
      throw usage(`--${token.name} takes no value.`, help(command.name));
    if (flag.type === 'string' && (token.value === undefined || token.value === ''))
      throw usage(
        `--${token.name} needs a value: --${token.name} ${flag.value ?? 'VALUE'}.`,
        help(command.name),
      );
    values[token.name] = token.value ?? true;
  }
  names.shift();
  if (values.help !== true) checkCount(names, command);
  return { values, names };
}

/** A command's own flag keeps its short letter; a common one of the same letter has to do without. */
export function withCommon(own: Flags): Flags {
  const taken = new Set(Object.values(own).flatMap((flag) => flag.short ?? []));
  const common = Object.entries<Flag>(COMMON_FLAGS).map(([name, { short, ...flag }]): [string, Flag] => [
    name,
    short === undefined || taken.has(short) ? flag : { ...flag, short },
  ]);
  return { ...Object.fromEntries(common), ...own };
}

function tokenise(argv: readonly string[], flags: Flags) {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  );
  // Not strict: its own errors cannot say which flag was meant.
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
}

function unknownFlag(raw: string, flags: Flags, command: string): Error {
  const meant = raw.startsWith('--') ? nearest(raw.slice(2), Object.keys(flags)) : null;
  const question = meant === null ? '' : ` Did you mean --${meant}?`;
  return usage(`${raw} is not a flag of ${command}.${question}`, help(command));
}

function checkCount(
  names: readonly string[],
  command: { name: string; least: number; most: number; usage: string },
) {
  if (names.length < command.least)
    throw usage(`${command.name} needs a name: tinyforge ${command.usage}.`, help(command.name));
  const extra = names[command.most];
  if (extra !== undefined)
    throw usage(`${command.name} does not know what to do with "${extra}".`, help(command.name));
}

function help(command: string): string {
  return `tinyforge ${command} --help`;
}
