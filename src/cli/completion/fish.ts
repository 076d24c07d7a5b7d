// Completion for fish: one line for each thing that can come next.
import { type Completed, type CompletedFlag, valued } from './words.ts';

/** Loaded by `tinyforge completion fish | source`. */
export function fishCompletion(
  commands: readonly Completed[],
  before: Pick<Completed, 'flags' | 'outputs'>,
): string {
  // fish's own __fish_use_subcommand takes a flag's value for a command, and __fish_seen_subcommand_from a workload's name.
  return `function __tinyforge_at
    set -l words (commandline -opc)
    set -l command ''
    set -l index 2
    while test $index -le (count $words)
        switch $words[$index]
            case ${valued(before.flags).join(' ')}
                set index (math $index + 1)
            case '-*'
            case '*'
                set command $words[$index]
                break
        end
        set index (math $index + 1)
    end
    test "$command" = "$argv"
end
complete -c tinyforge -f
${before.flags.map((flag) => `complete -c tinyforge -n __tinyforge_at ${option(flag, before.outputs)}`).join('\n')}
${commands.map(({ name, summary }) => `complete -c tinyforge -n __tinyforge_at -a ${name} -d ${fishQuoted(summary)}`).join('\n')}
${commands.map(rest).join('\n')}
`;
}

function rest({ name, flags, outputs, names }: Completed): string {
  const after = `complete -c tinyforge -n '__tinyforge_at ${name}'`;
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
