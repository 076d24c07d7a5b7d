// Real shells with a completion script loaded, each asked what it offers at the end of a line.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { programPath, readPaths } from '../../../scripts/real-parts/paths.ts';
import type { Place } from './place.ts';

/** What is offered behind the line, whose last word is being written. */
export type Offered = (line: string) => Promise<string[]>;

/** Starts nothing yet; `script` is loaded, programs are looked for in `place` first, and `here` is the working directory. */
export type CompletingShell = (place: Place, script: string, here: string) => Promise<Offered>;

async function ask(program: string, args: readonly string[], place: Place, cwd: string): Promise<string> {
  const env = {
    PATH: `${place.path}:${process.env.PATH}`,
    HOME: place.path,
    TERM: 'dumb',
    LC_ALL: 'C.UTF-8',
  };
  return (await promisify(execFile)(program, [...args], { cwd, env, timeout: 60_000 })).stdout;
}

const lines = (text: string) => text.split('\n').filter((word) => word !== '');

export const bash: CompletingShell = async (place, script, here) => async (line) => {
  // As readline cuts a line: an equals sign is a word of its own.
  const words = line.replaceAll('=', ' = ').replace(/= $/, '=').split(' ');
  const asked = `source ${script}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_tinyforge
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(await ask('bash', ['--norc', '-c', asked], place, here));
};

export const fish: CompletingShell = async (place, script, here) => {
  const root = readPaths().roots.fish;
  const functions = root === undefined ? '' : `set fish_function_path '${root}/usr/share/fish/functions'; `;
  const asked = `${functions}source $argv[1]; complete -C $argv[2]`;
  return async (line) =>
    lines(
      await ask(programPath('fish'), ['--no-config', '-c', asked, script, line], place, here),
      // Behind a tab is what the word means; of --flag=value the whole is offered.
    ).map((word) => word.replace(/\t.*/, '').replace(/^--[^=]+=/, ''));
};

/** The script as a file on the fpath, as the help says; its first use is the one that is asked for. */
export const zsh = zshThat(
  (script, folder) => `mkdir -p '${folder}/functions' && cp '${script}' '${folder}/functions/_tinyforge'
fpath=('${folder}/functions' $fpath)
autoload -Uz compinit && compinit -u -d '${folder}/dump'`,
);

export const zshThatSources = zshThat(
  (script, folder) => `autoload -Uz compinit && compinit -u -d '${folder}/dump'
source '${script}'`,
);

/** Types the line and a Tab into a zsh on a terminal, whose completion system writes down what it adds. */
function zshThat(loads: (script: string, folder: string) => string): CompletingShell {
  return (place, script, here) => typingZsh(place, loads(script, place.at('zsh')), here);
}

async function typingZsh(place: Place, loading: string, here: string): Promise<Offered> {
  const root = readPaths().roots.zsh;
  const [settings, offers, typing] = [place.at('zsh'), place.at('zsh/offers'), place.at('zsh/typing')];
  await mkdir(settings);
  // zsh takes the place of its modules from no environment.
  const unpacked =
    root === undefined
      ? ''
      : `module_path=('${root}'/usr/lib/*/zsh/*(/))\nfpath=('${root}'/usr/share/zsh/functions/**/*(/))\n`;
  await writeFile(place.at('zsh/.zshenv'), unpacked);
  await writeFile(
    place.at('zsh/.zshrc'),
    `${loading}
compadd() {
  # With these it only sorts out words for the function that calls it.
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a added
  builtin compadd -A added "$@"
  (( $#added )) && print -rl -- $added >> '${offers}'
  builtin compadd "$@"
}
completed() { print -n '<completed>' }
comppostfuncs=(completed)
PS1='<ready>'
`,
  );
  await writeFile(
    typing,
    `zmodload zsh/zpty
zpty terminal ZDOTDIR='${settings}' ${programPath('zsh')} -i
zpty -r terminal seen '*<ready>*' && zpty -w -n terminal "$1"$'\\t' && zpty -r terminal seen '*<completed>*'
`,
  );
  return async (line) => {
    await writeFile(offers, '');
    await ask(
      programPath('zsh'),
      ['-f', '-c', `${unpacked}source '${typing}' "$1"`, 'zsh', line],
      place,
      here,
    );
    const offered = [...new Set(lines(await readFile(offers, 'utf8')))];
    // Where no other word can stand it offers the flags, although none was begun.
    return / -[^ ]*$/.test(line) ? offered : offered.filter((word) => !word.startsWith('-'));
  };
}
