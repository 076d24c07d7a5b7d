// One replica after the other: each new one is proven and gets its share before an old one leaves.
import type { Action } from '../../model/action.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Traffic } from '../../model/route.ts';
import { adoptedId } from '../route/steps.ts';
import { sameTraffic } from '../route/traffic.ts';
import { takeAlias } from './aliases.ts';
import { drain, farewell, hasClients } from './farewell.ts';
import { prepare } from './prepare.ts';
import { type GenerationRoute, proveRoute, targetOfSlot } from './routing.ts';
import { byAge, isUp } from './slots.ts';
import { act, clean, prove, type Rollout, start, stop, stopped } from './steps.ts';
import { generationAlias, type Wanted } from './wanted.ts';

/** As many serve at any time as there are replicas, and one more while one is proven. */
export function rollOneByOne(rollout: Rollout, route: GenerationRoute | null): Action[] {
  const { wanted, slots } = rollout;
  const up = slots.others.filter(isUp);
  const serving = servingOthers(rollout, route);
  const isHome = leadsHome(rollout, route);
  const stages = slots.slots.map((_, index) =>
    stayingAfter(
      serving,
      isHome && index < slots.slots.length - 1 ? serving.length : wanted.replicas - index - 1,
    ),
  );
  /** Nobody is sent to them, by the route or by the unit's name, as to those that failed and were not stopped yet. */
  const idle = up.filter((entry) => !isNamed(entry, { wanted, route }) && !hasClients(entry));
  const staysAfter = (index: number): readonly ObservedContainer[] =>
    index < 0 ? up.filter((entry) => !idle.includes(entry)) : (stages[index] ?? []);
  const leave = (gone: readonly ObservedContainer[]): Action[] => [
    ...farewell(rollout, gone),
    ...gone.map((container) => stop(wanted, 'drain', container)),
  ];
  // The last of them leave as they do in any roll-out.
  const last = staysAfter(stages.length - 2);
  const rest: Rollout = {
    ...rollout,
    slots: { ...slots, others: slots.others.map((entry) => (last.includes(entry) ? entry : stopped(entry))) },
  };
  return [
    ...prepare(rollout),
    ...leave(idle),
    ...slots.slots.flatMap((slot, index) => {
      const one: Rollout = { ...rollout, slots: { ...slots, slots: [slot] } };
      const gone = staysAfter(index - 1).filter((entry) => !staysAfter(index).includes(entry));
      return [
        ...start(one, 'prove'),
        ...prove(one, 'prove'),
        ...proveRoute(one, route),
        ...takeAlias(one),
        ...(isHome && index < stages.length - 1 ? [] : share(rollout, route, { stages, index })),
        ...(index === stages.length - 1 ? [] : leave(gone)),
      ];
    }),
    ...drain(rest, route),
    ...clean(rest),
  ];
}

/** All of it is well and has the main part of the traffic: nobody is sent back to those that are about to leave. */
function leadsHome({ wanted, slots }: Rollout, route: GenerationRoute | null): boolean {
  const main = route?.view.traffic?.main ?? [];
  if (route === null || main.length === 0 || slots.slots.some(({ wellness }) => wellness !== 'healthy'))
    return false;
  const own = slots.slots.map((slot) => targetOfSlot(wanted, slot, route).host);
  return main.every(({ host }) => host === generationAlias(wanted) || own.includes(host));
}

/** Of other generations, those that run and get requests; by age. */
export function servingOthers(
  { wanted, slots }: Rollout,
  route: GenerationRoute | null,
): ObservedContainer[] {
  return slots.others
    .filter((entry) => entry.state === 'running' && isNamed(entry, { wanted, route }))
    .sort(byAge);
}

/** The route leads to it, or nobody knows where it leads. */
function isNamed(
  { name, ours }: ObservedContainer,
  { wanted: { baseName }, route }: { wanted: Wanted; route: GenerationRoute | null },
): boolean {
  const traffic = route?.view.traffic ?? null;
  if (traffic === null) return true;
  const alias = generationAlias({ baseName, specHash: ours?.specHash ?? '' });
  return [...traffic.main, ...(traffic.canary?.targets ?? [])].some(
    // One that was made under a former name shares that.
    ({ host }) => host === name || host === alias || host === name.replace(/-\d+$/, ''),
  );
}

/** The youngest stay longest. */
function stayingAfter(leaving: readonly ObservedContainer[], count: number): ObservedContainer[] {
  return leaving.slice(Math.max(0, leaving.length - Math.max(0, count)));
}

function share(
  { wanted, slots }: Rollout,
  route: GenerationRoute | null,
  { stages, index }: { stages: ObservedContainer[][]; index: number },
): Action[] {
  if (route === null) return [];
  const { view, port } = route;
  const scheme = wanted.route?.scheme ?? 'http';
  const trafficAt = (at: number): Traffic => ({
    main: [
      ...slots.slots.slice(0, at + 1).map((slot) => targetOfSlot(wanted, slot, route)),
      ...(stages[at] ?? []).map(({ name }) => ({ scheme, host: name, port })),
    ],
    canary: null,
  });
  const isThere = stages.some((_, at) => at >= index && sameTraffic(view.traffic, trafficAt(at)));
  const isLast = index === stages.length - 1;
  // Nobody comes by a route that is not there yet, or whose traffic cannot be read: all of it is put right at the end.
  if (!isLast && (view.id === null || view.traffic === null)) return [];
  // What else of the route is not as wished is put right with the last of its writes.
  const isDue =
    isLast &&
    (view.id === null ||
      view.writtenAs !== undefined ||
      (view.drift.length > 0 && (route.isChanged || route.proxy.drift === 'heal')));
  if (isThere && !isDue) return [];
  return [
    act(wanted, 'switch', {
      type: 'putRoute',
      key: view.wish.key,
      wish: view.wish,
      traffic: trafficAt(index),
      adopt: adoptedId(view, { adopt: wanted.route?.adopt === true }),
    }),
  ];
}
