// The laws of the planner as checks of one world; what is checked is handed in, so that planted mistakes can be judged too.
import assert from 'node:assert/strict';
import type { planUnit, unitNeeds } from '../../src/core/plan-unit.ts';
import type { simulate } from '../../src/core/simulate.ts';
import type { Action, ActionOf } from '../../src/model/action.ts';
import type { Planners } from '../../src/model/kind.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import type { UnitPlan } from '../../src/model/plan.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { UnitWorld } from '../../src/model/world.ts';
import {
  carriesName,
  drainOf,
  isPromised,
  isUp,
  keepsNames,
  reached,
  routeLeadsTo,
  routeServes,
  serves,
  unmet,
} from './goal.ts';
import { PROXY_NETWORK } from './route-worlds.ts';

/** The code under judgement: ours, or a copy of it with a mistake planted. */
export interface Subject {
  planUnit: typeof planUnit;
  unitNeeds: typeof unitNeeds;
  simulate: typeof simulate;
  planners: Planners;
}

export interface Law {
  name: string;
  promise: string;
  /** Throws where the law is broken. */
  check(world: UnitWorld): void;
}

const ENOUGH_STEPS = 100;

/** A hand made two of one replica: who stays takes the name of the other. */
function isDouble({ mine }: UnitWorld, { id, ours, compose }: ObservedContainer): boolean {
  return (
    compose === null &&
    mine.some(
      (entry) =>
        entry.id !== id &&
        entry.state === 'running' &&
        entry.ours?.specHash === ours?.specHash &&
        entry.ours?.replica === ours?.replica,
    )
  );
}

