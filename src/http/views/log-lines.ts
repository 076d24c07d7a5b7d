// The tail of a deploy's log: how much is shown, and how far back that reaches.
import type { DeployLogRow } from '../../model/record.ts';
import type { LogView } from '../page/log-box.ts';

export function logTail(
  deployId: number,
  rows: readonly DeployLogRow[],
  facts: { label: string; most: number },
): LogView & { left: number } {
  const from = Math.max(0, rows.length - facts.most);
  const lines = rows.slice(from).map((row, index) => ({ number: from + index + 1, row }));
  return { id: `log-${deployId}`, label: facts.label, lines, left: from };
}
