// What a command is, and what it is given to work with.
import type { Config } from '../model/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sessions } from '../ports/session.ts';
import type { Workplace } from '../ports/workplace.ts';
import type { CommandLine, Flags } from './flags.ts';
import type { Environment } from './terminal/colour.ts';
import type { Screen } from './terminal/screen.ts';

export type Output = 'table' | 'wide' | 'json' | 'jsonl' | 'name' | 'github';

export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** Behind `tinyforge `: `why NAME`. */
  usage: string;
  /** Three, each with what it does. */
  examples: readonly (readonly [line: string, what: string])[];
  flags: Flags;
  /** The first is what one gets without -o. */
  outputs: readonly Output[];
  /** How many names it takes. */
  names: { least: number; most: number };
  /** What its names are, for the shell to complete; left out where it takes none. */
  completes?: 'workloads' | 'commands' | 'kinds' | readonly string[];
  /** Resolves to the exit code. */
  run(context: CommandContext): Promise<number>;
}

export interface CommandContext {
  line: CommandLine;
  output: Output;
  quiet: boolean;
  verbose: boolean;
  /** The answer. */
  out: Screen;
  /** Talk: progress, hints, warnings. */
  talk: Screen;
  env: Environment;
  /** Working directory, for paths that are shown. */
  cwd: string;
  /** Asked for where a time is shown: the first question loads all that is known of zones, 25 ms. */
  timeZone: () => string;
  version: string;
  sessions: Sessions;
  workplace: Workplace;
  clock: Clock;
  /** Aborted by Ctrl-C, SIGTERM or --timeout. */
  signal: AbortSignal;
  fetch: typeof fetch;
  /** All commands, for help and completion of names. */
  commands: readonly Command[];
  config(): Promise<Config>;
}
