// The table of `status`: one row per unit, worst first.
import { outcomeView, shortVersion } from '../core/status-view.ts';
import { age } from '../core/time-words.ts';
import type { UnitStatus } from '../model/status.ts';
import type { Screen } from './terminal/screen.ts';
import { type Cell, type Column, tableLines } from './terminal/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'STATE', drop: 0, cut: 'never' },
  { title: 'WORKLOAD', drop: 0, cut: 'never' },
  { title: 'RUNS', drop: 0, cut: 'end', least: 8 },
  { title: 'WANTS', drop: 2, cut: 'end', least: 8 },
  { title: 'ROUTE', drop: 3, cut: 'end', least: 12 },
  { title: 'CHANGED', drop: 1, cut: 'never' },
];

const WIDE_COLUMNS: readonly Column[] = [
  ...COLUMNS,
  { title: 'HEALTHY', drop: 4, cut: 'never' },
  { title: 'REVISION', drop: 6, cut: 'end', least: 10 },
  { title: 'DIGEST', drop: 8, cut: 'middle', least: 20 },
  { title: 'FILE', drop: 7, cut: 'middle', least: 16 },
  { title: 'WHY', drop: 5, cut: 'end', least: 20 },
];

/** Lines with the title line first; shapes stand before the table, in a margin of two cells. */
export function statusLines(
  units: readonly UnitStatus[],
  { screen, wide, nowMs }: { screen: Screen; wide: boolean; nowMs: number },
): string[] {
  const shapes = units.map((unit) => screen.glyph(outcomeView(unit.outcome)));
  const margin = shapes.some((shape) => shape !== '') ? 2 : 0;
  const width = screen.width();
  const lines = tableLines({
    columns: wide ? WIDE_COLUMNS : COLUMNS,
    rows: units.map((unit) => cells(unit, { screen, wide, nowMs })),
    width: width === null ? null : width - margin,
    gap: screen.isTerminal ? 3 : 2,
  });
  return lines.map((line, index) => {
    if (margin === 0) return line;
    return index === 0 ? `  ${line}` : `${shapes[index - 1]}${line}`;
  });
}

function cells(
  unit: UnitStatus,
  { screen, wide, nowMs }: { screen: Screen; wide: boolean; nowMs: number },
): Cell[] {
  const view = outcomeView(unit.outcome);
  const paint = (text: string) => screen.colour(view.tone, text);
  const usual: Cell[] = [
    { text: view.word, paint },
    { text: unit.unit },
    { text: unit.runs === null ? '-' : shortVersion(unit.runs) },
    { text: wantsWord(unit) },
    { text: unit.domains[0] ?? '-' },
    { text: unit.changedMs === null ? '-' : age(nowMs - unit.changedMs), paint: screen.dim },
  ];
  if (!wide) return usual;
  const { health, place } = unit;
  return [
    ...usual,
    { text: health.total === 0 ? '-' : `${health.ready}/${health.total}` },
    { text: unit.lastAttemptedRevision ?? '-' },
    { text: unit.digest ?? '-' },
    { text: place === null ? '-' : `${place.file}:${place.line}` },
    { text: unit.sentence },
  ];
}

/** Only where it differs from what runs; `?` where the manifest cannot be read. */
function wantsWord({ runs, wants, outcome }: UnitStatus): string {
  if (wants === null) return outcome === 'held' ? '?' : '-';
  return wants === runs ? '-' : shortVersion(wants);
}
