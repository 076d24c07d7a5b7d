// `version`: which Tinyforge this is.
import { writeJson } from '../answers.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';

export const version: Command = {
  name: 'version',
  summary: 'say which version this is',
  usage: 'version',
  examples: [
    ['tinyforge version', 'for people'],
    ['tinyforge version -o json', 'for programs'],
    ['tinyforge --version', 'the same, as a flag'],
  ],
  flags: {},
  outputs: ['table', 'json'],
  names: { least: 0, most: 0 },
  async run(context) {
    if (context.output === 'json') writeJson(context, 'Version', { version: context.version });
    else context.out.line(`tinyforge ${context.version}`);
    return EXIT.done;
  },
};
