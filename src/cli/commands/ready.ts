// `ready`: whether the running controller makes its passes, for health checks and scripts.

import { createClient, part } from '../client.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { withReader } from '../open.ts';

export const ready: Command = {
  name: 'ready',
  summary: 'say whether the running controller makes its passes',
  usage: 'ready',
  examples: [
    ['tinyforge ready', 'exits with 0 when it does, else with 1 and the reason'],
    ['tinyforge ready -q', 'says nothing when it does'],
    ['tinyforge ready --file /etc/tinyforge/tinyforge.yaml', 'as the health check of a container'],
  ],
  flags: {},
  outputs: ['table'],
  names: { least: 0, most: 0 },
  run: (context) =>
    withReader(context, async ({ config, secrets }) => {
      const client = createClient({ config, secrets, fetch: context.fetch });
      const { signal } = context;
      const { ok, status, answer } = await client.call({ method: 'GET', path: '/readyz', signal });
      const reason = part(part(answer, ok ? 'data' : 'error'), ok ? 'reason' : 'message');
      const words = typeof reason === 'string' ? reason : `it answered ${status}`;
      if (!context.quiet || !ok)
        context.out.line(`The controller at ${client.address} is ${ok ? '' : 'not '}ready: ${words}`);
      return ok ? EXIT.done : EXIT.failed;
    }),
};
