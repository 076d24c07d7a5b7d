// The table that `npm run bench` prints.
import type { Row } from './row.ts';

export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    `${number(row.ours)} ${row.unit}`,
    `${number(row.baseline)} ${row.unit}`,
    number(row.ratio),
    row.isAbsolute === true ? `≤ ${number(row.target)} ${row.unit}` : `≤ ${number(row.target)}`,
    row.holds ? 'yes' : 'NO',
  ]);
  const all = [['', 'ours', 'baseline', 'ratio', 'target', 'holds'], ...cells];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}
