// The words of one line of a plan, by what its actions do.
import type { Action, ActionOf } from '../model/action.ts';
import type { UnitPlan } from '../model/plan.ts';
import { withoutQuery } from './describe-action.ts';
import { checkWords } from './render-plan-checks.ts';
import {
  connecting,
  containers,
  names,
  of,
  removing,
  renaming,
  short,
  starting,
  swap,
} from './render-plan-containers.ts';
import type { Group, PlanLine, Words } from './render-plan-shape.ts';
import { arrow } from './status-view-sentence.ts';
import { duration } from './time-words.ts';
import { commas, count, shortVersion } from './words-names.ts';

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
    case 'fetchContent':
      return [
        '+',
        'fetch',
        names(of(actions, 'fetchContent'), ({ content }) => withoutQuery(content.url)),
        'pulled',
        actions.length,
      ];
    case 'runBuild':
      return [
        '+',
        'build',
        `the files in ${names(of(actions, 'runBuild'), ({ build }) => build.image)}`,
        'none',
        0,
      ];
    case 'buildImage':
      return [
        '+',
        'build',
        `the image of ${names(of(actions, 'buildImage'), ({ build }) => `${build.service} from ${build.from} (${count(build.files, 'file')})`)}`,
        'built',
        actions.length,
      ];
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
    case 'putRoute':
      return putRoute(first, plan);
    case 'removeRoute':
      return ['-', 'remove', `route ${commas([...first.domains], 3)}`, 'removed', 1];
    case 'proveRoute':
      return ['·', 'route', `through the proxy, ${commas([...first.wish.domains], 2)}`, 'none', 0];
    case 'holdCanary':
      return [
        '·',
        'watch',
        `${percent(first.share)} of the clients for ${duration(first.ms)}${measured(first.metrics)}`,
        'none',
        0,
      ];
    case 'materialiseStack':
      return ['~', 'write', 'the files of the stack', 'changed', 1];
    case 'adoptContainers':
      return [
        '~',
        'adopt',
        `${commas(
          first.containers.map(({ name }) => name),
          6,
        )} as ${first.containers.length === 1 ? 'it runs' : 'they run'}; nothing is restarted`,
        'adopted',
        first.containers.length,
      ];
    case 'takeName':
      return [
        '~',
        'rename',
        `${first.from} is ${nameOf(first.unit)} now: its data, history and holds stay`,
        'renamed',
        1,
      ];
    case 'composeUp':
      return composeUp(first, plan);
    case 'awaitServices':
      return ['·', 'healthy', commas(Object.keys(first.services), 6), 'none', 0];
    case 'removeImage':
      return gone(
        actions.length === 1 ? 'image' : 'images',
        of(actions, 'removeImage').map((a) => a.reference),
      );
    case 'quarantine':
      return ['·', 'hold', `${shortVersion(first.release)} is not tried again: ${first.message}`, 'none', 0];
  }
}

function made(verb: string, list: string[]): Words {
  return ['+', verb, commas(list), 'created', list.length];
}

function gone(what: string, list: string[]): Words {
  return ['-', 'remove', `${what} ${commas(list)}`, 'removed', list.length];
}

function composeUp(action: ActionOf<'composeUp'>, plan: UnitPlan): Words {
  const services = Object.keys(action.services);
  const back = action.model === 'good' ? ', as they were last good' : '';
  const text = `${commas(services, 6)}${back}  (Compose project ${action.project})`;
  if (plan.cause?.type === 'create') return ['+', 'up', text, 'created', services.length];
  return ['-/+', 'up', text, 'swapped', services.length];
}

function putRoute(action: ActionOf<'putRoute'>, plan: UnitPlan): Words {
  const { domains, target } = action.wish;
  const name = target.type === 'stream' ? `port ${target.incomingPort}` : commas([...domains], 3);
  const canary = action.traffic?.canary ?? null;
  const share = canary === null ? '' : `  ${percent(canary.share)} of the clients`;
  const versions = plan.runs !== plan.wants ? arrow(plan.runs, plan.wants) : '';
  // Made the renamed workload's own before anything else, and nobody is sent elsewhere.
  if (action.phase === 'prepare') return ['~', 'route', `${name}  goes along`, 'changed', 1];
  const taken = action.adopt === null ? '' : `  (taken over: ${action.adopt})`;
  return ['~', 'route', `${name}${versions === '' ? '' : `  ${versions}`}${share}${taken}`, 'changed', 1];
}

function nameOf(unit: string): string {
  return unit.split('/')[0] ?? unit;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

function gateWords(group: Group, { container, check }: ActionOf<'awaitHealthy'>): string {
  return group.role === 'each' ? `${container}: ${checkWords(check)}` : checkWords(check);
}

function measured(metrics: ActionOf<'holdCanary'>['metrics']): string {
  return metrics.length === 0
    ? ''
    : `, and ${commas(
        metrics.map(({ name }) => name),
        3,
      )}`;
}
