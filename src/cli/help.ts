// Help: three examples first, then the flags.
import type { Command } from './command.ts';
import { COMMON_FLAGS, type Flag, type Flags, withCommon } from './flags.ts';

/** `tinyforge` alone. */
export function overallHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length)) + 2;
  return [
    'Tinyforge keeps Docker hosts as manifests in git or a directory say.',
    '',
    '  tinyforge plan --directory ./forge.d     what would be done, without doing it',
    '  tinyforge apply --directory ./forge.d    do it, once',
    '  tinyforge run                            do it, and keep it so',
    '',
    'Commands:',
    ...commands.map((command) => `  ${command.name.padEnd(width)}${command.summary}`),
    '',
    'Flags of all commands:',
    ...flagLines(COMMON_FLAGS),
    '',
    '`tinyforge COMMAND --help` tells more of one.',
    '',
  ].join('\n');
}

export function commandHelp(command: Command): string {
  const width = Math.max(...command.examples.map(([line]) => line.length)) + 4;
  const own = Object.keys(command.flags).length > 0;
  const common = Object.fromEntries(
    Object.entries(withCommon(command.flags)).filter(([name]) => !(name in command.flags)),
  );
  return [
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`,
    '',
    ...command.examples.map(([line, what]) => `  ${line.padEnd(width)}${what}`),
    '',
    `Usage: tinyforge ${command.usage}`,
    '',
    ...(own ? ['Flags:', ...flagLines(command.flags), ''] : []),
    'Flags of all commands:',
    ...flagLines(common, command),
    '',
  ].join('\n');
}

function flagLines(flags: Flags, command?: Command): string[] {
  const rows = Object.entries<Flag>(flags).map(([name, flag]): [string, string] => {
    const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
    const value = flag.value === undefined ? '' : ` ${flag.value}`;
    const help =
      name === 'output' && command !== undefined ? `${flag.help}: ${command.outputs.join(', ')}` : flag.help;
    return [`${short}--${name}${value}`, help];
  });
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}
