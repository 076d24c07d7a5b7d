// A child that replaces control files until it is killed.
import { writeSync } from 'node:fs';
import { openControl } from '../../src/adapters/control-files/open-control.ts';

const directory = process.argv[2];
if (directory !== undefined) {
  const control = openControl({ directory });
  for (let round = 1; ; round += 1) {
    control.suspend({
      unit: 'shop/prod',
      by: 'me',
      why: `round ${round} ${'x'.repeat(20_000)}`,
      sinceMs: round,
    });
    writeSync(1, `${round}\n`);
  }
}
