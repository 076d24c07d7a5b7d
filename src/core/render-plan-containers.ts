// The words of plan lines about containers: made, started, swapped, renamed, removed.
import type { Action, ActionOf, ActionType } from '../model/action.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { Group, Words } from './render-plan-shape.ts';
import { arrow } from './status-view-sentence.ts';
import { commas, count, shortVersion } from './words-names.ts';

export function starting(actions: readonly Action[]): Words {
  const started = of(actions, 'startContainer');
  return ['~', 'start', names(started, (a) => short(a.container)), 'started', started.length];
}

export function swap(actions: readonly Action[], plan: UnitPlan): Words {
  const old = plan.runs === null ? 'the old one' : shortVersion(plan.runs);
  const fresh = plan.wants === null || plan.wants === plan.runs ? 'the new one' : shortVersion(plan.wants);
  const gate = of(actions, 'awaitHealthy').length > 0 ? ', healthy' : '';
  return ['-/+', 'swap', `stop ${old}, start ${fresh}${gate}; otherwise start ${old} again`, 'swapped', 1];
}

/** Containers that are there are addressed by id, and an id says nothing: so they are counted. */
export function removing(group: Group, actions: readonly Action[], plan: UnitPlan): Words {
  const removed = of(actions, 'removeContainer');
  const stopped = of(actions, 'stopContainer');
  if (removed.length === 0) return ['-', 'stop', containers(group, stopped, plan), 'stopped', stopped.length];
  const kept = plan.cause?.type === 'remove' ? '  (volumes are kept)' : '';
  return ['-', 'remove', `${containers(group, removed, plan)}${kept}`, 'removed', removed.length];
}

export function containers(group: Group, actions: readonly { container: string }[], plan: UnitPlan): string {
  const ids = [...new Set(actions.map((action) => action.container))];
  const version = leaving(plan);
  const of = version === null ? '' : ` of ${shortVersion(version)}`;
  if (group.role === 'each') return `container ${commas(ids.map(short))}${of}`;
  if (ids.every((id) => short(id) === id)) return commas(ids);
  return `${count(ids.length, plan.cause?.type === 'change' ? 'old container' : 'container')}${of}`;
}

/** The version that what is stopped or removed has: the old one, or the new one when it failed. */
function leaving({ cause, runs, wants }: UnitPlan): string | null {
  if (cause?.type === 'rollback') return wants;
  return cause?.type === 'change' && runs !== wants ? runs : null;
}

export function renaming(actions: readonly ActionOf<'renameContainer'>[]): Words {
  const kept = actions.filter((action) => action.name.endsWith('-failed'));
  if (kept.length === actions.length)
    return ['~', 'keep', `${names(kept, (a) => a.name)}, stopped, for the logs`, 'none', 0];
  return [
    '~',
    'rename',
    names(actions, (a) => `${short(a.container)} to ${a.name}`),
    'changed',
    actions.length,
  ];
}

export function connecting(
  group: Group,
  actions: readonly ActionOf<'connectNetwork'>[],
  plan: UnitPlan,
): Words {
  const networks = [...new Set(actions.map((action) => action.network))];
  const aliases = [...new Set(actions.flatMap((action) => action.aliases))];
  const whose =
    group.role === 'each' ? actions.map((action) => `${short(action.container)} as `).join('') : '';
  const where = `${whose}${commas(aliases, 2)} on network ${commas(networks, 2)}`;
  const versions = plan.runs !== plan.wants ? arrow(plan.runs, plan.wants) : '';
  return ['~', 'alias', `${where}${versions === '' ? '' : `  ${versions}`}`, 'changed', networks.length];
}

export function of<T extends ActionType>(actions: readonly Action[], type: T): ActionOf<T>[] {
  return actions.filter((action): action is ActionOf<T> => action.type === type);
}

export function names<A>(actions: readonly A[], name: (action: A) => string): string {
  return commas(actions.map(name));
}

/** Twelve digits of an engine's id, as its own tools show; a name is given back as it is. */
export function short(container: string): string {
  return /^[0-9a-f]{64}$/.test(container) ? container.slice(0, 12) : container;
}
