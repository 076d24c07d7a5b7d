// The facts of a workload for its page; what it has not is left out.

import { healthWords } from '../../core/status-view-sentence.ts';
import { shortDigest, shortRevision } from '../../core/words-names.ts';
import type { UnitStatus } from '../../model/status.ts';
import type { FactView } from '../page/facts.ts';
import { type Html, html } from '../page/html.ts';
import type { Moment } from '../page/moment.ts';
import { placeText } from '../page/problem.ts';
import { breakable } from '../page/prose.ts';
import { routeLink } from '../page/workload-table.ts';

export function factsOf(unit: UnitStatus, moment: Pick<Moment, 'addressOf'>): FactView[] {
  const { domains, strategy, digest, place, source } = unit;
  const code = (text: string): Html => html`<code>${breakable(text)}</code>`;
  const list: (FactView | null)[] = [
    { term: 'Kind', value: html`${unit.kind}` },
    domains.length === 0
      ? null
      : {
          term: 'Route',
          value: html`${domains.map((domain, index) => html`${index === 0 ? '' : html`<br>`}${routeLink(domain, moment)}`)}`,
        },
    strategy === null ? null : { term: 'Strategy', value: html`${strategy}` },
    { term: 'Health', value: html`${healthWords(unit.health)}` },
    revisions(unit),
    digest === null ? null : { term: 'Digest', value: code(`${shortDigest(digest)}…`) },
    source === null ? null : { term: 'Source', value: html`${source}` },
    place === null ? null : { term: 'Manifest', value: code(placeText({ ...place, column: null }) ?? '') },
    unit.app === null ? null : { term: 'App', value: html`${unit.app}` },
    unit.kind === 'proxy' ? null : { term: 'Engine', value: html`${unit.host}` },
  ];
  return list.filter((fact) => fact !== null);
}

function revisions({
  lastAttemptedRevision: tried,
  lastAppliedRevision: applied,
}: UnitStatus): FactView | null {
  if (tried === null && applied === null) return null;
  const first = tried ?? applied ?? '';
  const other =
    applied === null || applied === first ? '' : html` (applied <code>${shortRevision(applied)}</code>)`;
  return { term: 'Revision', value: html`<code>${shortRevision(first)}</code>${other}` };
}