export function lawsOf({ planUnit, unitNeeds, simulate, planners }: Subject): Law[] {
  function planOf(world: UnitWorld): UnitPlan {
    for (const need of unitNeeds(planners, world))
      assert.ok(world.answers.has(need.key), `unanswered ${need.key}`);
    return planUnit(planners, world);
  }

  function walkAll(world: UnitWorld): { end: UnitWorld; steps: { world: UnitWorld; action: Action }[] } {
    const steps: { world: UnitWorld; action: Action }[] = [];
    let now = world;
    for (const action of planOf(world).actions) {
      now = simulate(now, action);
      steps.push({ world: now, action });
      assert.ok(steps.length < ENOUGH_STEPS, 'a plan without end');
    }
    return { end: now, steps };
  }

  /** Why something is done may read differently half-way; what is done may not. */
  function bare(actions: readonly Action[]): unknown[] {
    return actions.map(({ cause: _cause, ...rest }) => rest);
  }

  /** The first running, healthy, well-connected container of each wanted slot may not be stopped, removed or renamed. */
  function touchesTheRight(world: UnitWorld, action: Action): boolean {
    if (action.type !== 'stopContainer' && action.type !== 'removeContainer') return false;
    const plan = planOf(world);
    if (world.desired.state === 'stopped') return false;
    const target = world.mine.find(
      (entry) => entry.id === action.container || entry.name === action.container,
    );
    const wanted = plan.hold?.specHash ?? plan.generation?.specHash;
    if (!target || plan.kind === 'stack' || target.ours?.specHash !== wanted || target.state !== 'running')
      return false;
    if (!plan.hold && world.quarantine.some((entry) => entry.specHash === wanted)) return false;
    const replicas = world.desired.kind === 'project' ? world.desired.replicas : 1;
    const rivals = world.mine.filter(
      (entry) =>
        entry !== target &&
        entry.ours?.replica === target.ours?.replica &&
        entry.ours?.specHash === wanted &&
        entry.state === 'running' &&
        !entry.name.endsWith('-failed'),
    );
    return (
      rivals.length === 0 && (target.ours?.replica ?? 99) <= replicas && !target.name.endsWith('-failed')
    );
  }

  return [
    {
      name: 'suffix',
      promise: 'the plan after the first k actions is the rest of the plan',
      check: (world) => {
        const { actions } = planOf(world);
        let now = world;
        for (const [index, action] of actions.entries()) {
          now = simulate(now, action);
          assert.deepEqual(bare(planOf(now).actions), bare(actions.slice(index + 1)));
        }
      },
    },
    {
      name: 'converges',
      promise: 'after the walk there is nothing left to do',
      check: (world) => assert.deepEqual(planOf(walkAll(world).end).actions, []),
    },
    {
      name: 'goal',
      promise: 'the end is what was wished, told without the planner',
      check: (world) => {
        const { end } = walkAll(world);
        assert.equal(reached(end), null);
      },
    },
    {
      name: 'never drops traffic',
      promise: 'at each step of a blue-green roll-out a healthy container serves if one did before',
      check: (world) => {
        const plan = planOf(world);
        if (plan.strategy === 'recreate' || plan.strategy === 'compose' || world.desired.state === 'stopped')
          return;
        // What may end by itself is not there to serve.
        if (world.desired.kind === 'project' && world.desired.spec.restart.name === 'no') return;
        if (!keepsNames(world)) return;
        if (!serves(world) || (world.desired.kind === 'project' && world.desired.replicas === 0)) return;
        for (const step of walkAll(world).steps)
          assert.ok(serves(step.world), `nobody serves after ${step.action.type}`);
      },
    },
    {
      name: 'never drops routed traffic',
      promise: 'whoever gets requests through the proxy is up and well at each step, if it was so before',
      check: (world) => {
        const plan = planOf(world);
        if (plan.strategy === 'recreate' || plan.strategy === 'compose' || world.desired.state === 'stopped')
          return;
        if (world.desired.kind === 'project' && world.desired.spec.restart.name === 'no') return;
        if (!routeServes(world) || isScaledToNone('web', world)) return;
        if (world.desired.kind === 'project' && world.desired.replicas === 0) return;
        for (const step of walkAll(world).steps)
          assert.ok(routeServes(step.world), `the route leads to nobody after ${step.action.type}`);
      },
    },
    {
      name: 'nobody leaves unannounced',
      promise:
        'whoever gets requests through the proxy is stopped after the route left it and its time to leave is over',
      check: (world) => {
        const plan = planOf(world);
        if (plan.downtime !== null || plan.strategy === 'compose' || world.desired.state === 'stopped')
          return;
        let now = world;
        const served = new Set<string>();
        const hadTime = new Set<string>();
        for (const action of plan.actions) {
          for (const entry of now.mine) {
            if (!routeLeadsTo(now, entry) || !carriesName(now, entry)) continue;
            served.add(entry.id);
            hadTime.delete(entry.id);
          }
          if (action.type === 'drain') for (const id of action.leaving) hadTime.add(id);
          const target =
            action.type === 'stopContainer' || action.type === 'removeContainer'
              ? now.mine.find((entry) => entry.id === action.container && isUp(entry))
              : undefined;
          if (
            target !== undefined &&
            served.has(target.id) &&
            isPromised(world, target) &&
            !isDouble(now, target)
          ) {
            assert.ok(!routeLeadsTo(now, target), `${target.name} is stopped while the route leads to it`);
            assert.ok(drainOf(world, target) === 0 || hadTime.has(target.id), `${target.name} gets no time`);
          }
          now = simulate(now, action);
        }
      },
    },
    {
      name: 'gates can be asked',
      promise: 'whoever is waited for is up, and on the networks it belongs to',
      check: (world) => {
        let now = world;
        for (const action of planOf(world).actions) {
          if (action.type === 'awaitServices') {
            const { services, spares = [] } = action;
            const killed = now.mine.filter(
              ({ id, compose, ours, state, exitCode }) =>
                !spares.includes(id) &&
                services[compose?.service ?? ''] === ours?.specHash &&
                state === 'exited' &&
                exitCode === 137,
            );
            assert.deepEqual(killed, [], 'asked who was killed and not started again');
          }
          if (action.type === 'awaitHealthy') {
            const asked = now.mine.find((entry) => entry.name === action.container);
            assert.ok(asked?.state === 'running' || asked?.state === 'restarting', `asked ${asked?.state}`);
            assert.ok(Object.keys(asked.networks).length > 0, 'asked whom nobody can reach');
          }
          now = simulate(now, action);
        }
      },
    },
    {
      name: 'starts can start',
      promise: 'whoever is started is bound to no network that is gone',
      check: (world) => {
        let now = world;
        for (const action of planOf(world).actions) {
          if (action.type === 'startContainer') {
            const { container } = action;
            const started = now.mine.find(({ id, name }) => id === container || name === container);
            const { networks } = now.host;
            for (const [name, { networkId }] of Object.entries(started?.networks ?? {}))
              assert.ok(
                networks.some((there) => (networkId === '' ? there.name === name : there.id === networkId)),
                `${container} is started without ${name}`,
              );
          }
          now = simulate(now, action);
        }
      },
    },
    {
      name: 'needs are met',
      promise:
        'a service is made or started when those that it depends on are there and have been waited for',
      check: (world) => {
        if (world.desired.kind !== 'stack') return;
        let now = world;
        for (const action of planOf(world).actions) {
          const touched =
            action.type === 'composeUp'
              ? Object.keys(action.services)
              : action.type === 'startContainer'
                ? now.mine.flatMap(({ id, compose }) =>
                    id === action.container ? [compose?.service ?? ''] : [],
                  )
                : [];
          for (const name of touched)
            assert.deepEqual(unmet(now, { name, together: touched }), [], `${name} does not wait`);
          now = simulate(now, action);
        }
      },
    },
    {
      name: 'images are there',
      promise:
        'no service of a stack is brought up before its image is there, and what is made here is asked of nobody',
      check: (world) => {
        if (world.desired.kind !== 'stack') return;
        let now = world;
        for (const action of planOf(world).actions) {
          if (action.type === 'composeUp')
            assert.deepEqual(withoutImage(now, action), [], 'brought up without an image');
          const isMade = action.type === 'pullImage' && action.image.startsWith('tinyforge/');
          assert.ok(!isMade, 'asked of a registry');
          assert.ok(
            action.type !== 'buildImage' || action.image.startsWith('tinyforge/'),
            'not ours to make',
          );
          now = simulate(now, action);
        }
      },
    },
    {
      name: 'calm',
      promise: 'what is right and healthy is not touched',
      check: (world) => {
        const { end } = walkAll(world);
        const touched = planOf({ ...end, nowMs: end.nowMs + 60_000 });
        assert.deepEqual(touched.actions, []);
        for (const action of planOf(world).actions)
          assert.ok(!touchesTheRight(world, action), `${action.type} touches what is right`);
      },
    },
    {
      name: 'order-free',
      promise: 'the order of the list changes nothing',
      check: (world) => {
        const reversed = [...world.mine].reverse();
        const other: UnitWorld = {
          ...world,
          mine: reversed,
          host: { ...world.host, containers: [...world.host.containers].reverse() },
        };
        const sorted = (plan: UnitPlan): string[] =>
          plan.actions.map((action) => JSON.stringify(action)).sort();
        assert.deepEqual(sorted(planOf(other)), sorted(planOf(world)));
      },
    },
    {
      name: 'ours only',
      promise: 'no action names a container that does not carry our mark',
      check: (world) => {
        const strangers = new Set(
          world.host.containers
            .filter((entry) => entry.ours === null)
            .flatMap((entry) => [entry.id, entry.name]),
        );
        for (const action of planOf(world).actions) {
          if ('container' in action)
            assert.ok(!strangers.has(action.container), `${action.type} on a stranger`);
          if (action.type === 'putRoute')
            assert.ok(
              action.adopt === null ||
                world.desired.adopt ||
                // Ours under a former name.
                world.proxy?.routes.some(
                  ({ id, writtenAs }) => id === action.adopt && writtenAs !== undefined,
                ) === true,
              `the stranger's route ${action.adopt} is taken`,
            );
          if (action.type === 'removeRoute')
            assert.ok(
              world.proxy?.surplus.some(({ id }) => id === action.id),
              `the route ${action.id} is not ours to remove`,
            );
        }
      },
    },
    {
      name: 'hand edits are told',
      promise: 'a route that was changed by hand is put right, or somebody is told that it is not',
      check: (world) => {
        const { desired } = world;
        if (desired.state === 'stopped') return;
        if (desired.kind === 'project' && desired.replicas === 0) return;
        if (
          desired.kind === 'stack' &&
          Object.keys(desired.services).every((name) => isScaledToNone(name, world))
        )
          return;
        // Of a version that failed and has none before it nothing is planned: its failure is what is told.
        if (world.quarantine.length > 0) return;
        const { end } = walkAll(world);
        if (end.proxy?.away !== null || end.proxy.routes.every(({ drift }) => drift.length === 0)) return;
        const { notices, blocked } = planOf(end);
        assert.ok(notices.length > 0 || blocked !== null, 'a hand edit stands, and nobody is told');
      },
    },
    {
      name: 'the way back stays',
      promise: 'containers of versions that can be rolled back to are never removed',
      check: (world) => {
        const plan = planOf(world);
        const { kept, desired, quarantine } = world;
        const wanted = plan.hold?.specHash ?? plan.generation?.specHash;
        if (desired.kind === 'stack' || quarantine.length > 0) return;
        const standby = kept.specHashes.filter((hash) => hash !== wanted).slice(0, kept.most - 1);
        for (const action of plan.actions) {
          if (action.type !== 'removeContainer') continue;
          const target = world.mine.find((entry) => entry.id === action.container);
          assert.ok(
            target?.state === 'created' ||
              target?.state === 'dead' ||
              target?.name.endsWith('-failed') ||
              !standby.includes(target?.ours?.specHash ?? ''),
            'a container that stands by is removed',
          );
        }
      },
    },
    {
      name: 'unproven is unserved',
      promise:
        'beside a version that serves, none is started with the alias, but where nobody else could ask by it',
      check: (world) => {
        if (planOf(world).strategy !== 'blue-green') return;
        const { steps } = walkAll(world);
        for (const [index, { action }] of steps.entries()) {
          if (action.type !== 'startContainer') continue;
          const before = steps[index - 1]?.world ?? world;
          const started = before.mine.find((entry) => entry.name === action.container);
          const old = before.mine.some(
            (entry) =>
              ['running', 'restarting', 'paused'].includes(entry.state) &&
              !entry.name.endsWith('-failed') &&
              entry.ours?.specHash !== started?.ours?.specHash,
          );
          const alias = `${world.desired.name}${world.desired.role === '' ? '' : `-${world.desired.role}`}`;
          if (!old) continue;
          for (const [network, endpoint] of Object.entries(started?.networks ?? {}))
            assert.ok(
              !endpoint.aliases?.includes(alias) || isAlone(before, network),
              `${action.container} has clients too early`,
            );
        }
      },
    },
    {
      name: 'newcomers are unserved',
      promise:
        'beside a replica that is up, one that is made has no name that others share until it was waited for',
      check: (world) => {
        const { steps } = walkAll(world);
        const unproven = new Set<string>();
        for (const [index, { action }] of steps.entries()) {
          const before = steps[index - 1]?.world ?? world;
          const isUp = ({ state, name }: { state: string; name: string }): boolean =>
            ['running', 'restarting', 'paused'].includes(state) && !name.endsWith('-failed');
          if (action.type === 'awaitHealthy') unproven.delete(action.container);
          if (action.type !== 'createContainer') {
            const names = action.type === 'connectNetwork' ? action.aliases : [];
            if (action.type === 'connectNetwork' && unproven.has(action.container))
              assert.deepEqual(names, [], `${action.container} has clients too early`);
            continue;
          }
          const hash = action.labels['tinyforge.spec-hash'];
          const joins = before.mine.some((entry) => entry.ours?.specHash === hash && isUp(entry));
          const hasOthers = before.mine.some((entry) => entry.ours?.specHash !== hash && isUp(entry));
          if (!joins || hasOthers) continue;
          for (const { aliases } of action.endpoints)
            assert.deepEqual(aliases, [], `${action.name} has clients too early`);
          if (action.spec.health.type !== 'none') unproven.add(action.name);
        }
      },
    },
    {
      name: 'kept is no deploy',
      promise:
        'what is done while the wish cannot be told is healing or the way back, and no deploy of anything',
      check: (world) => {
        if (world.lastApplied === null || world.pin !== null || world.desired.state === 'stopped') return;
        const problem = problemOf(world);
        const blind = unitNeeds(planners, { ...world, lastApplied: null, hold: null }).map(({ key }) => ({
          ...world,
          hold: null,
          answers: new Map(world.answers).set(key, { ok: false as const, problem, retry: false }),
        }));
        const away = world.proxy === null ? [] : [{ ...world, proxy: { ...world.proxy, away: problem } }];
        for (const one of [...blind, ...away]) {
          const { cause, wants } = planOf(one);
          if (wants === null) assert.ok(cause?.type !== 'create' && cause?.type !== 'change', cause?.text);
        }
      },
    },
    {
      name: 'held is never pruned',
      promise: 'while the manifest cannot be read, nothing that serves is removed',
      check: (world) => {
        if (world.lastApplied === null || world.desired.state === 'stopped') return;
        if (world.desired.kind === 'project' && world.desired.replicas === 0) return;
        // A person's rollback stands while the manifest cannot be read.
        const applied = world.hold ?? world.lastApplied;
        const { specHash, digest, release } = applied;
        const held: UnitWorld = {
          ...world,
          desired: { ...applied.desired, held: 'line 3 cannot be read' },
          pin: { specHash, digest, release },
        };
        const kept = new Set(
          world.mine
            .filter(
              (entry) =>
                entry.ours?.specHash === specHash && entry.state === 'running' && entry.ours.replica === 1,
            )
            .map((entry) => entry.id),
        );
        const surplus = kept.size;
        for (const action of planOf(held).actions) {
          if (action.type === 'removeContainer' && surplus === 1)
            assert.ok(!kept.has(action.container), 'the last one of what was applied is removed');
        }
      },
    },
  ];
}

