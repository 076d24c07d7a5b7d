// Completion for fish: one line for each thing that can come next.
import type { Completed, CompletedFlag } from './words.ts';

/** Loaded by `tinyforge completion fish | source`. */
export function fishCompletion(commands: readonly Completed[]): string {
  return `complete -c tinyforge -f
${commands.map(({ name, summary }) => `complete -c tinyforge -n __fish_use_subcommand -a ${name} -d ${fishQuoted(summary)}`).join('\n')}
${commands.map(rest).join('\n')}
`;
}

function rest({ name, flags, outputs, names }: Completed): string {
  const after = `complete -c tinyforge -n '__fish_seen_subcommand_from ${name}'`;
  const of = Array.isArray(names)
    ? names.length === 0
      ? []
      : [`${after} -a ${fishQuoted(names.join(' '))}`]
    : [`${after} -a '(tinyforge ${(names as { ask: string }).ask} 2>/dev/null)'`];
  return [...of, ...flags.map((flag) => `${after} ${option(flag, outputs)}`)].join('\n');
}

function option({ long, short, help, takes }: CompletedFlag, outputs: readonly string[]): string {
  const value = { nothing: '', text: ' -x', path: ' -rF', output: ` -xa ${fishQuoted(outputs.join(' '))}` }[
    takes
  ];
  return `-l ${long}${short === null ? '' : ` -s ${short}`}${value} -d ${fishQuoted(help)}`;
}

/** fish ends a quote at each single quote, and knows a backslash before it. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
