// Opens what a command needs and closes it again, whatever happens.
import type { Pass, PassWish, Reader } from '../ports/session.ts';
import type { CommandContext } from './command.ts';

/** Works while a controller runs, and without one. */
export async function withReader<T>(
  context: CommandContext,
  work: (reader: Reader) => Promise<T>,
): Promise<T> {
  const reader = await context.sessions.openReader(await context.config());
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

/** `write: true` takes the data directory for itself. Faults: ControllerRunning. */
export async function withPass<T>(
  context: CommandContext,
  options: PassWish,
  work: (pass: Pass) => Promise<T>,
): Promise<T> {
  const pass = await context.sessions.openPass(await context.config(), options);
  try {
    return await work(pass);
  } finally {
    await pass.close();
  }
}
