// The one sentence on top, and which desired state it speaks of.
import { ago, type headlineOf, shortRevision } from '../../core/status-view.ts';
import type { SourceStatus } from '../../model/status.ts';
import { type Html, html } from './html.ts';
import { agoTag, type Moment } from './moment.ts';
import { marked } from './prose.ts';

export function headline(
  view: Pick<ReturnType<typeof headlineOf>, 'title' | 'sentence' | 'short'>,
  sources: readonly SourceStatus[],
  moment: Moment,
): Html {
  return html`<div id="headline" data-title="${view.short} · Tinyforge"><h1>${view.title}</h1><p class="lead">${withMarks(view.sentence, sources, moment)}</p></div>`;
}

// The sentence is the terminal's too, so its parts are found in it and not written a second time.
function withMarks(sentence: string, sources: readonly SourceStatus[], moment: Moment): Html {
  const code = (text: string) => html`<code>${text}</code>`;
  const strong = (text: string) => html`<b>${text}</b>`;
  const [only] = sources;
  const marks = sources.flatMap(({ ref, revision, name }) => [
    { text: revision === null ? '' : `${ref ?? ''}@${shortRevision(revision)}`, as: code },
    { text: name, as: strong },
  ]);
  if (sources.length === 1 && only !== undefined && only.fetchedMs !== null) {
    const { fetchedMs } = only;
    marks.push({ text: ago(moment.nowMs - fetchedMs), as: () => agoTag(fetchedMs, moment) });
  }
  return marked(sentence, marks);
}
