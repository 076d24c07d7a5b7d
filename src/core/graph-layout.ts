// Places the nodes of a small graph without cycles: columns by longest path, rows by two barycentre sweeps.
import { type GraphEdge, intoColumns, nameOf, type Route, sweep, withWaypoints } from './graph-columns.ts';

export type { GraphEdge } from './graph-columns.ts';

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
 * What has no incoming edge stands left. Equal input gives equal output, whatever the order of `ids` and `edges`.
 * Edges to unknown nodes and to itself are left out; a cycle (an error elsewhere) is cut where it closes.
 */
export function layoutGraph(
  ids: readonly string[],
  edges: readonly GraphEdge[],
  sizes: LayoutSizes,
): GraphLayout {
  const known = new Set(ids);
  const used = edges
    .filter(({ from, to }) => from !== to && known.has(from) && known.has(to))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const columns = intoColumns([...known].sort(), used);
  const routes = withWaypoints(columns, used);
  sweep(columns, routes.flatMap(hopsOf));
  return place(columns, routes, sizes);
}

function place(columns: readonly string[][], routes: readonly Route[], sizes: LayoutSizes): GraphLayout {
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
  const curve = ({ from, to }: GraphEdge): string => {
    const [start, end] = [spots.get(from), spots.get(to)];
    if (start === undefined || end === undefined) return '';
    const [x1, y1] = [start.x + nodeWidth, start.y + nodeHeight / 2];
    const [x2, y2] = [end.x, end.y + nodeHeight / 2];
    const bend = Math.round((x2 - x1) / 2);
    return `${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  };
  return {
    width: columns.length * nodeWidth + Math.max(0, columns.length - 1) * columnGap,
    height,
    nodes: [...spots.values()].filter(({ id }) => !id.includes(' ')),
    edges: routes.map((route) => ({
      from: route.from,
      to: route.to,
      path: `M${hopsOf(route).map(curve).join('L')}`,
    })),
  };
}

function hopsOf({ stops }: Route): GraphEdge[] {
  return stops.slice(1).map((to, index) => ({ from: stops[index] ?? to, to }));
}
