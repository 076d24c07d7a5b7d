// Tells a running controller that a control file changed, so that it does not wait for its next pass.
import type { Reader } from '../ports/session.ts';
import { say } from './answers.ts';
import { createClient } from './client.ts';
import type { CommandContext } from './command.ts';

/** Never fails: the change is on disk already, and the next pass reads it. */
export async function tellController(
  context: CommandContext,
  reader: Reader,
  units: readonly string[],
): Promise<void> {
  const client = createClient({ config: reader.config, secrets: reader.secrets, fetch: context.fetch });
  try {
    if (await client.answers())
      return void (await client.sync({ units, wait: false, prune: false, timeoutMs: 1_000 }, context.signal));
    say(context, `No controller answers at ${client.address}; it counts from the next pass on.`);
  } catch {
    say(context, 'The controller could not be told; it counts from its next pass on.');
  }
}
