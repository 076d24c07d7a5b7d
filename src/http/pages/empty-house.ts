// What stands where the list of workloads will be: the shortest manifest that does something, or why nothing is known.
import { listed } from '../../core/words-names.ts';
import type { Overview } from '../../model/status.ts';
import { command } from '../page/command.ts';
import { type Html, html } from '../page/html.ts';
import { empty } from '../page/notice.ts';
import { section } from '../page/section.ts';

const MANIFEST = `kind: project
name: hello
image: docker.io/library/nginx:alpine`;

/** No units may mean that none is declared, or that nobody could look yet: these are not the same. */
export function emptyHouse({ engines, sources, lastPassMs }: Overview): Html {
  const away = engines.filter(({ reachable }) => !reachable).map(({ name }) => `engine ${name}`);
  const unread = sources.filter(({ fetchedMs }) => fetchedMs === null).map(({ name }) => `source ${name}`);
  const missing = [...away, ...unread];
  if (lastPassMs === null || missing.length > 0) {
    const why =
      missing.length === 0 ? 'the first pass has not ended' : `${listed(missing)} could not be read`;
    return list(empty(html`Nothing is known of the workloads yet: ${why}.`));
  }
  return list(
    html`<div class="card"><p>No workload is declared yet. Put a file with these three lines into a source:</p><pre class="evidence">${MANIFEST}</pre><p>${command('tinyforge validate')} tells whether it can be read.</p></div>`,
  );
}

function list(body: Html): Html {
  return section({ id: 'all', title: 'All workloads', body });
}
