// Who is at the keyboard, for what is written down under a name.
import type { CommandContext } from './command.ts';

/** Under sudo the person behind it. */
export function whoIs({ env }: Pick<CommandContext, 'env'>): string {
  return env.SUDO_USER || env.USER || env.LOGNAME || 'somebody';
}
