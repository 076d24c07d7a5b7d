// The command line: finds the command, gives it what it needs, and turns what happens into words and an exit code.
import { nearest } from '../core/did-you-mean.ts';
import type { Config } from '../model/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sessions } from '../ports/session.ts';
import type { Workplace } from '../ports/workplace.ts';
import type { Command, CommandContext, Output } from './command.ts';
import { COMMANDS } from './commands.ts';
import { complainTo } from './complain.ts';
import { isUsage, usage } from './complaint.ts';
import { readDuration } from './durations.ts';
import { EXIT, interruptedCode } from './exit-code.ts';
import { type CommandLine, commandName, readCommandLine } from './flags.ts';
import { commandHelp, overallHelp } from './help.ts';
import type { ColourWish, Environment } from './terminal/colour.ts';
import { SHOW_CURSOR } from './terminal/painter.ts';
import { createScreen, type Stream } from './terminal/screen.ts';

export interface CliOptions {
  /** Without the program's own name. */
  argv: readonly string[];
  env: Environment;
  stdout: Stream;
  stderr: Stream;
  sessions: Sessions;
  workplace: Workplace;
  clock: Clock;
  /** Aborted by the first Ctrl-C or SIGTERM, with the signal's name as its reason. */
  signal: AbortSignal;
  /** Of the package, for `version` and `status`. */
  version: string;
  cwd?: string | undefined;
  fetch?: typeof fetch | undefined;
}

/** For an exit in the middle of a painting. */
export function giveCursorBack(stderr: Stream): void {
  if (stderr.isTTY === true) stderr.write(SHOW_CURSOR);
}

/**
 * Whether the log of the loop belongs on stderr: for the controller, and for whoever asks with -v. Elsewhere the
 * command itself tells what is done, and log lines would tear its picture apart.
 */
export function showsLog(argv: readonly string[]): boolean {
  return commandName(argv) === 'run' || argv.includes('-v') || argv.includes('--verbose');
}

/** Resolves to the exit code; never rejects. */
export async function runCli(options: CliOptions): Promise<number> {
  const { argv } = options;
  const name = commandName(argv);
  if (name === null) return withoutCommand(options);
  const command = COMMANDS.find((candidate) => candidate.name === name);
  try {
    if (command === undefined) throw unknownCommand(name);
    const line = readCommandLine(argv, { ...command, ...command.names });
    if (line.values.help === true) {
      options.stdout.write(commandHelp(command));
      return EXIT.done;
    }
    return await runCommand(options, command, line);
  } catch (error) {
    return complain(options, error);
  }
}

async function runCommand(options: CliOptions, command: Command, line: CommandLine): Promise<number> {
  const { values } = line;
  const timeout = typeof values.timeout === 'string' ? readDuration('timeout', values.timeout) : null;
  const limit = timeout === null ? null : AbortSignal.timeout(timeout);
  const signal = limit === null ? options.signal : AbortSignal.any([options.signal, limit]);
  const output = outputOf(command, values.output);
  const colour = colourOf(line);
  let config: Promise<Config> | null = null;
  const context: CommandContext = {
    line,
    output,
    quiet: values.quiet === true,
    verbose: values.verbose === true,
    out: createScreen(options.stdout, { colour, env: options.env }),
    talk: createScreen(options.stderr, { colour, env: options.env }),
    env: options.env,
    cwd: options.cwd ?? process.cwd(),
    timeZone: () => options.env.TZ || Intl.DateTimeFormat().resolvedOptions().timeZone,
    version: options.version,
    sessions: options.sessions,
    workplace: options.workplace,
    clock: options.clock,
    signal,
    fetch: options.fetch ?? fetch,
    commands: COMMANDS,
    config: () => {
      config ??= options.sessions.loadConfig(configWish(values));
      return config;
    },
  };
  try {
    return await command.run(context);
  } catch (error) {
    if (options.signal.aborted) return interruptedCode(options.signal);
    if (limit?.aborted === true) {
      complainTo(options, new Error(`${command.name} was not done after ${values.timeout}`));
      return EXIT.failed;
    }
    throw error;
  }
}

function configWish(values: CommandLine['values']): {
  file: string | null;
  overrides: Record<string, string>;
} {
  const overrides: Record<string, string> = {};
  for (const key of ['directory', 'git', 'data'] as const) {
    const value = values[key];
    if (typeof value === 'string') overrides[key] = value;
  }
  return { file: typeof values.file === 'string' ? values.file : null, overrides };
}

function outputOf(command: Command, wish: string | boolean | undefined): Output {
  const [usual] = command.outputs;
  if (wish === undefined) return usual ?? 'table';
  const found = command.outputs.find((output) => output === wish);
  if (found === undefined)
    throw usage(`${command.name} cannot answer as "${wish}".`, `It can as ${command.outputs.join(', ')}.`);
  return found;
}

function colourOf({ values }: CommandLine): ColourWish {
  if (values['no-color'] === true) return 'never';
  return values.color === true ? 'always' : 'auto';
}

function withoutCommand(options: CliOptions): number {
  const wantsVersion = options.argv.includes('--version');
  const asked = wantsVersion || options.argv.some((word) => word === '--help' || word === '-h');
  const text = wantsVersion ? `tinyforge ${options.version}\n` : overallHelp(COMMANDS);
  (asked ? options.stdout : options.stderr).write(text);
  return asked ? EXIT.done : EXIT.usage;
}

function unknownCommand(name: string): Error {
  const meant = nearest(
    name,
    COMMANDS.map((command) => command.name),
  );
  const question = meant === null ? '' : ` Did you mean ${meant}?`;
  return usage(`${name} is not a command.${question}`, 'tinyforge --help');
}

function complain(options: CliOptions, error: unknown): number {
  complainTo(options, error);
  return isUsage(error) ? EXIT.usage : EXIT.failed;
}
