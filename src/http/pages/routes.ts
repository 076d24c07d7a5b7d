// The page of all routes: who answers under which name, and what of the proxy is not ours.

import { MOST_LOOKS, monitorHistory } from '../../core/monitor-history.ts';
import { type ProxyRow, proxyRows, upstreamsOf } from '../../core/proxy-rows.ts';
import { outcomeView } from '../../core/status-view.ts';
import { shortVersion } from '../../core/words-names.ts';
import { lookBars } from '../page/history-bars.ts';
import { type Html, html } from '../page/html.ts';
import { unitHref } from '../page/links.ts';
import { type Moment, sinceTag } from '../page/moment.ts';
import { empty } from '../page/notice.ts';
import { breakable } from '../page/prose.ts';
import { stateWord } from '../page/state-word.ts';
import { routeLink } from '../page/workload-table.ts';
import type { PageRead, PageView } from './page.ts';

export function routesPage({ overview, store, observed, hasProxy, moment }: PageRead): PageView {
  const rows = proxyRows({
    controller: overview.controller,
    units: overview.units,
    routes: store.proxyRoutes(),
    observed,
    looksAt: (unit) => store.monitorResults(unit, { limit: MOST_LOOKS }),
  });
  const ours = rows.filter(({ type }) => type !== 'stranger');
  const strangers = rows.filter(({ type }) => type === 'stranger');
  const lead = hasProxy
    ? html`<p class="lead">What the proxy serves, and who answers. Only what manifests declare is changed.</p>`
    : html`<p class="lead">As the manifests declare them. No proxy is configured, so Tinyforge does not serve them itself.</p>`;
  const own =
    ours.length === 0
      ? empty(html`No manifest declares a route.`)
      : table(
          { caption: 'Routes that manifests declare', last: 'Answers' },
          ours.map((row) => ourLine(row, moment)),
        );
  const others =
    strangers.length === 0
      ? ''
      : html`<section><h2>Not ours</h2><p class="lead">Other routes of the same proxy. They are never touched.</p>${table(
          { caption: 'Routes of others', last: 'Whose' },
          strangers.map((row) => strangerLine(row, moment)),
        )}</section>`;
  const part = { id: 'routes', html: html`<div id="routes">${lead}${own}${others}</div>` };
  return {
    status: 200,
    title: 'Routes',
    nav: 'routes',
    main: html`<h1>Routes</h1>${part.html}`,
    parts: [part],
  };
}

function table({ caption, last }: { caption: string; last: string }, lines: readonly Html[]): Html {
  return html`<div class="card flush"><table class="compact"><caption class="vh">${caption}</caption><thead><tr><th scope="col"><span class="word">State</span></th><th scope="col">Route</th><th scope="col">Leads to</th><th scope="col" class="wide">${last}</th></tr></thead><tbody>${lines}</tbody></table></div>`;
}

function ourLine(row: ProxyRow, moment: Moment): Html {
  const { status, containers, route } = row;
  if (status === null) return html``;
  const broken =
    route === null || (route.online && route.error === null)
      ? ''
      : html`<span class="sub">${route.error ?? 'the proxy does not serve it'}</span>`;
  const names = containers.map(
    ({ containerName, release, imageRef }) =>
      html`<code>${containerName ?? '–'}</code><span class="sub"><code>${shortVersion(release ?? imageRef)}</code></span>`,
  );
  const upstreams = upstreamsOf(row).map(
    (upstream) => html`<code>${breakable(upstream)}</code><span class="sub"></span>`,
  );
  const answers =
    names.length > 0 ? names : upstreams.length > 0 ? upstreams : html`<span class="muted">–</span>`;
  const about =
    row.type === 'stand_alone'
      ? (status.health.detail ?? 'stand-alone')
      : status.role === ''
        ? status.kind
        : `${status.kind} · ${status.role}`;
  return html`<tr><td>${stateWord(outcomeView(status.outcome))}</td><th scope="row" class="light">${domainList(row, moment)}${broken}</th><td><a class="name" href="${unitHref(status.unit)}">${status.unit}</a><span class="sub">${about}</span>${seen(row, moment)}</td><td class="wide any">${answers}</td></tr>`;
}

/** Of a stand-alone route that is watched: its last looks as bars, and since when it is as it is. */
function seen({ looks }: ProxyRow, moment: Moment): Html | '' {
  const history = monitorHistory(looks);
  if (history === null) return '';
  const { state, sinceMs, last } = history;
  const took = last.ok ? html`, ${last.durationMs} ms` : '';
  return html`<span class="sub">${lookBars(looks)} ${state} since ${sinceTag(sinceMs, moment)}${took}</span>`;
}

function strangerLine(row: ProxyRow, moment: Moment): Html {
  const { route } = row;
  const view = {
    word: route?.enabled === false ? 'disabled' : 'not ours',
    tone: 'off',
    icon: 'bars',
    glyph: '–',
  } as const;
  const upstreams = upstreamsOf(row).map((upstream) => html`<code>${breakable(upstream)}</code>`);
  return html`<tr><td>${stateWord(view)}</td><th scope="row" class="light">${domainList(row, moment)}</th><td class="any">${upstreams.length === 0 ? html`<span class="muted">–</span>` : upstreams}</td><td class="wide"><span class="muted">${route?.owner === null ? 'made by hand' : `of the controller ${route?.owner.controller ?? ''}`}</span></td></tr>`;
}

function domainList({ domains, status, route }: ProxyRow, moment: Moment): Html {
  const [first, ...rest] = domains;
  if (first === undefined) return html`${status?.unit ?? route?.id ?? '–'}`;
  // A name with a star leads nowhere.
  const shown = first.includes('*') ? html`${breakable(first)}` : routeLink(first, moment);
  return html`${shown}${rest.length === 0 ? '' : html`<span class="sub">and ${rest.join(', ')}</span>`}`;
}
