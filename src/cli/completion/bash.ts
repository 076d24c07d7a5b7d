// Completion for bash, from version 3.2 on and without the package bash-completion.
import { type Completed, quoted, spellings, valued } from './words.ts';

/** Loaded by `source <(tinyforge completion bash)`. */
export function bashCompletion(
  commands: readonly Completed[],
  before: Pick<Completed, 'flags' | 'outputs'>,
): string {
  return `_tinyforge() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= index words=
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      ${valued(before.flags).join('|')}) [ "\${COMP_WORDS[index + 1]}" = = ] && ((index++)); ((index++)) ;;
      -*) ;;
      *) command=\${COMP_WORDS[index]}; break ;;
    esac
  done
  # From version 4 on bash cuts --flag=value into three words.
  if [ "$word" = = ]; then word=; elif [ "$before" = = ]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  case $command:$before in
${[{ name: '', ...before }, ...commands].map(values).join('\n')}
  esac
  case $command:$word in
    :-*) words=${quoted(before.flags.map(({ long }) => `--${long}`).join(' '))} ;;
    :*) words=${quoted(commands.map(({ name }) => name).join(' '))} ;;
${commands.map(flags).join('\n')}
${commands.map(names).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _tinyforge tinyforge
`;
}

/** What comes behind a flag that takes a value. */
function values({ name, flags, outputs }: Pick<Completed, 'name' | 'flags' | 'outputs'>): string {
  const of = (takes: Completed['flags'][number]['takes']) =>
    flags
      .filter((flag) => flag.takes === takes)
      .flatMap(spellings)
      .map((spelling) => `${name}:${spelling}`)
      .join('|');
  return [
    `    ${of('output')}) COMPREPLY=($(compgen -W ${quoted(outputs.join(' '))} -- "$word")); return ;;`,
    // Readline completes files by itself where nothing is offered.
    `    ${[of('path'), of('text')].filter((part) => part !== '').join('|')}) return ;;`,
  ].join('\n');
}

function flags({ name, flags: all }: Completed): string {
  return `    ${name}:-*) words=${quoted(all.map(({ long }) => `--${long}`).join(' '))} ;;`;
}

function names({ name, names: of }: Completed): string {
  const words = Array.isArray(of)
    ? quoted(of.join(' '))
    : `$("\${COMP_WORDS[0]}" ${(of as { ask: string }).ask} 2>/dev/null)`;
  return `    ${name}:*) words=${words} ;;`;
}
