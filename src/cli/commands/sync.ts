// `sync`: asks the running controller to look now, instead of at its next poll.

import { askController } from '../ask-controller.ts';
import type { Command } from '../command.ts';
import { withReader } from '../open.ts';

export const sync: Command = {
  name: 'sync',
  summary: 'ask the running controller to look now',
  usage: 'sync [NAME…]',
  examples: [
    ['tinyforge sync', 'fetch all sources and look at everything'],
    ['tinyforge sync shop/prod --wait', 'and wait until it is at rest; exits as apply does'],
    ['tinyforge sync --wait --timeout 2m', 'but not for ever'],
  ],
  flags: { wait: { type: 'boolean', help: 'wait until all is at rest, and say how it went' } },
  outputs: ['table', 'json'],
  names: { least: 0, most: 1_000 },
  completes: 'workloads',
  run: (context) =>
    withReader(context, (reader) =>
      askController(context, reader, {
        names: context.line.names,
        prune: false,
        wait: context.line.values.wait === true,
      }),
    ),
};
