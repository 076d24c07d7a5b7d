// `proxies`: every route, who answers under it, and what of the proxy is not ours.
import { type ProxyJson, proxyJson } from '../../core/json-proxy.ts';
import { MOST_LOOKS } from '../../core/monitor-history.ts';
import { proxyRows } from '../../core/proxy-rows.ts';
import { printable } from '../../core/source-file.ts';
import { outcomeView, shortVersion } from '../../core/status-view.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { Reader } from '../../ports/session.ts';
import { say, writeJson } from '../answers.ts';
import { createClient } from '../client.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { withReader } from '../open.ts';
import { askRoutes } from '../proxy-client.ts';
import { type Cell, type Column, tableLines } from '../terminal/table.ts';

export const proxies: Command = {
  name: 'proxies',
  summary: 'list all routes and who answers under them',
  usage: 'proxies',
  examples: [
    ['tinyforge proxies', 'routes of workloads, stand-alone ones, and those of others in the same proxy'],
    ['tinyforge proxies -o json', 'the same for a program'],
    ['tinyforge proxy add nas --domain nas.example.com --forward http://192.0.2.10:5000', 'a new one'],
  ],
  flags: {},
  outputs: ['table', 'json'],
  names: { least: 0, most: 0 },
  run: (context) => withReader(context, (reader) => listProxies(context, reader)),
};

/** The controller alone knows what else the proxy serves; without it the index tells of our own. */
export async function listProxies(context: CommandContext, reader: Reader): Promise<number> {
  const client = createClient({ config: reader.config, secrets: reader.secrets, fetch: context.fetch });
  const isRunning = await client.answers();
  const items = isRunning ? await askRoutes(client, context.signal) : fromIndex(reader);
  if (context.output === 'json') {
    writeJson(context, 'ProxyList', { items });
    return EXIT.done;
  }
  if (items.length === 0) say(context, 'No manifest declares a route.');
  else for (const line of proxyLines(items, context)) context.out.line(line);
  if (!isRunning && reader.config.proxy !== null) {
    say(context, `No controller answers at ${client.address}, so routes of others are not shown.`);
  }
  return EXIT.done;
}

function fromIndex({ store, config }: Reader): ProxyJson[] {
  const units = store?.statuses() ?? [];
  const rows = proxyRows({
    controller: config.controller,
    units,
    routes: store?.proxyRoutes() ?? [],
    observed: [],
    looksAt: (unit) => store?.monitorResults(unit, { limit: MOST_LOOKS }) ?? [],
  });
  return rows.map(proxyJson);
}

const COLUMNS: readonly Column[] = [
  { title: 'STATE', drop: 0, cut: 'never' },
  { title: 'ROUTE', drop: 0, cut: 'end', least: 24 },
  { title: 'LEADS TO', drop: 0, cut: 'end', least: 22 },
  { title: 'CONTAINER', drop: 1, cut: 'end', least: 20 },
  { title: 'IMAGE OR ADDRESS', drop: 2, cut: 'middle', least: 24 },
];

function proxyLines(items: readonly ProxyJson[], { out }: CommandContext): string[] {
  return tableLines({
    columns: COLUMNS,
    rows: items.map((item) => {
      const view = item.outcome === null ? null : outcomeView(item.outcome as Outcome);
      const [first] = item.containers;
      const more = item.containers.length > 1 ? ` +${item.containers.length - 1}` : '';
      const domains = item.domains.length > 1 ? ` +${item.domains.length - 1}` : '';
      return [
        view === null
          ? { text: 'not ours', paint: out.dim }
          : { text: view.word, paint: (text: string) => out.colour(view.tone, text) },
        shown(`${item.domains[0] ?? item.proxy_route_id ?? '-'}${domains}`),
        shown(item.unit ?? item.upstreams[0] ?? '-'),
        { text: first?.name === undefined || first.name === null ? '-' : `${first.name}${more}` },
        {
          text:
            first === undefined
              ? item.type === 'stand_alone'
                ? (item.upstreams[0] ?? item.health?.detail ?? '-')
                : '-'
              : shortVersion(first.image),
        },
      ];
    }),
    width: out.width(),
    gap: out.isTerminal ? 3 : 2,
  });
}

/** What others call their routes reaches a terminal as text and nothing else. */
function shown(text: string): Cell {
  return { text: printable(text) };
}
