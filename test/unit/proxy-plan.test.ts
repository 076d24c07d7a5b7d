// What is done about a stand-alone proxy, and what people are told of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldStatus } from '../../src/core/fold-status.ts';
import { planUnit } from '../../src/core/plan-unit.ts';
import { targetVerdict } from '../../src/core/route/facts.ts';
import { routeWishes } from '../../src/core/route/wishes.ts';
import { proxyPlanner } from '../../src/kinds/proxy/index.ts';
import { planners } from '../../src/kinds/registry.ts';
import type { DesiredProxy } from '../../src/model/desired.ts';
import type { UnitPlan } from '../../src/model/plan.ts';
import type { RoutesWorld, RouteView, UnitWorld } from '../../src/model/world.ts';
import { proxyUnit, proxyWorld } from '../support/proxy-worlds.ts';

const desired = proxyUnit();
const forward = desired.forward ?? assert.fail('it forwards');

function view(change: Partial<RouteView> = {}): Pick<RoutesWorld, 'routes'> {
  const [wish] = routeWishes(desired);
  assert.ok(wish);
  const traffic = { main: [forward], canary: null };
  return {
    routes: [
      {
        wish,
        id: 'proxy-host/3',
        traffic,
        drift: [],
        conflict: null,
        refused: null,
        remark: null,
        ...change,
      },
    ],
  };
}

function planOf(world: UnitWorld<DesiredProxy>): UnitPlan {
  return planUnit(planners, world);
}

function statusOf(world: UnitWorld<DesiredProxy>) {
  const { outcome, reason, sentence } = foldStatus({
    desired: world.desired,
    plan: planOf(world),
    work: { doing: null, deployId: null, fault: null, changedMs: null },
    quarantine: [],
    suspension: null,
    ejection: null,
    hold: null,
    applied: null,
    previous: null,
    nowMs: 0,
  } as Parameters<typeof foldStatus>[0]);
  return { outcome, reason, sentence };
}

const brief = ({ actions }: UnitPlan) =>
  actions.map((action) =>
    action.type === 'putRoute'
      ? `put ${action.wish.domains} (${action.adopt})`
      : action.type === 'removeRoute'
        ? `remove ${action.id}`
        : action.type,
  );

/** As it was when it last converged. */
const applied = (world: UnitWorld<DesiredProxy>): UnitWorld<DesiredProxy> => ({
  ...world,
  lastApplied: {
    desired: world.desired,
    specHash: proxyPlanner.plan(world).generation?.specHash ?? '',
    digest: '',
    release: '',
  },
});

