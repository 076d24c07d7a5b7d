// Completion for zsh: a function of its completion system, with what each word does beside it.
import { type Completed, type CompletedFlag, quoted } from './words.ts';

/** Loaded by `source <(tinyforge completion zsh)` behind `compinit`, or as a file `_tinyforge` on the fpath. */
export function zshCompletion(
  commands: readonly Completed[],
  before: Pick<Completed, 'flags' | 'outputs'>,
): string {
  return `#compdef tinyforge
_tinyforge() {
  local context state line program=\${words[1]}
  typeset -A opt_args
  _arguments -C \\
${before.flags
  .flatMap((flag) => specsOf(flag, before.outputs))
  .map((text) => `    ${quoted(text)} \\`)
  .join('\n')}
    '(-): :->command' '(-)*:: :->rest'
  case $state in
    command)
      local -a commands=(
${commands.map(({ name, summary }) => `        ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`).join('\n')}
      )
      _describe command commands ;;
    rest)
      case \${line[1]} in
${commands.map(rest).join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = _tinyforge ]; then _tinyforge "$@"; else compdef _tinyforge tinyforge; fi
`;
}

function rest({ name, flags, outputs, names }: Completed): string {
  const of = Array.isArray(names)
    ? names.length === 0
      ? []
      : [`*: :(${names.join(' ')})`]
    : [`*: :{compadd -- \${(f)"$($program ${(names as { ask: string }).ask} 2>/dev/null)"}}`];
  const specs = [...flags.flatMap((flag) => specsOf(flag, outputs)), ...of];
  return `        ${name}) _arguments \\\n${specs.map((text) => `          ${quoted(text)}`).join(' \\\n')} ;;`;
}

/** One for each spelling, which leave each other out. */
function specsOf({ long, short, help, takes }: CompletedFlag, outputs: readonly string[]): string[] {
  const text = `[${help.replaceAll(/[[\]]/g, '').replaceAll(':', '\\:')}]`;
  const value = { nothing: '', text: ': :', path: ': :_files', output: `: :(${outputs.join(' ')})` }[takes];
  // Behind the long one a value may follow an equals sign, too.
  const longOne = `--${long}${takes === 'nothing' ? '' : '='}${text}${value}`;
  if (short === null) return [longOne];
  return [longOne, `-${short}${text}${value}`].map((spec) => `(-${short} --${long})${spec}`);
}
