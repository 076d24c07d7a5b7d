// What starts before what, as a drawing with a sentence, and the same as links in words.
import type { GraphLayout } from '../../core/graph-layout.ts';
import { outcomeView } from '../../core/status-view.ts';
import { listed } from '../../core/words-names.ts';
import type { UnitStatus } from '../../model/status.ts';
import { type Html, html } from './html.ts';
import { iconAt } from './icons.ts';
import { unitHref } from './links.ts';

export interface GraphView {
  unit: string;
  layout: GraphLayout;
  nodeWidth: number;
  nodeHeight: number;
  /** Null for a name that no manifest has. */
  states: ReadonlyMap<string, UnitStatus | null>;
  before: readonly string[];
  after: readonly string[];
}

export function graph(view: GraphView): Html {
  const { layout, nodeWidth, nodeHeight } = view;
  const [width, height] = [layout.width + 8, layout.height + 4];
  const edges = layout.edges.map(
    ({ path }) => html`<path class="edge" d="${path}" marker-end="url(#head)"/>`,
  );
  const nodes = layout.nodes.map(({ id, x, y }) => {
    const unit = view.states.get(id) ?? null;
    const state = unit === null ? null : outcomeView(unit.outcome);
    const own = id === view.unit ? ' own' : '';
    const shape =
      state === null
        ? ''
        : html`<g class="${state.tone}">${iconAt(state.icon, x + 10, y + nodeHeight / 2 - 8)}</g>`;
    return html`<rect class="node${own}" x="${x}" y="${y}" width="${nodeWidth}" height="${nodeHeight}" rx="5"/>${shape}<text x="${x + 32}" y="${y + nodeHeight / 2 + 4.5}">${id}</text>`;
  });
  return html`<div class="card"><div class="scroll" tabindex="0" role="region" aria-label="Dependencies, drawn"><svg class="graph" viewBox="-2 -2 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${labelOf(view)}"><defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="head" d="M0 0l8 4-8 4z"/></marker></defs>${edges}${nodes}</svg></div><p class="note">${words(view)}</p></div>`;
}

function labelOf({ unit, before, after }: GraphView): string {
  const first = before.length === 0 ? `${unit} waits for nothing` : `${unit} starts after ${listed(before)}`;
  return after.length === 0 ? first : `${first}; ${listed(after)} wait for it`;
}

function words({ unit, before, after, states }: GraphView): Html {
  const names = (list: readonly string[]) =>
    list.map((name, index) => {
      const known = states.get(name) ?? null;
      const link = known === null ? html`${name} (unknown)` : html`<a href="${unitHref(name)}">${name}</a>`;
      return html`${index === 0 ? '' : index === list.length - 1 ? ' and ' : ', '}${link}`;
    });
  const first =
    before.length === 0 ? html`${unit} waits for nothing.` : html`${unit} starts after ${names(before)}.`;
  if (after.length === 0) return first;
  return html`${first} ${names(after)} ${after.length === 1 ? 'waits' : 'wait'} for it.`;
}
