// Places the nodes of a small graph without cycles: columns by longest path, rows by two barycentre sweeps.

export interface GraphEdge {
  from: string;
  to: string;
}

export interface LayoutSizes {
  nodeWidth: number;
  nodeHeight: number;
  /** Between columns, for the edges. */
  columnGap: number;
  rowGap: number;
}

export interface PlacedNode {
  id: string;
  x: number;
  y: number;
}

export interface PlacedEdge extends GraphEdge {
  /** An SVG path from the right side of one node to the left side of the other. */
  path: string;
}

export interface GraphLayout {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
}

/**
 * What has no incoming edge stands left. Equal input gives equal output, whatever the order of `edges`.
 * Edges to unknown nodes and to itself are left out; a cycle (an error elsewhere) is cut where it closes.
 */
export function layoutGraph(
  ids: readonly string[],
  edges: readonly GraphEdge[],
  sizes: LayoutSizes,
): GraphLayout {
  const known = new Set(ids);
  const used = edges.filter(({ from, to }) => from !== to && known.has(from) && known.has(to));
  const columns = intoColumns([...known].sort(), used);
  sweep(columns, used);
  return place(columns, used, sizes);
}

function intoColumns(ids: readonly string[], edges: readonly GraphEdge[]): string[][] {
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
function sweep(columns: string[][], edges: readonly GraphEdge[]): void {
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

function place(columns: readonly string[][], edges: readonly GraphEdge[], sizes: LayoutSizes): GraphLayout {
  const { nodeWidth, nodeHeight, columnGap, rowGap } = sizes;
  const most = Math.max(0, ...columns.map((column) => column.length));
  const heightOf = (n: number) => n * nodeHeight + Math.max(0, n - 1) * rowGap;
  const height = heightOf(most);
  const spots = new Map<string, PlacedNode>();
  columns.forEach((column, c) => {
    const top = (height - heightOf(column.length)) / 2;
    column.forEach((id, r) => {
      spots.set(id, { id, x: c * (nodeWidth + columnGap), y: Math.round(top + r * (nodeHeight + rowGap)) });
    });
  });
  const sorted = [...edges].sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1));
  const placed = sorted.flatMap(({ from, to }) => {
    const [start, end] = [spots.get(from), spots.get(to)];
    if (start === undefined || end === undefined) return [];
    const [x1, y1] = [start.x + nodeWidth, start.y + nodeHeight / 2];
    const [x2, y2] = [end.x, end.y + nodeHeight / 2];
    const bend = Math.round((x2 - x1) / 2);
    return [{ from, to, path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` }];
  });
  const width = columns.length * nodeWidth + Math.max(0, columns.length - 1) * columnGap;
  return { width, height, nodes: [...spots.values()], edges: placed };
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
