// What stands where the list of workloads will be: the shortest manifest that does something.
import { command } from '../page/command.ts';
import { type Html, html } from '../page/html.ts';
import { section } from '../page/section.ts';

const MANIFEST = `kind: project
name: hello
image: docker.io/library/nginx:alpine`;

export const emptyHouse: Html = section({
  id: 'all',
  title: 'All workloads',
  body: html`<div class="card"><p>No workload is declared yet. Put a file with these three lines into a source:</p><pre class="evidence">${MANIFEST}</pre><p>${command('tinyforge validate')} tells whether it can be read.</p></div>`,
});
