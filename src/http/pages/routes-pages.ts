// The routes of the status page: one handler, for the address alone says what is shown.
import type { Context } from 'hono';
import type { RouteKey } from '../access.ts';
import type { Handlers } from '../handler.ts';
import type { LiveHub } from '../live/hub.ts';
import type { Pages } from './read-page.ts';

type PageRoute = Exclude<
  Extract<RouteKey, `GET /${string}`>,
  `GET /${'api/' | 'assets/' | 'events/'}${string}` | `GET /${'healthz' | 'readyz' | 'metrics'}`
>;

export function pageRoutes(pages: Pages, hub: Pick<LiveHub, 'open'>): Handlers<PageRoute> {
  async function page(c: Context): Promise<Response> {
    const address = new URL(c.req.url);
    const path = address.pathname;
    // Before the page is read: what changes while it is made is then sent once more, and not lost.
    const live = hub.open(`${path}${address.search}`);
    const view = await pages.view(path, address.searchParams);
    if (view === null) return c.html(pages.refusal(pages.unknown(path)), 404);
    live.shows(view.parts);
    return c.html(pages.document(view, { address: live.address, from: live.from }), view.status);
  }
  return {
    'GET /': page,
    'GET /workloads': (c) => c.redirect('/', 302),
    'GET /workloads/:name': page,
    'GET /workloads/:name/:second': page,
    'GET /workloads/:name/:stage/:tab': page,
    'GET /deploys': page,
    'GET /deploys/:id': page,
    'GET /routes': page,
    'GET /events': page,
  };
}
