// The faults of control files. What cannot be read or written here stops changes instead of passing for "nothing".
import { type Fault, fault, isFault } from '../../model/errors.ts';

export function keyFault(
  reason: 'KeyExposed' | 'KeyDamaged',
  facts: { message: string; hint: string },
): Fault {
  const code = reason === 'KeyExposed' ? 'KEY_EXPOSED' : 'KEY_DAMAGED';
  return fault({ code, reason, ...facts, disposition: 'stalled' });
}

/** Runs file work; a system error becomes a fault (ControlUnusable, retry) with the path in its words. */
export function withControlFault<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (isFault(error) || typeof code !== 'string') throw error;
    throw fault({
      code: 'CONTROL_UNUSABLE',
      reason: 'ControlUnusable',
      message: `The control files at ${path} cannot be used (${code}).`,
      hint:
        code === 'ENOSPC' ? 'Make room on the disk.' : 'Look at the owner and mode of the data directory.',
      disposition: 'retry',
      cause: error,
    });
  }
}
