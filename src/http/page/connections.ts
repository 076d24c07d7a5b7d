// What we talk to, whether it answers, and how old what we know from it is.
import { connectionView } from '../../core/status-view.ts';
import { count } from '../../core/words-names.ts';
import type { EngineStatus, SourceStatus } from '../../model/status.ts';
import { type Html, html } from './html.ts';
import { agoTag, type Moment } from './moment.ts';
import { stateWord } from './state-word.ts';

export function connections(
  sources: readonly SourceStatus[],
  engines: readonly EngineStatus[],
  moment: Moment,
): Html {
  const rows = [...sources.map((source) => sourceRow(source, moment)), ...engines.map(engineRow)];
  return html`<div class="card flush"><table><caption class="vh">Connections</caption><thead class="vh"><tr><th scope="col">State</th><th scope="col">What</th><th scope="col">Seen</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function sourceRow(source: SourceStatus, moment: Moment): Html {
  const state = connectionView(source.problem === null ? 'reachable' : 'away');
  const read = source.fetchedMs === null ? html`not read yet` : agoTag(source.fetchedMs, moment);
  const what = source.type === 'git' ? 'git' : 'directory';
  return html`<tr><td>${stateWord(state)}</td><th scope="row" class="light">${what} <b>${source.name}</b></th><td class="end">${read}</td></tr>`;
}

function engineRow(engine: EngineStatus): Html {
  const state = connectionView(engine.reachable ? 'reachable' : 'away');
  const seen = engine.reachable ? count(engine.containers, 'container') : 'does not answer';
  return html`<tr><td>${stateWord(state)}</td><th scope="row" class="light">engine <b>${engine.name}</b> ${engine.version ?? ''}</th><td class="end">${seen}</td></tr>`;
}