describe('the plan of a stand-alone proxy', () => {
  it('makes its route, and says so', () => {
    const plan = planOf(proxyWorld(desired));
    assert.deepEqual(brief(plan), ['put nas.example.com (null)']);
    assert.deepEqual(plan.cause, { type: 'create', text: 'new route' });
    assert.deepEqual([plan.runs, plan.wants], [null, 'http://192.0.2.10:5000']);
  });

  it('does nothing where the route is as wished', () => {
    const world = proxyWorld(desired, view());
    assert.deepEqual(planOf(world).actions, []);
    assert.deepEqual(statusOf(world), {
      outcome: 'converged',
      reason: 'Converged',
      sentence: 'leads to http://192.0.2.10:5000 as declared',
    });
  });

  it('puts right what was changed by hand, or only tells of it', () => {
    const drift = [{ field: 'caching', is: 'on', shall: 'off' }];
    const healed = planOf(applied(proxyWorld(desired, view({ drift }))));
    assert.deepEqual(brief(healed), ['put nas.example.com (null)']);
    assert.deepEqual(healed.cause, {
      type: 'drift',
      text: 'caching of nas.example.com is on instead of off',
    });
    const told = planOf(applied(proxyWorld(desired, { ...view({ drift }), drift: 'report' })));
    assert.deepEqual(told.actions, []);
    assert.deepEqual(
      told.notices.map(({ reason, message }) => [reason, message]),
      [['RouteDrift', 'The route was changed by hand: caching of nas.example.com is on instead of off']],
    );
  });

  it('carries out a change of the manifest also where hand edits are only told', () => {
    const before = applied(proxyWorld(desired, view()));
    const other = proxyUnit({ forward: { ...forward, port: 5001 } });
    const world = {
      ...before,
      desired: other,
      proxy: before.proxy && { ...before.proxy, drift: 'report' as const },
    };
    assert.deepEqual(brief(planOf(world)), ['put nas.example.com (null)']);
    assert.equal(planOf(world).cause?.type, 'change');
  });

  it('never takes what a stranger has, unless it was told to', () => {
    const conflict = { id: 'proxy-host/14', domain: 'nas.example.com' };
    const world = proxyWorld(desired, view({ id: null, traffic: null, conflict }));
    assert.deepEqual(planOf(world).actions, []);
    const { outcome, reason, sentence } = statusOf(world);
    assert.deepEqual([outcome, reason], ['failed', 'RouteConflict']);
    assert.match(sentence, /nas\.example\.com is already served by proxy-host\/14/);
    const told = planOf({ ...world, desired: proxyUnit({ adopt: true }) });
    assert.deepEqual(brief(told), ['put nas.example.com (proxy-host/14)']);
  });

  it('tells what the proxy cannot do, and leaves the route as it is', () => {
    const world = proxyWorld(
      desired,
      view({ refused: 'it has no access lists', drift: [{ field: 'x', is: '1', shall: '2' }] }),
    );
    assert.deepEqual(planOf(world).actions, []);
    assert.deepEqual(statusOf(world).outcome, 'held');
    assert.match(statusOf(world).sentence, /it has no access lists/);
  });

  it('waits while the proxy cannot be asked', () => {
    const away = {
      ...planOf(proxyWorld(desired, {}, { proxy: null })).blocked?.problem,
      reason: 'ProxyAway',
      message: 'The proxy does not answer',
    };
    const world = proxyWorld(desired, {
      ...view(),
      surplus: [{ id: 'x', key: 'nas', domains: [] }],
      away: away as NonNullable<RoutesWorld['away']>,
    });
    assert.deepEqual(planOf(world).actions, []);
    assert.deepEqual([statusOf(world).outcome, statusOf(world).reason], ['waiting', 'ProxyAway']);
  });

  it('waits for a proxy to be configured', () => {
    const status = statusOf(proxyWorld(desired, {}, { proxy: null }));
    assert.deepEqual([status.outcome, status.reason], ['waiting', 'NoProxy']);
  });

  it('takes the route away where it is stopped, and first where it became another sort', () => {
    const surplus = [{ id: 'redirection-host/2', key: 'nas', domains: ['nas.example.com'] }];
    const stopped = proxyUnit({ state: 'stopped' });
    const plan = planOf(proxyWorld(stopped, { surplus }));
    assert.deepEqual(brief(plan), ['remove redirection-host/2']);
    assert.deepEqual(plan.cause, { type: 'change', text: 'stopped' });
    assert.deepEqual(brief(planOf(proxyWorld(desired, { surplus }))), [
      'remove redirection-host/2',
      'put nas.example.com (null)',
    ]);
    assert.equal(statusOf(proxyWorld(stopped)).reason, 'Stopped');
  });

  it('is degraded while its other end is down, with what was seen, and well again after', () => {
    const probed = (ok: boolean) =>
      statusOf(
        proxyWorld(desired, view(), {
          probes: new Map([[targetVerdict('nas'), { ok, detail: 'connection refused', atMs: 0 }]]),
        }),
      );
    assert.deepEqual(probed(false), {
      outcome: 'degraded',
      reason: 'ProxyTargetDown',
      sentence: 'leads to http://192.0.2.10:5000 as declared, which is down: connection refused',
    });
    assert.equal(probed(true).sentence, 'leads to http://192.0.2.10:5000 as declared, which answers');
  });
});
