// One action as a short sentence for logs and the record of a deploy.
import type { Action } from '../model/action.ts';
import type { RouteWish, Traffic } from '../model/route.ts';

export function describeAction(action: Action): string {
  switch (action.type) {
    case 'pullImage':
      return `pulling ${action.image}`;
    case 'fetchContent':
      return `fetching ${withoutQuery(action.content.url)}`;
    case 'runBuild':
      return `building in ${action.build.image}`;
    case 'buildImage':
      return `building the image of ${action.build.service} from ${action.build.from}`;
    case 'ensureNetwork':
      return `creating network ${action.network}`;
    case 'removeNetwork':
      return `removing network ${action.network}`;
    case 'ensureVolume':
      return `creating volume ${action.volume}`;
    case 'createContainer':
      return `creating container ${action.name}`;
    case 'putArchive':
      return `copying files into ${short(action.container)}`;
    case 'startContainer':
      return `starting ${short(action.container)}`;
    case 'stopContainer':
      return `stopping ${short(action.container)}`;
    case 'renameContainer':
      return `renaming ${short(action.container)} to ${action.name}`;
    case 'removeContainer':
      return `removing ${short(action.container)}`;
    case 'connectNetwork':
      return action.aliases.length === 0
        ? `keeping ${short(action.container)} from the clients on network ${action.network}`
        : `giving ${short(action.container)} the name ${action.aliases.join(', ')} on network ${action.network}`;
    case 'disconnectNetwork':
      return `taking ${short(action.container)} off network ${action.network}`;
    case 'awaitHealthy':
      return `waiting until ${short(action.container)} is healthy`;
    case 'drain':
      return `letting clients leave for ${action.ms / 1000} s`;
    case 'putRoute':
      return `routing ${routeName(action.wish)}${leadsTo(action.traffic)}`;
    case 'removeRoute':
      return `removing the route ${action.domains.join(', ')}`;
    case 'proveRoute':
      return `asking ${short(action.container)} through the proxy as ${routeName(action.wish)}`;
    case 'holdCanary':
      return `watching ${short(action.container)} with ${Math.round(action.share * 100)} % of the clients for ${action.ms / 1000} s`;
    case 'materialiseStack':
      return 'writing the files of the stack';
    case 'adoptContainers':
      return `adopting ${action.containers.map(({ name }) => name).join(', ')} as ${action.containers.length === 1 ? 'it runs' : 'they run'}`;
    case 'composeUp':
      return `bringing up ${Object.keys(action.services).join(', ')}${action.recreate ? ' anew' : ''}${action.model === 'good' ? ' as they were before' : ''}`;
    case 'awaitServices':
      return `waiting until ${Object.keys(action.services).join(', ')} ${Object.keys(action.services).length === 1 ? 'is' : 'are'} healthy`;
    case 'takeName':
      return `taking over what was called ${action.from}`;
    case 'removeImage':
      return `removing image ${action.reference}`;
    case 'quarantine':
      return `not trying ${action.release} again: ${action.message}`;
  }
}

/** A query may hold what opens the door. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

function routeName({ domains, target }: RouteWish): string {
  if (target.type === 'stream') return `port ${target.incomingPort}`;
  return domains.join(', ');
}

function leadsTo(traffic: Traffic | null): string {
  if (traffic === null) return '';
  const main = traffic.main.map(({ host, port }) => `${host}:${port}`).join(', ');
  const canary = traffic.canary;
  return canary === null
    ? ` to ${main}`
    : ` to ${main}, ${Math.round(canary.share * 100)} % of the clients to ${canary.targets.map(({ host }) => host).join(', ')}`;
}

/** Ids are long; names are kept whole. */
function short(container: string): string {
  return /^[0-9a-f]{64}$/.test(container) ? container.slice(0, 12) : container;
}
