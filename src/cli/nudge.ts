// Tells a running controller that a control file changed, so that it does not wait for its next pass.
import type { Reader } from '../ports/session.ts';
import { say } from './answers.ts';
import { createClient } from './client.ts';
import type { CommandContext } from './command.ts';

/**
 * Never fails: the change is on disk already, and the next pass reads it. With `restsWithinMs` the units are waited for
 * until they are at rest.
 */
export async function tellController(
  context: CommandContext,
  reader: Pick<Reader, 'config' | 'secrets'>,
  units: readonly string[],
  { restsWithinMs }: { restsWithinMs?: number } = {},
): Promise<void> {
  const client = createClient({ config: reader.config, secrets: reader.secrets, fetch: context.fetch });
  try {
    if (await client.answers()) {
      const wait = { wait: restsWithinMs !== undefined, timeoutMs: restsWithinMs ?? 1_000 };
      await client.sync({ units, prune: false, ...wait }, context.signal);
      return;
    }
    say(context, `No controller answers at ${client.address}; it counts from the next pass on.`);
  } catch {
    say(context, 'The controller could not be told; it counts from its next pass on.');
  }
}
