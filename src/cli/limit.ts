// `--limit COUNT`: how many rows a command shows.
import type { CommandContext } from './command.ts';
import { usage } from './complaint.ts';
import type { Flag } from './flags.ts';

export function limitFlag(usual: number, help: string): Flag {
  return { type: 'string', short: 'n', value: 'COUNT', help: `${help} (default ${usual})` };
}

/** Faults: CommandLineWrong. */
export function limitOf({ line }: CommandContext, usual: number): number {
  const { limit } = line.values;
  if (typeof limit !== 'string') return usual;
  const number = Number(limit);
  if (!Number.isInteger(number) || number < 1 || number > 1_000)
    throw usage(`--limit ${limit} is not a whole number from 1 to 1000.`);
  return number;
}
