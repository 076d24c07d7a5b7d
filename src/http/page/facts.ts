// The facts of a workload, as terms and their values.
import { type Html, html } from './html.ts';
import { section } from './section.ts';

export interface FactView {
  term: string;
  value: Html;
}

export function facts(list: readonly FactView[]): Html {
  const items = list.map(({ term, value }) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`);
  return section({ id: 'facts', title: 'Facts', body: html`<dl class="card facts">${items}</dl>` });
}
