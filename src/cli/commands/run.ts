// `run`: the controller. Keeps everything as declared until it is told to stop.
import { commas, count } from '../../core/words-names.ts';
import { say } from '../answers.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { withPass } from '../open.ts';

export const run: Command = {
  name: 'run',
  summary: 'run the controller: keep everything as declared',
  usage: 'run',
  examples: [
    ['tinyforge run', 'with tinyforge.yaml of this directory'],
    ['tinyforge run --directory /opt/stacks', 'with a directory and no configuration'],
    ['tinyforge run --data /var/lib/tinyforge', 'where it keeps its own'],
  ],
  flags: {},
  outputs: ['table'],
  names: { least: 0, most: 0 },
  run: (context) =>
    withPass(context, { write: true, serve: true }, async (pass) => {
      const { config } = pass;
      const sources = config.sources.map((source) => source.name);
      const { host, port } = config.listen;
      say(
        context,
        `Tinyforge ${context.version} runs as controller ${config.controller}, with ${count(sources.length, 'source')} (${commas(sources)}).`,
        `Status page: http://${host.includes(':') ? `[${host}]` : host}:${port}/   Ctrl-C stops it; what runs stays up.`,
      );
      await pass.serve(context.signal);
      say(context, 'Tinyforge has stopped. What it started runs on.');
      // A stop that was asked for is an end as it should be: a service manager must not start it again for that.
      return EXIT.done;
    }),
};
