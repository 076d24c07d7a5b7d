// Columns of a graph without cycles: by longest path, with waypoints for long edges, rows by two barycentre sweeps.

export interface GraphEdge {
  from: string;
  to: string;
}

/** An edge and the places it passes, one in each column between its ends, so that it runs behind no node. */
export interface Route extends GraphEdge {
  stops: string[];
}

export function withWaypoints(columns: string[][], edges: readonly GraphEdge[]): Route[] {
  const column = new Map(columns.flatMap((ids, index) => ids.map((id) => [id, index] as const)));
  return edges.map(({ from, to }) => {
    const stops = [from];
    for (let at = (column.get(from) ?? 0) + 1; at < (column.get(to) ?? 0); at++) {
      // Names have no spaces, so a waypoint is nobody's name.
      const waypoint = `${nameOf({ from, to })} ${at}`;
      columns[at]?.push(waypoint);
      stops.push(waypoint);
    }
    return { from, to, stops: [...stops, to] };
  });
}

export function nameOf({ from, to }: GraphEdge): string {
  return `${from} ${to}`;
}

export function intoColumns(ids: readonly string[], edges: readonly GraphEdge[]): string[][] {
  const before = neighbours(edges, 'to', 'from');
  const depths = new Map<string, number>();
  const open = new Set<string>();
  const depthOf = (id: string): number => {
    const found = depths.get(id);
    if (found !== undefined) return found;
    if (open.has(id)) return -1;
    open.add(id);
    const depth = 1 + Math.max(-1, ...(before.get(id) ?? []).map(depthOf));
    open.delete(id);
    depths.set(id, depth);
    return depth;
  };
  const columns: string[][] = [];
  for (const id of ids) {
    const depth = depthOf(id);
    while (columns.length <= depth) columns.push([]);
    columns[depth]?.push(id);
  }
  return columns.filter((column) => column.length > 0);
}

/** Sorts each column by the middle of its neighbours, once from the left and once from the right. */
export function sweep(columns: string[][], edges: readonly GraphEdge[]): void {
  const left = neighbours(edges, 'to', 'from');
  const right = neighbours(edges, 'from', 'to');
  for (const column of columns) order(column, left, rows(columns));
  for (const column of columns.toReversed()) order(column, right, rows(columns));
}

function order(
  column: string[],
  sides: ReadonlyMap<string, string[]>,
  row: ReadonlyMap<string, number>,
): void {
  const middle = (id: string): number => {
    const others = sides.get(id) ?? [];
    if (others.length === 0) return row.get(id) ?? 0;
    return others.reduce((sum, other) => sum + (row.get(other) ?? 0), 0) / others.length;
  };
  const keys = new Map(column.map((id) => [id, middle(id)]));
  column.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0) || (a < b ? -1 : 1));
}

function neighbours(
  edges: readonly GraphEdge[],
  of: keyof GraphEdge,
  give: keyof GraphEdge,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const edge of edges) {
    const list = found.get(edge[of]) ?? [];
    if (!list.includes(edge[give])) list.push(edge[give]);
    found.set(edge[of], list.sort());
  }
  return found;
}

function rows(columns: readonly string[][]): Map<string, number> {
  return new Map(columns.flatMap((column) => column.map((id, row) => [id, row] as const)));
}
