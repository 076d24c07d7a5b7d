// Makes one page out of one look at the controller and the store.

import { didYouMean } from '../../core/did-you-mean.ts';
import { headlineOf } from '../../core/status-view.ts';
import type { Assets } from '../assets.ts';
import type { HttpDeps } from '../deps.ts';
import { lastPass } from '../page/bar.ts';
import type { Html } from '../page/html.ts';
import { layout } from '../page/layout.ts';
import type { Moment } from '../page/moment.ts';
import { routeAddresses } from '../page/route-address.ts';
import { quoted, type Refusal } from '../refusal.ts';
import { errorPage } from './error.ts';
import { findPage, needsPlan, segmentsOf } from './find-page.ts';
import type { PageRead, PageView, Part } from './page.ts';

export interface Pages {
  /** `path` as it stands in the address, still encoded; null where there is no such page. */
  view(path: string, query: URLSearchParams): Promise<PageView | null>;
  /** The whole document. `live` is null for pages that do not change. */
  document(view: PageView, live: { address: string; from: string } | null): Html;
  refusal(refusal: Refusal): Html;
  /** The part of the bar that each page has. */
  live(): Part;
  /** Words for an address that leads nowhere. */
  unknown(path: string): Refusal;
}

export function createPages(
  deps: Pick<HttpDeps, 'controller' | 'store' | 'control' | 'config' | 'clock' | 'version' | 'timeZone'>,
  assets: Assets,
): Pages {
  const { controller, store, control, clock, version } = deps;
  const timeZone = deps.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const momentNow = (): Moment => ({
    nowMs: clock.nowMs(),
    timeZone,
    addressOf: routeAddresses(deps.config.proxy, controller.proxyRoutes()),
  });

  function hasRoutes(): boolean {
    return (
      controller.overview().units.some(({ domains }) => domains.length > 0) ||
      controller.proxyRoutes().length > 0
    );
  }

  function document(view: PageView, live: { address: string; from: string } | null): Html {
    const overview = controller.overview();
    const moment = momentNow();
    const needs = headlineOf(overview, moment.nowMs).needs.length;
    return layout(
      {
        title: view.title,
        bar: {
          current: view.nav,
          routes: hasRoutes() ? 'some' : 'none',
          lastPassMs: overview.lastPassMs,
        },
        assets: assets.links(needs > 0 ? 'needs-you' : 'calm'),
        version,
        controller: overview.controller,
        live,
      },
      view.main,
      moment,
    );
  }

  return {
    async view(path, query) {
      const segments = segmentsOf(path);
      if (segments === null) return null;
      const plan = needsPlan(segments) ? await controller.plan({ fresh: false, prune: false }) : null;
      const read: PageRead = {
        overview: controller.overview(),
        moment: momentNow(),
        store,
        control,
        plan,
        observed: controller.proxyRoutes(),
        hasProxy: deps.config.proxy !== null,
        query,
      };
      return findPage(segments, read);
    },
    document,
    live: () => ({ id: 'live', html: lastPass(controller.overview().lastPassMs, momentNow()) }),
    refusal: (refusal) => document(errorPage(refusal), null),
    unknown(path) {
      const [first, ...rest] = segmentsOf(path) ?? [];
      const name = rest.slice(0, 2).join('/');
      const names = controller.overview().units.flatMap((unit) => [unit.unit, unit.name]);
      const message =
        first === 'workloads' && name !== ''
          ? `No workload is called ${quoted(name)}.${didYouMean(name, names)}`
          : `Nothing is at ${quoted(path)}.`;
      const hint = 'It may have been removed since the link was made.';
      return { status: 404, code: 'NOT_FOUND', reason: 'NotFound', message, hint };
    },
  };
}
