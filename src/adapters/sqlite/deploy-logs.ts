// Rows of `deploy_logs`: the lines of one deploy, oldest first.
import type { Database } from 'better-sqlite3';
import type { DeployLogRow } from '../../model/record.ts';
import type { Store } from '../../ports/store.ts';
import { withRowFaults } from './faults.ts';
import type { Transactions } from './transactions.ts';

export function createDeployLogs(
  db: Database,
  { write }: Transactions,
): Pick<Store, 'addDeployLog' | 'deployLogs'> {
  const insert = db.prepare<[DeployLogRow]>(
    'INSERT INTO deploy_logs (deploy_id, at, level, phase, text) VALUES (@deployId, @atMs, @level, @phase, @text)',
  );
  const all = db.prepare<[number], DeployLogRow>(
    'SELECT deploy_id AS deployId, at AS atMs, level, phase, text FROM deploy_logs WHERE deploy_id = ? ORDER BY id',
  );

  function addDeployLog(row: DeployLogRow): void {
    const deploy = `The deploy ${row.deployId}`;
    const subject = { what: `A line of ${deploy}`, reference: { missing: deploy } };
    withRowFaults(subject, () => write(() => insert.run(row)));
  }

  return { addDeployLog, deployLogs: (deployId) => all.all(deployId) };
}
