// Graphs of dependencies are placed the same way each time, from left to right, without one node upon another.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type GraphEdge, type GraphLayout, layoutGraph } from '../../src/core/graph-layout.ts';
import { assertGolden } from '../support/golden.ts';

const SIZES = { nodeWidth: 100, nodeHeight: 28, columnGap: 32, rowGap: 8 };

function edges(text: string): GraphEdge[] {
  return text.split(' ').flatMap((pair) => {
    const [from, to] = pair.split('>');
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
}

function drawn(layout: GraphLayout): string {
  const nodes = layout.nodes.map(({ id, x, y }) => `${id.padEnd(10)} ${x},${y}`);
  const lines = layout.edges.map(({ from, to, path }) => `${from} > ${to}: ${path}`);
  return [`${layout.width} x ${layout.height}`, ...nodes, ...lines, ''].join('\n');
}

describe('the layout of a graph', () => {
  const cases: { name: string; ids: string[]; edges: string }[] = [
    { name: 'one', ids: ['shop'], edges: '' },
    { name: 'chain', ids: ['database', 'shop', 'mailer'], edges: 'database>shop shop>mailer' },
    {
      name: 'diamond',
      ids: ['database', 'queue', 'api', 'web'],
      edges: 'database>api database>queue queue>api api>web database>web',
    },
    {
      name: 'crossing',
      ids: ['a', 'b', 'c', 'x', 'y', 'z'],
      edges: 'a>z b>y c>x',
    },
    { name: 'cycle', ids: ['a', 'b', 'c'], edges: 'a>b b>c c>a' },
  ];
  for (const { name, ids, edges: text } of cases) {
    it(`places ${name} as before`, () => {
      assertGolden(`graph/${name}.txt`, drawn(layoutGraph(ids, edges(text), SIZES)));
    });
  }

  it('untangles what can be untangled', () => {
    const { nodes } = layoutGraph(['a', 'b', 'c', 'x', 'y', 'z'], edges('a>z b>y c>x'), SIZES);
    const row = (id: string) => nodes.find((node) => node.id === id)?.y;
    assert.deepEqual([row('z'), row('y'), row('x')], [row('a'), row('b'), row('c')]);
  });

  it('leaves out edges to names that are not there, and to itself', () => {
    assert.deepEqual(layoutGraph(['a'], edges('a>a a>gone gone>a'), SIZES).edges, []);
  });

  const graphs = fc.integer({ min: 1, max: 12 }).chain((size) => {
    const ids = Array.from({ length: size }, (_, index) => `n${index}`);
    const pair = fc.tuple(fc.nat(size - 1), fc.nat(size - 1)).filter(([a, b]) => a < b);
    const list = size === 1 ? fc.constant([]) : fc.array(pair, { maxLength: 20 });
    return list.map((pairs) => ({ ids, edges: pairs.map(([a, b]) => ({ from: `n${a}`, to: `n${b}` })) }));
  });

  it('puts each node right of all that it waits for, and none upon another', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { nodes, width, height } = layoutGraph(graph.ids, graph.edges, SIZES);
        const spots = new Map(nodes.map((node) => [node.id, node]));
        for (const { from, to } of graph.edges) {
          assert.ok((spots.get(from)?.x ?? 0) + SIZES.nodeWidth < (spots.get(to)?.x ?? 0), `${from} > ${to}`);
        }
        assert.equal(new Set(nodes.map(({ x, y }) => `${x},${y}`)).size, graph.ids.length);
        for (const { x, y } of nodes) {
          assert.ok(x >= 0 && y >= 0 && x + SIZES.nodeWidth <= width && y + SIZES.nodeHeight <= height);
        }
      }),
    );
  });

  it('does not care in which order names and edges are given', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const turned = layoutGraph(graph.ids.toReversed(), graph.edges.toReversed(), SIZES);
        assert.equal(drawn(turned), drawn(layoutGraph(graph.ids, graph.edges, SIZES)));
      }),
    );
  });
});
