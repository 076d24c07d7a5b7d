// `completion SHELL`: what makes a shell complete commands, flags and the names of workloads.
import { nearest } from '../../core/did-you-mean.ts';
import { commas } from '../../core/words-names.ts';
import type { Command } from '../command.ts';
import { usage } from '../complaint.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { beforeCommands, type Completed, completed } from '../completion/words.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { EXIT } from '../exit-code.ts';

const SHELLS: Readonly<
  Record<string, (commands: readonly Completed[], before: Pick<Completed, 'flags' | 'outputs'>) => string>
> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export const completion: Command = {
  name: 'completion',
  summary: 'let a shell complete commands, flags and workloads',
  usage: 'completion SHELL',
  examples: [
    ['tinyforge completion bash > /etc/bash_completion.d/tinyforge', 'for everybody, from the next shell on'],
    ['tinyforge completion zsh > "${fpath[1]}/_tinyforge"', 'for zsh'],
    ['tinyforge completion fish | source', 'for fish, in this shell'],
  ],
  flags: {},
  outputs: ['table'],
  names: { least: 1, most: 1 },
  completes: Object.keys(SHELLS),
  async run({ line, out, commands }) {
    const [shell = ''] = line.names;
    const script = SHELLS[shell];
    if (script === undefined) {
      const meant = nearest(shell, Object.keys(SHELLS));
      throw usage(
        `${shell} is not a shell that can be completed here.${meant === null ? '' : ` Did you mean ${meant}?`}`,
        `There is ${commas(Object.keys(SHELLS), 3)}.`,
      );
    }
    out.write(script(completed(commands), beforeCommands(commands)));
    return EXIT.done;
  },
};
