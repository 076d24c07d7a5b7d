// Access lists by name. One that is not there must never open a route, so it is looked up before anything is written.

import { quote } from '../quote.ts';
import type { Api } from './api.ts';
import { answerOf } from './api.ts';
import { routeRefused } from './failures.ts';

/** Its id, above 0. Faults: RouteRefused (stalled), ProxyAway (retry), ProxyForbidden (stalled). */
export async function accessListId(
  { api, url }: { api: Api; url: string },
  { name, what, signal }: { name: string; what: string; signal: AbortSignal },
): Promise<number> {
  const value = answerOf(await api.call({ method: 'GET', path: '/nginx/access-lists', signal }), { url });
  const lists = Array.isArray(value) ? (value as { id?: unknown; name?: unknown }[]) : [];
  const found = lists.filter((list) => list.name === name && typeof list.id === 'number' && list.id > 0);
  if (found.length === 1) return Number(found[0]?.id);
  const why =
    found.length === 0
      ? `no access list is called ${quote(name)} there`
      : `${found.length} access lists are called ${quote(name)} there`;
  throw routeRefused(what, {
    why,
    hint: 'Make it there under this name. Until then the route is not opened.',
  });
}
