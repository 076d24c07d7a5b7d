// `help [COMMAND]`: the same as --help, for those who write it as a word.
import { nearest } from '../../core/did-you-mean.ts';
import type { Command } from '../command.ts';
import { usage } from '../complaint.ts';
import { EXIT } from '../exit-code.ts';
import { commandHelp, overallHelp } from '../help.ts';

export const help: Command = {
  name: 'help',
  summary: 'explain a command',
  usage: 'help [COMMAND]',
  examples: [
    ['tinyforge help', 'all commands'],
    ['tinyforge help plan', 'one of them'],
    ['tinyforge plan --help', 'the same'],
  ],
  flags: {},
  outputs: ['table'],
  names: { least: 0, most: 1 },
  completes: 'commands',
  async run({ line, commands, out }) {
    const [name] = line.names;
    if (name === undefined) {
      out.write(overallHelp(commands));
      return EXIT.done;
    }
    const command = commands.find((candidate) => candidate.name === name);
    if (command === undefined) {
      const meant = nearest(
        name,
        commands.map((candidate) => candidate.name),
      );
      throw usage(
        `${name} is not a command.${meant === null ? '' : ` Did you mean ${meant}?`}`,
        'tinyforge help',
      );
    }
    out.write(commandHelp(command));
    return EXIT.done;
  },
};
