// A rolling update takes nobody down who has clients, by the route or by the name that the workload is found by, before his successor is proven.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planUnit, unitNeeds } from '../../src/core/plan-unit.ts';
import { routeWishes } from '../../src/core/route/wishes.ts';
import { simulate } from '../../src/core/simulate.ts';
import { planners } from '../../src/kinds/registry.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import type { UnitWorld } from '../../src/model/world.ts';
import { lawsOf } from '../support/laws.ts';
import { PROXY_NETWORK, PROXY_NETWORK_SEEN, route } from '../support/route-worlds.ts';
import { ofShop, unitWorld } from '../support/unit-world.ts';
import { imageAnswer, NETWORK, OWN_NETWORK, project } from '../support/worlds.ts';

/** One of the version before; its aliases are those that it carries on the workload's own network. */
function before(id: string, change: { name: string; aliases: string[] }): ObservedContainer {
  const endpoint = { endpointId: `e-${id}`, ip: '192.0.2.2' };
  return ofShop(change.name, {
    id,
    health: 'healthy',
    networks: {
      [NETWORK]: { ...endpoint, networkId: 'n', aliases: change.aliases },
      [PROXY_NETWORK]: { ...endpoint, networkId: PROXY_NETWORK_SEEN.id, aliases: ['shop-prod-old0ol'] },
    },
  });
}

/** The route leads to the first of the version before, alone. */
function world(mine: ObservedContainer[], replicas = 1): UnitWorld {
  const desired = project({ strategy: 'rolling', replicas, route: route() });
  return unitWorld(desired, {
    host: { networks: [OWN_NETWORK, PROXY_NETWORK_SEEN] },
    mine,
    answers: new Map([[`image:local:${desired.spec.image}`, imageAnswer(true)]]),
    probes: new Map(mine.map(({ id }) => [id, { ok: true, detail: '', atMs: 0 }])),
    proxy: {
      reach: 'network',
      network: PROXY_NETWORK,
      address: null,
      away: null,
      drift: 'heal',
      leads: new Map(),
      routes: routeWishes(desired).map((wish) => ({
        wish,
        id: 'proxy-host/1',
        traffic: {
          main: [{ scheme: 'http' as const, host: 'shop-prod-old0ol-1', port: 8080 }],
          canary: null,
        },
        drift: [],
        conflict: null,
        refused: null,
        remark: null,
      })),
      surplus: [],
    },
  });
}

const LAWS = lawsOf({ planUnit, unitNeeds, simulate, planners });

/** What is done to whom, in order. */
function steps(at: UnitWorld): string[] {
  return planUnit(planners, at).actions.map((action) =>
    action.type === 'stopContainer' || action.type === 'awaitHealthy'
      ? `${action.type} ${action.container}`
      : action.type,
  );
}

describe('a rolling update of a version that was doubled by hand', () => {
  const routed = before('routed', { name: 'shop-prod-old0ol-1', aliases: [] });

  for (const replicas of [1, 2, 3]) {
    const at = world([routed, before('found', { name: 'made-by-hand', aliases: ['shop-prod'] })], replicas);

    it(`takes who alone is found by the workload's name down after one of ${replicas} is proven`, () => {
      const done = steps(at);
      const proven = done.findIndex((step) => step.startsWith('awaitHealthy'));
      assert.ok(proven >= 0 && done.indexOf('stopContainer found') > proven, done.join('\n'));
    });

    for (const law of LAWS) it(`${law.name}, with ${replicas} replicas`, () => law.check(at));
  }

  it('takes who has no clients at all down first', () => {
    const done = steps(world([routed, before('idle', { name: 'made-by-hand', aliases: [] })]));
    assert.ok(done.indexOf('stopContainer idle') < done.findIndex((step) => step.startsWith('awaitHealthy')));
  });
});
