// A kill in the middle of writes: what was committed is there, and of what was not there is nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import Database from 'better-sqlite3';
import { openStore } from '../../src/adapters/sqlite/open-store.ts';
import { LINES_PER_ROUND } from '../support/store-writer.ts';

/** Starts the child, kills it after it said this many rounds, and gives the last round that it said. */
async function writeAndKill(file: string, rounds: number): Promise<number> {
  const script = join(import.meta.dirname, '../support/store-writer.ts');
  const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let last = 0;
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    count += 1;
    // Lines that were on their way still come; the kill itself falls wherever the child is.
    if (count === rounds) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  assert.equal(signal, 'SIGKILL');
  return last;
}

it('a killed writer leaves a whole database, five times in a row', { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tinyforge-crash-'));
  const file = join(directory, 'index.sqlite');
  try {
    for (const rounds of [1, 7, 20, 3, 50]) {
      const said = await writeAndKill(file, rounds);
      const store = openStore({ file, readOnly: false });
      const committed = Number(store.cacheGet('round'));
      assert.ok(committed >= said, `round ${said} was committed, ${committed} is there`);
      assert.deepEqual(store.events({ limit: 1 })[0]?.reason, 'Converged', 'the file was not moved aside');
      store.close();
      assert.deepEqual(countRows(file), {
        deploys: committed,
        logs: committed * LINES_PER_ROUND,
        events: committed,
      });
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

function countRows(file: string): unknown {
  const db = new Database(file, { readonly: true });
  try {
    return db
      .prepare(`SELECT (SELECT count(*) FROM deploys) AS deploys, (SELECT count(*) FROM deploy_logs) AS logs,
        (SELECT count(*) FROM event_log) AS events`)
      .get();
  } finally {
    db.close();
  }
}
