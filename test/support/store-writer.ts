// A child that writes rounds into a store until it is killed, and says each round that was committed.
import { writeSync } from 'node:fs';
import { openStore } from '../../src/adapters/sqlite/open-store.ts';
import { deploy, event } from '../contract/store-rows.ts';

export const LINES_PER_ROUND = 20;

function writeForEver(file: string): void {
  const store = openStore({ file, readOnly: false });
  for (let round = Number(store.cacheGet('round') ?? 0) + 1; ; round += 1) {
    store.transaction(() => {
      const { id } = store.startDeploy(deploy({ unit: `unit-${round}` }));
      for (let line = 0; line < LINES_PER_ROUND; line += 1) {
        store.addDeployLog({
          deployId: id,
          atMs: line,
          level: 'info',
          phase: 'prove',
          text: 'x'.repeat(200),
        });
      }
      store.addEvent(event({ unit: `unit-${round}` }));
      store.cacheSet('round', String(round));
    });
    writeSync(1, `${round}\n`);
  }
}

const file = process.argv[2];
if (file !== undefined) writeForEver(file);
