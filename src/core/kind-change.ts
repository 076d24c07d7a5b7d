// A unit whose kind changed under its name: what the kind before made leaves, and why is told before.
import type { Action } from '../model/action.ts';
import type { Desired } from '../model/desired.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { RoutesWorld, UnitWorld } from '../model/world.ts';
import { nameOfWorkload } from './naming.ts';
import { routeWishes } from './route/wishes.ts';
import { simulate } from './simulate.ts';

/** A project and a site are switched by the same steps, so one takes over from the other as a new version does. */
const FAMILY: Readonly<Record<string, string>> = {
  project: 'generation',
  site: 'generation',
  stack: 'stack',
  proxy: 'proxy',
};
const UP: ReadonlySet<string> = new Set(['running', 'restarting', 'paused']);
const GRACE_MS = 10_000;

/** `plan` as its kind made it. */
export function withKindChange(plan: UnitPlan, world: UnitWorld): UnitPlan {
  const { blocked } = plan;
  const made = blocked === null ? withFormer(plan, world) : plan;
  const networks = leftNetworks(made, world);
  if (networks.length === 0) return made;
  const cause = made.cause ?? { type: 'cleanup', text: 'a network of the kind before is left' };
  const common = { unit: plan.unit, host: plan.host, phase: 'clean' as const, cause: cause.text };
  const removals = networks.map((network): Action => ({ ...common, type: 'removeNetwork', network }));
  return { ...made, cause, actions: [...made.actions, ...removals] };
}

function withFormer(plan: UnitPlan, { mine, desired }: UnitWorld): UnitPlan {
  // What does not say its kind may be of this one.
  const former = mine.filter(({ ours }) => ours?.kind && FAMILY[ours.kind] !== FAMILY[desired.kind]);
  const before = former[0]?.ours?.kind;
  if (before === undefined) return plan;
  const text = `a ${before} becomes a ${desired.kind}`;
  if (desired.kind === 'proxy') {
    const actions = [...plan.actions, ...leaving(former, { plan, cause: text })];
    return { ...plan, actions, cause: plan.cause ?? { type: 'cleanup', text } };
  }
  const isServing = former.some(({ state }) => UP.has(state));
  if (!isServing || plan.actions.length === 0) return plan;
  const { downtime } = plan;
  return {
    ...plan,
    cause: { type: 'change', text },
    downtime: downtime === null ? null : { ...downtime, why: `${text}: ${downtime.why}` },
  };
}

/**
 * The routes as what stands in for the wish has to do with them, where it is of another kind: those of its names, under the
 * keys that they have now, and none that was its own is surplus.
 */
export function routesOfKindBefore({ proxy, desired }: UnitWorld, before: Desired): RoutesWorld | null {
  if (proxy === null || before.kind === desired.kind) return proxy;
  const wishes = routeWishes(before);
  const keys = new Set(wishes.map(({ key }) => key));
  const names = new Set(wishes.flatMap(({ domains }) => domains));
  return {
    ...proxy,
    routes: proxy.routes.filter(({ wish }) => wish.domains.some((name) => names.has(name))),
    surplus: proxy.surplus.filter(({ key }) => !keys.has(key)),
  };
}

/**
 * Networks that the kind before had for itself and nobody is on in the end, whoever's. Until it converged as what it is
 * now: whatever is on them then is not looked for in each pass.
 */
function leftNetworks(plan: UnitPlan, world: UnitWorld): string[] {
  const { desired, lastApplied, host, controller } = world;
  const before = lastApplied?.desired;
  if (before?.kind === desired.kind) return [];
  // Those of a project that was taken over carry no label of ours.
  const project = before?.kind === 'stack' ? before.project : null;
  const left = host.networks.filter((network) =>
    network.workloadId === null
      ? project !== null && network.composeProject === project
      : network.controller === controller &&
        network.workloadId !== desired.workloadId &&
        nameOfWorkload(network.workloadId) === desired.name,
  );
  if (left.length === 0) return [];
  const { containers } = plan.actions.reduce(simulate, world).host;
  return left
    .map(({ name }) => name)
    .filter((name) => containers.every(({ networks }) => networks[name] === undefined))
    .sort();
}

/** Once the route leads elsewhere nobody is sent to them any more. Volumes stay, as ever. */
function leaving(
  containers: readonly ObservedContainer[],
  { plan, cause }: { plan: UnitPlan; cause: string },
): Action[] {
  const common = { unit: plan.unit, host: plan.host, phase: 'clean' as const, cause };
  return containers.flatMap(({ id, state }): Action[] => [
    ...(UP.has(state)
      ? [{ ...common, type: 'stopContainer' as const, container: id, graceMs: GRACE_MS }]
      : []),
    { ...common, type: 'removeContainer', container: id },
  ]);
}
