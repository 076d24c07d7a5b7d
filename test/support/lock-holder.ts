// A child that takes the lock of a data directory, says so, and holds it until it is ended.
import { writeSync } from 'node:fs';
import { takeLock } from '../../src/adapters/lock/take-lock.ts';

const directory = process.argv[2];
if (directory !== undefined) {
  try {
    takeLock(directory);
    writeSync(1, 'held\n');
    setInterval(() => undefined, 60_000);
  } catch (error) {
    writeSync(1, `${(error as { reason?: string }).reason}\n`);
  }
}