function problemOf({ desired }: UnitWorld): Problem {
  const [message, effect] = ['it cannot be told', 'nothing'];
  return {
    ...{ severity: 'error', reason: 'Away', message, effect, hint: null, next: null, workload: desired.unit },
    ...{ source: null, file: null, line: null, column: null, path: null },
  };
}

/** Nobody else can ask for a name there, and nobody else wants to be there. */
function isAlone({ members, host, desired }: UnitWorld, network: string): boolean {
  if (members === undefined || network === PROXY_NETWORK) return false;
  const wanting = members.get(network) ?? [];
  const there = host.containers.filter(({ networks }) => network in networks);
  return (
    wanting.every((unit) => unit === desired.unit) && there.every(({ ours }) => ours?.unit === desired.unit)
  );
}

/** There is nobody whom its route could lead to. */
function isScaledToNone(service: string, { answers, desired }: UnitWorld): boolean {
  const answer = answers.get(`stack:desired:${desired.unit}`);
  return answer?.ok === true && answer.type === 'stack' && answer.model.services[service]?.scale === 0;
}

/** Services of one call of Compose whose image the engine does not have. */
function withoutImage(world: UnitWorld, action: ActionOf<'composeUp'>): string[] {
  const answer = world.answers.get(`stack:${action.model}:${action.unit}`);
  if (answer?.ok !== true || answer.type !== 'stack') return [];
  const services = action.model === 'good' ? answer.model.good?.services : answer.model.services;
  return Object.keys(action.services).filter((name) => {
    const service = services?.[name];
    if (service === undefined || service.scale === 0) return false;
    const image = world.answers.get(`image:${action.host}:${service.image}`);
    return image?.ok === true && image.type === 'image' && image.image === null;
  });
}
