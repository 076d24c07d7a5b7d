// What a page is made from, and what it is made of.
import type { ObservedRoute } from '../../model/route.ts';
import type { Overview } from '../../model/status.ts';
import type { HttpDeps } from '../deps.ts';
import type { NavKey } from '../page/bar.ts';
import type { Html } from '../page/html.ts';
import type { Moment } from '../page/moment.ts';

/** One look at everything: all parts of a page tell of the same moment. */
export interface PageRead {
  overview: Overview;
  moment: Moment;
  store: Pick<
    HttpDeps['store'],
    'containers' | 'deploy' | 'deploys' | 'deployLogs' | 'events' | 'monitorResults' | 'proxyRoutes'
  >;
  control: HttpDeps['control'];
  /** The plan of the newest pass, read before the page is made; null where the page needs none. */
  plan: Awaited<ReturnType<HttpDeps['controller']['plan']>> | null;
  /** What the newest pass saw of the proxy. */
  observed: readonly ObservedRoute[];
  hasProxy: boolean;
  query: URLSearchParams;
}

/** An element of the page that may change while it is open. Its outermost element carries the id. */
export interface Part {
  id: string;
  html: Html;
  /** Where it is put when the page does not have it yet: the id of a list. */
  into?: string | undefined;
  /** Rendered once: its inner parts change instead. */
  fixed?: true | undefined;
}

export interface PageView {
  status: 200 | 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503;
  title: string;
  nav: NavKey | null;
  main: Html;
  parts: readonly Part[];
}
