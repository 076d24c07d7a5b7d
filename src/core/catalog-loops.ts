// Routes that lead to a name that is routed itself: the proxy would ask itself, by the name that it was asked by.
import type { Desired, DesiredRoute } from '../model/desired.ts';
import type { TrafficTarget } from '../model/route.ts';
import type { Sentence } from './catalog-clashes.ts';
import type { JoinEntry } from './catalog-file.ts';

export interface FoundLoop {
  entry: JoinEntry;
  facts: Sentence;
  /** Where it is written, where that is at the manifest's top. */
  key: 'forward' | null;
}

/** Where the proxy listens for clients. Another port is another service of that machine. */
const PROXY_PORTS: readonly number[] = [80, 443];

interface End {
  entry: JoinEntry;
  to: Pick<TrafficTarget, 'host' | 'port'>;
  key: FoundLoop['key'];
}

/** Most names of its own are told where a manifest is read; those of another service of a stack are not. */
export function routeLoops(entries: readonly JoinEntry[]): FoundLoop[] {
  const ends = entries.flatMap((entry) => entry.units.flatMap((unit) => endsOf(entry, unit)));
  if (ends.length === 0) return [];
  const owners = new Map(
    entries.flatMap(({ units }) =>
      units.flatMap((unit) =>
        routesOf(unit).flatMap(({ domains }) => domains.map((domain) => [domain, unit.unit] as const)),
      ),
    ),
  );
  return ends.flatMap(({ entry, to, key }) => {
    const owner = owners.get(to.host.toLowerCase().replace(/\.$/, ''));
    return owner === undefined ? [] : [{ entry, facts: loop(to.host, owner), key }];
  });
}

function endsOf(entry: JoinEntry, unit: Desired): End[] {
  const own: End[] =
    unit.kind === 'proxy' && unit.forward !== null ? [{ entry, to: unit.forward, key: 'forward' }] : [];
  for (const { options } of routesOf(unit))
    for (const { upstream } of options.locations) own.push({ entry, to: upstream, key: null });
  return own.filter(({ to }) => PROXY_PORTS.includes(to.port));
}

function routesOf(unit: Desired): DesiredRoute[] {
  const all = [
    unit.route,
    ...(unit.kind === 'stack' ? Object.values(unit.services) : []).map(({ route }) => route),
  ];
  return all.filter((route) => route !== null);
}

function loop(host: string, owner: string): Sentence {
  return {
    reason: 'RouteLoop',
    message: `${host} is a name of ${owner}, which the proxy itself serves, so each request would come back to it for ever.`,
    hint: `write where ${owner} really is: an address, or a name of your network`,
  };
}
