// The dependencies of one workload, two steps each way, laid out: never the whole graph, which nobody can read.
import { type GraphEdge, layoutGraph } from '../../core/graph-layout.ts';
import type { UnitStatus } from '../../model/status.ts';
import type { GraphView } from '../page/graph.ts';

const STEPS = 2;
const NODE_HEIGHT = 28;

/** Null where it neither waits for anything nor is waited for. */
export function neighbourhoodOf(units: readonly UnitStatus[], own: string): GraphView | null {
  const edges = units.flatMap(({ unit, dependsOn }) =>
    dependsOn.map((from): GraphEdge => ({ from, to: unit })),
  );
  const near = new Set([
    ...reach(own, edges, { of: 'to', give: 'from' }),
    ...reach(own, edges, { of: 'from', give: 'to' }),
  ]);
  if (near.size < 2) return null;
  const longest = Math.max(...[...near].map((id) => id.length));
  const nodeWidth = Math.max(100, Math.round(longest * 7.2) + 44);
  const within = edges.filter(({ from, to }) => near.has(from) && near.has(to));
  const layout = layoutGraph([...near], within, {
    nodeWidth,
    nodeHeight: NODE_HEIGHT,
    columnGap: 32,
    rowGap: 8,
  });
  const byId = new Map(units.map((unit) => [unit.unit, unit]));
  return {
    unit: own,
    layout,
    nodeWidth,
    nodeHeight: NODE_HEIGHT,
    states: new Map([...near].map((id) => [id, byId.get(id) ?? null])),
    before: edges
      .filter(({ to }) => to === own)
      .map(({ from }) => from)
      .sort(),
    after: edges
      .filter(({ from }) => from === own)
      .map(({ to }) => to)
      .sort(),
  };
}

function reach(
  own: string,
  edges: readonly GraphEdge[],
  along: { of: keyof GraphEdge; give: keyof GraphEdge },
): Set<string> {
  const found = new Set([own]);
  let edge = [own];
  for (let step = 0; step < STEPS; step++) {
    edge = edges.filter((each) => edge.includes(each[along.of])).map((each) => each[along.give]);
    for (const id of edge) found.add(id);
  }
  return found;
}
