// The words of one line of a plan, by what its actions do.
import type { Action, ActionOf, ActionType } from '../model/action.ts';
import type { HealthCheck } from '../model/container-spec.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { Group, Mark, PlanLine, Tally } from './render-plan-shape.ts';
import { arrow } from './status-view-sentence.ts';
import { duration } from './time-words.ts';
import { commas, count, shortVersion } from './words-names.ts';

type Words = [mark: Mark, verb: string, text: string, tally: Tally, count: number];

export function lineOf(group: Group, plan: UnitPlan): PlanLine {
  const actions = group.members.map((member) => member.action);
  const [mark, verb, text, tally, number] = wordsOf(group, actions, plan);
  const indices = group.members.map((member) => member.index);
  return { phase: group.phase, mark, verb, text, tally, count: number, actions: indices };
}

function wordsOf(group: Group, actions: readonly Action[], plan: UnitPlan): Words {
  if (group.role === 'swap') return swap(actions, plan);
  const first = actions[0];
  if (first === undefined) return ['·', 'nothing', '', 'none', 0];
  switch (first.type) {
    case 'pullImage':
      return ['+', 'pull', names(of(actions, 'pullImage'), (a) => a.image), 'pulled', actions.length];
    case 'ensureNetwork':
      return made(
        'network',
        of(actions, 'ensureNetwork').map((a) => a.network),
      );
    case 'removeNetwork':
      return gone(
        'network',
        of(actions, 'removeNetwork').map((a) => a.network),
      );
    case 'ensureVolume':
      return made(
        'volume',
        of(actions, 'ensureVolume').map((a) => a.volume),
      );
    case 'createContainer':
      return made(
        'create',
        of(actions, 'createContainer').map((a) => a.name),
      );
    case 'putArchive':
      if (of(actions, 'startContainer').length === 0)
        return [
          '~',
          'fill',
          `${names(of(actions, 'putArchive'), (a) => a.container)} with its files`,
          'none',
          0,
        ];
      return starting(actions);
    case 'startContainer':
      return starting(actions);
    case 'stopContainer':
      if (group.role === 'removeContainer') return removing(group, actions, plan);
      return ['-', 'stop', containers(group, of(actions, 'stopContainer'), plan), 'stopped', actions.length];
    case 'removeContainer':
      return removing(group, actions, plan);
    case 'renameContainer':
      return renaming(of(actions, 'renameContainer'));
    case 'connectNetwork':
      return connecting(group, of(actions, 'connectNetwork'), plan);
    case 'disconnectNetwork':
      return [
        '~',
        'detach',
        names(of(actions, 'disconnectNetwork'), (a) => `${short(a.container)} from ${a.network}`),
        'changed',
        actions.length,
      ];
    case 'awaitHealthy':
      return ['·', 'healthy', gateWords(group, first), 'none', 0];
    case 'drain':
      return ['·', 'drain', duration(first.ms), 'none', 0];
    case 'materialiseStack':
      return ['~', 'write', 'the files of the stack', 'changed', 1];
    case 'composeUp':
      return composeUp(first, plan);
    case 'awaitServices':
      return ['·', 'healthy', commas(Object.keys(first.services), 6), 'none', 0];
    case 'quarantine':
      return ['·', 'hold', `${shortVersion(first.release)} is not tried again: ${first.message}`, 'none', 0];
  }
}

function of<T extends ActionType>(actions: readonly Action[], type: T): ActionOf<T>[] {
  return actions.filter((action): action is ActionOf<T> => action.type === type);
}

function names<A>(actions: readonly A[], name: (action: A) => string): string {
  return commas(actions.map(name));
}

function made(verb: string, list: string[]): Words {
  return ['+', verb, commas(list), 'created', list.length];
}

function gone(what: string, list: string[]): Words {
  return ['-', 'remove', `${what} ${commas(list)}`, 'removed', list.length];
}

function starting(actions: readonly Action[]): Words {
  const started = of(actions, 'startContainer');
  return ['~', 'start', names(started, (a) => short(a.container)), 'started', started.length];
}

function swap(actions: readonly Action[], plan: UnitPlan): Words {
  const old = plan.runs === null ? 'the old one' : shortVersion(plan.runs);
  const fresh = plan.wants === null || plan.wants === plan.runs ? 'the new one' : shortVersion(plan.wants);
  const gate = of(actions, 'awaitHealthy').length > 0 ? ', healthy' : '';
  return ['-/+', 'swap', `stop ${old}, start ${fresh}${gate}; otherwise start ${old} again`, 'swapped', 1];
}

/** Containers that are there are addressed by id, and an id says nothing: so they are counted. */
function removing(group: Group, actions: readonly Action[], plan: UnitPlan): Words {
  const removed = of(actions, 'removeContainer');
  const stopped = of(actions, 'stopContainer');
  if (removed.length === 0) return ['-', 'stop', containers(group, stopped, plan), 'stopped', stopped.length];
  const kept = plan.cause?.type === 'remove' ? '  (volumes are kept)' : '';
  return ['-', 'remove', `${containers(group, removed, plan)}${kept}`, 'removed', removed.length];
}

function containers(group: Group, actions: readonly { container: string }[], plan: UnitPlan): string {
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

function renaming(actions: readonly ActionOf<'renameContainer'>[]): Words {
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

function connecting(group: Group, actions: readonly ActionOf<'connectNetwork'>[], plan: UnitPlan): Words {
  const networks = [...new Set(actions.map((action) => action.network))];
  const aliases = [...new Set(actions.flatMap((action) => action.aliases))];
  const whose =
    group.role === 'each' ? actions.map((action) => `${short(action.container)} as `).join('') : '';
  const where = `${whose}${commas(aliases, 2)} on network ${commas(networks, 2)}`;
  const versions = plan.runs !== plan.wants ? arrow(plan.runs, plan.wants) : '';
  return ['~', 'alias', `${where}${versions === '' ? '' : `  ${versions}`}`, 'changed', networks.length];
}

function composeUp(action: ActionOf<'composeUp'>, plan: UnitPlan): Words {
  const services = Object.keys(action.services);
  const back = action.model === 'good' ? ', as they were last good' : '';
  const text = `${commas(services, 6)}${back}  (Compose project ${action.project})`;
  if (plan.cause?.type === 'create') return ['+', 'up', text, 'created', services.length];
  return ['-/+', 'up', text, 'swapped', services.length];
}

function gateWords(group: Group, { container, check }: ActionOf<'awaitHealthy'>): string {
  return group.role === 'each' ? `${container}: ${checkWords(check)}` : checkWords(check);
}

function checkWords(check: HealthCheck): string {
  switch (check.type) {
    case 'http':
      return `GET :${check.port}${check.path}, ${tries(check.timing)}`;
    case 'tcp':
      return `port ${check.port} answers, ${tries(check.timing)}`;
    case 'command':
      return `its check command, ${tries(check.timing)}`;
    case 'image':
      return `the image's own check, else running for ${duration(check.settleMs)}`;
    case 'none':
      return 'started, no check';
  }
}

function tries(timing: { retries: number; intervalMs: number }): string {
  return `${timing.retries} ${timing.retries === 1 ? 'try' : 'tries'} every ${duration(timing.intervalMs)}`;
}

/** Twelve digits of an engine's id, as its own tools show; a name is given back as it is. */
function short(container: string): string {
  return /^[0-9a-f]{64}$/.test(container) ? container.slice(0, 12) : container;
}
