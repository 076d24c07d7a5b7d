// A proxy in any state, for the planner's laws: routes missing, right, elsewhere, changed by hand, or a stranger's.
import fc from 'fast-check';

import { routeWishes } from '../../src/core/route/wishes.ts';
import type { Desired, DesiredRoute } from '../../src/model/desired.ts';
import type { ObservedNetwork } from '../../src/model/observed.ts';
import type { Traffic } from '../../src/model/route.ts';
import type { RoutesWorld, RouteView } from '../../src/model/world.ts';
import { routeOf } from './desired-route.ts';

export const PROXY_NETWORK = 'proxy';

export const PROXY_NETWORK_SEEN: ObservedNetwork = {
  id: 'p',
  name: PROXY_NETWORK,
  controller: null,
  workloadId: null,
  composeProject: null,
  gateway: null,
};

export function route(domain = 'shop.example.com', port: number | null = 8080): DesiredRoute {
  return routeOf({ domains: [domain], ...(port === null ? {} : { port }) });
}

interface Names {
  /** Stems of generations that traffic may lead to: `shop-prod-4be1c0`. */
  stems: readonly string[];
  port: number;
  replicas: number;
  /** Null for a house without proxy. */
  reach: 'network' | 'published' | null;
}

export function proxyOf(
  desired: Desired,
  { stems, port, replicas, reach }: Names,
): fc.Arbitrary<RoutesWorld | null> {
  return fc
    .record({
      leadsTo: fc.constantFrom(...stems, 'elsewhere', null),
      byName: fc.boolean(),
      canary: fc.constantFrom(null, ...stems),
      there: fc.boolean(),
      drifted: fc.boolean(),
      policy: fc.constantFrom('heal', 'report') as fc.Arbitrary<'heal' | 'report'>,
      conflict: fc.integer({ min: 0, max: 5 }),
      refused: fc.integer({ min: 0, max: 9 }),
      surplus: fc.integer({ min: 0, max: 4 }),
    })
    .map((facts): RoutesWorld | null => {
      if (reach === null) return null;
      const targets = (stem: string): Traffic['main'] =>
        reach === 'network' && !facts.byName
          ? [{ scheme: 'http', host: stem, port }]
          : Array.from({ length: replicas }, (_, index) => ({
              scheme: 'http' as const,
              host: `${stem}-${index + 1}`,
              port,
            }));
      const traffic: Traffic | null =
        facts.leadsTo === null
          ? null
          : {
              main: targets(facts.leadsTo),
              canary: facts.canary === null ? null : { targets: targets(facts.canary), share: 0.1 },
            };
      return {
        reach,
        network: reach === 'network' ? PROXY_NETWORK : null,
        address: reach === 'network' ? null : '127.0.0.1',
        away: null,
        drift: facts.policy,
        leads: new Map(),
        routes: routeWishes(desired).map(
          (wish): RouteView => ({
            wish,
            id: facts.there ? `proxy-host/${wish.key}` : null,
            traffic: facts.there ? traffic : null,
            drift: facts.there && facts.drifted ? [{ field: 'websockets', is: 'off', shall: 'on' }] : [],
            conflict: facts.conflict === 0 ? { id: 'proxy-host/14', domain: wish.domains[0] ?? '' } : null,
            refused: facts.refused === 0 ? 'it cannot cache' : null,
            remark: null,
          }),
        ),
        surplus:
          facts.surplus === 0
            ? [{ id: 'proxy-host/9', key: desired.unit, domains: ['old.example.com'] }]
            : [],
      };
    });
}
