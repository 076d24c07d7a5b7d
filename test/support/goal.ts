// What a converged world looks like, written without the planner: the judge of the laws.
import { shortHash } from '../../src/core/canonical.ts';
import { specHash } from '../../src/core/spec-hash.ts';
import { siteSpec } from '../../src/kinds/site/web-server.ts';
import type { ContainerSpec } from '../../src/model/container-spec.ts';
import type { DesiredSite } from '../../src/model/desired.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import type { StackService } from '../../src/model/resolved.ts';
import type { RoutesWorld, RouteView, UnitWorld } from '../../src/model/world.ts';
import { proxyReached } from './proxy-worlds.ts';
import { PROXY_NETWORK } from './route-worlds.ts';
import { BUILT } from './worlds.ts';

/** Null when the wish is reality; else what is wrong, in words. */
export function reached(world: UnitWorld): string | null {
  const { desired, mine } = world;
  if (desired.kind === 'proxy') return proxyReached({ ...world, desired });
  const up = mine.filter(
    (entry) => entry.state === 'running' || entry.state === 'restarting' || entry.state === 'paused',
  );
  if (desired.state === 'stopped') return quarantinedOrUp(world, up);
  const before = world.lastApplied;
  const isRefused = world.proxy?.routes.some(({ id, refused }) => id !== null && refused !== null) === true;
  if (before !== null && isRefused && before.desired.kind !== desired.kind && isBad(world)) return null;
  if (before !== null && before.desired.kind !== desired.kind && isBad(world))
    return formerReached(world, before.specHash);
  if (desired.kind === 'stack') return stackReached(world, up);
  const wanted = wantedHash(world);
  if (wanted === null) return null;
  const replicas = desired.kind === 'project' ? desired.replicas : 1;
  if (isStuck(world, tooMany(up, { wanted, replicas }), replicas)) return null;
  const called = calledOf(world, wanted);
  const alias = desired.kind === 'project' && desired.role !== '' ? `${called}-${desired.role}` : called;
  const network = called;
  for (let replica = 1; replica <= replicas; replica++) {
    const holders = mine.filter(
      (entry) =>
        entry.ours?.specHash === wanted && entry.ours.replica === replica && !entry.name.endsWith('-failed'),
    );
    if (holders.length !== 1) return `replica ${replica} is held by ${holders.length}`;
    const holder = holders[0] as ObservedContainer;
    const ended =
      holder.state === 'exited' &&
      holder.exitCode === 0 &&
      desired.kind === 'project' &&
      desired.spec.restart.name === 'no';
    if (holder.state !== 'running' && holder.state !== 'restarting' && !ended)
      return `replica ${replica} is ${holder.state}`;
    // Nobody asks for what has done its work.
    if (!ended && !holder.networks[network]?.aliases?.includes(alias))
      return `replica ${replica} does not carry the alias`;
  }
  const unrouted = routeReached(world, wanted, replicas) ?? renameReached(world, wanted);
  if (unrouted !== null) return unrouted;
  const others = mine.filter(
    (entry) => entry.ours?.specHash !== wanted || (entry.ours?.replica ?? 0) > replicas,
  );
  const standby = world.kept.specHashes.filter((hash) => hash !== wanted).slice(0, world.kept.most - 1);
  const bad = world.quarantine.map((entry) => entry.specHash);
  const alive = others.filter(
    (entry) =>
      !entry.name.endsWith('-failed') &&
      (entry.state !== 'exited' ||
        entry.ours?.specHash === wanted ||
        bad.includes(entry.ours?.specHash ?? '') ||
        !standby.includes(entry.ours?.specHash ?? '')),
  );
  return alive.length === 0 ? null : `${alive.length} that should be gone`;
}

/** What was wished failed, and the kind before stands in for it: what that made runs, and nothing else. */
function formerReached({ mine }: UnitWorld, specHash: string): string | null {
  const [stands, more] = [true, false].map((isFormer) =>
    mine.filter((entry) => isUp(entry) && (entry.ours?.specHash === specHash) === isFormer),
  );
  if (stands?.length !== 1) return `${stands?.length} of the kind before run`;
  return more?.length === 0 ? null : `${more?.length} of the kind that failed run`;
}

/** Of other generations, or one more than a replica needs. */
function tooMany(
  up: readonly ObservedContainer[],
  { wanted, replicas }: { wanted: string; replicas: number },
): number {
  const held = up
    .filter(({ ours }) => ours?.specHash === wanted && ours.replica <= replicas)
    .map(({ ours }) => ours?.replica);
  return up.length - new Set(held).size;
}

/** A proxy that only knows ports needs one of each container, which makes it another generation. */
export function publishedSpec(spec: ContainerSpec, { proxy }: UnitWorld, port = 8080): ContainerSpec {
  if (proxy?.reach !== 'published' || proxy.routes.length === 0) return spec;
  if (spec.ports.some(({ target }) => target === port)) return spec;
  return {
    ...spec,
    ports: [...spec.ports, { target: port, published: null, hostIp: '127.0.0.1', protocol: 'tcp' }],
  };
}

/** Another generation gets the requests by a route that the proxy does not let us change: it goes on serving. */
function isStuck({ proxy }: UnitWorld, others: number, replicas: number): boolean {
  const view = proxy?.routes[0];
  return view !== undefined && view.id !== null && view.refused !== null && others > 0 && replicas > 0;
}

/** Where it can be had, the route leads to the wanted containers alone, and nothing of ours is left beside it. */
function routeReached(world: UnitWorld, wanted: string, replicas: number): string | null {
  const { proxy, desired } = world;
  if (proxy === null) return null;
  if (proxy.surplus.length > 0) return 'a route that nobody names is left';
  const view = proxy.routes[0];
  const port = desired.kind === 'site' ? 80 : desired.route?.port;
  if (view === undefined || port == null || replicas === 0 || view.refused !== null) return null;
  if (view.id === null) return view.conflict !== null && !desired.adopt ? null : 'the route is not there';
  if (view.drift.length > 0 && proxy.drift === 'heal') return 'the route is as somebody left it';
  const called = calledOf(world, wanted);
  const stem = `${desired.kind === 'project' ? `${called}-prod` : called}-${wanted.slice(0, 6)}`;
  const leads = view.traffic?.main.map(({ host }) => host) ?? [];
  const each = Array.from({ length: replicas }, (_, index) => `${stem}-${index + 1}`);
  const isRight = leads.join() === stem || leads.join() === each.join();
  return isRight && view.traffic?.canary === null ? null : `the route leads to ${leads.join() || 'nobody'}`;
}

/** Somebody answers: running, with the alias, and not known to be ill. */
export function serves(world: UnitWorld): boolean {
  const names = namesOf(world);
  return world.mine.some((entry) => {
    if (entry.state !== 'running' || entry.name.endsWith('-failed')) return false;
    // One replica too many serves only until it is gone: nobody was promised it.
    if (world.desired.kind === 'project' && (entry.ours?.replica ?? 0) > world.desired.replicas) return false;
    if (entry.health === 'unhealthy' || (isProbed(world) && world.probes.get(entry.id)?.ok === false))
      return false;
    return Object.values(entry.networks).some((endpoint) =>
      names.some((name) => endpoint.aliases?.includes(name)),
    );
  });
}

/** Services of a stack have names of their own on its networks: nobody goes on by the name of a project or a site. */
export function keepsNames({ desired, mine }: UnitWorld): boolean {
  return mine.every(({ ours }) => (ours?.kind === 'stack') === (desired.kind === 'stack'));
}

/** Verdicts of ours count only where we ask; elsewhere the engine's own check decides. */
function isProbed({ desired }: UnitWorld): boolean {
  return (
    desired.kind === 'site' ||
    (desired.kind === 'project' && ['http', 'tcp'].includes(desired.spec.health.type))
  );
}

function quarantinedOrUp(world: UnitWorld, up: readonly ObservedContainer[]): string | null {
  if (wantedHash(world) === null && world.desired.kind !== 'stack') return null;
  const quarantinedStack = world.desired.kind === 'stack' && world.quarantine.length > 0;
  return up.length === 0 || quarantinedStack ? null : `${up.length} still run`;
}

/** The files that a site has in its worlds. */
export function treeOf({ content, build }: DesiredSite): { hash: string; directory: string } {
  const archive = content.type === 'archive' ? shortHash({ archive: 'a'.repeat(64), path: '' }) : 'tree-1';
  return { hash: content.type !== 'archive' && build !== null ? BUILT : archive, directory: '/src/public' };
}

/** What the generation is called that is to stand: one from before a rename has the name that it had then. */
function calledOf({ desired, lastApplied, hold }: UnitWorld, wanted: string): string {
  const before = [hold, lastApplied].find((facts) => facts?.specHash === wanted);
  return before?.desired.name ?? desired.name;
}

/** Its own name, and those that it had: whoever asks for one of them is answered by whoever carries it. */
function namesOf({ desired, lastApplied, hold }: UnitWorld): string[] {
  const { renamedFrom } = desired;
  const before = renamedFrom === undefined ? null : { ...desired, name: renamedFrom };
  const all = [desired, lastApplied?.desired, hold?.desired, before].filter((one) => one != null);
  return [
    ...new Set(
      all.map(({ kind, name, role }) => (kind === 'project' && role !== '' ? `${name}-${role}` : name)),
    ),
  ];
}

/** Nothing of the former name is left where nobody needs it. */
function renameReached(world: UnitWorld, wanted: string): string | null {
  const { desired, renaming = null, proxy, host, mine } = world;
  if (desired.renamedFrom === undefined) return null;
  // What cannot be routed as it is wished is told first (a name that a stranger's route has, where there is nobody to run
  // either), and a generation from before has the name that it had: nothing is begun.
  const isNobody = mine.length === 0;
  const isLater =
    proxy?.routes.some(({ refused, conflict }) => refused !== null || (isNobody && conflict !== null)) ===
      true || calledOf(world, wanted) !== desired.name;
  if (renaming?.isRecorded === false && !isLater) return 'its former name is not written down';
  if (
    proxy?.routes.some(
      ({ writtenAs, refused, traffic }) => writtenAs !== undefined && refused === null && traffic !== null,
    )
  )
    return 'its route has the former name';
  const isStanding = mine.some(
    ({ networks, ours }) => networks[desired.renamedFrom ?? ''] && ours?.specHash === wanted,
  );
  const isThere = host.networks.some(({ name }) => name === desired.renamedFrom);
  return isThere && !isStanding && calledOf(world, wanted) === desired.name
    ? 'the network of the former name is left'
    : null;
}

/** What is wished has failed before. */
function isBad(world: UnitWorld): boolean {
  const answer = world.answers.get(`stack:desired:${world.desired.unit}`);
  const model = answer?.ok === true && answer.type === 'stack' ? answer.model : null;
  const hash = world.desired.kind === 'stack' ? model?.hash : hashOf(world);
  return world.quarantine.some((entry) => entry.specHash === hash);
}

/** The generation to stand at the end: the wished one, or the one before where that is quarantined. */
function wantedHash(world: UnitWorld): string | null {
  const hash = hashOf(world);
  if (world.hold?.wanted.specHash === hash) return world.hold.specHash;
  if (!world.quarantine.some((entry) => entry.specHash === hash)) return hash;
  if (world.lastApplied?.specHash === hash) return null;
  return world.lastApplied?.specHash ?? null;
}

function hashOf(world: UnitWorld): string {
  const { desired } = world;
  if (desired.kind === 'project')
    return specHash(publishedSpec(desired.spec, world), {}, desired.renamedFrom);
  if (desired.kind !== 'site') return '';
  return specHash(publishedSpec(siteSpec(desired, treeOf(desired)), world, 80), {}, desired.renamedFrom);
}

function stackReached(world: UnitWorld, up: readonly ObservedContainer[]): string | null {
  const answer = world.answers.get('stack:desired:immich');
  if (answer?.ok !== true || answer.type !== 'stack') return 'no model';
  const held = world.hold?.wanted.specHash === answer.model.hash;
  const quarantined = world.quarantine.length > 0;
  if (!held && quarantined && world.lastApplied === null) return null;
  const services = held || quarantined ? (answer.model.good?.services ?? {}) : answer.model.services;
  void up;
  if (isStackStuck(world, services)) return null;
  for (const [name, service] of Object.entries(services)) {
    const own = world.mine.filter((entry) => entry.compose?.service === name);
    if (own.length !== service.scale) return `${name} has ${own.length} of ${service.scale}`;
    if (own.some((entry) => entry.ours?.specHash !== service.specHash))
      return `${name} is of another generation`;
    const down = own.filter(
      (entry) =>
        entry.state === 'created' ||
        entry.state === 'dead' ||
        (entry.state === 'exited' && (!service.oneShot || entry.exitCode === 137)),
    );
    if (down.length > 0) return `${name} is ${down[0]?.state}`;
    for (const entry of own.filter(({ state }) => state === 'running' || state === 'restarting'))
      for (const network of Object.keys(service.endpoints)) {
        const to = entry.networks[network]?.networkId;
        if (to === undefined || !world.host.networks.some(({ id }) => id === to))
          return `${entry.name} is not on ${network}`;
      }
  }
  const surplus = world.mine.filter((entry) => !Object.hasOwn(services, entry.compose?.service ?? ''));
  if (surplus.length > 0) return `${surplus.length} of services that are not declared`;
  return stackRouteReached(world, services);
}

/** Services of a stack that one depends on, however far, and that are missing, or down, or just started and not yet looked at. */
export function unmet(
  world: UnitWorld,
  { name, together }: { name: string; together: readonly string[] },
): string[] {
  const answer = world.answers.get('stack:desired:immich');
  if (answer?.ok !== true || answer.type !== 'stack') return [];
  const isHeld = world.hold?.wanted.specHash === answer.model.hash || world.quarantine.length > 0;
  const services = isHeld ? (answer.model.good?.services ?? {}) : answer.model.services;
  const direct = services[name]?.dependsOn ?? [];
  return direct.flatMap((needed) => {
    const further = unmet(world, { name: needed, together });
    // Among what one call of Compose is given it waits by itself.
    if (together.includes(needed)) return further;
    const service = services[needed];
    const own = world.mine.filter(
      ({ compose, ours }) => compose?.service === needed && ours?.specHash === service?.specHash,
    );
    const isDown = own.some(
      ({ state, exitCode }) =>
        state === 'created' || (state === 'exited' && (!service?.oneShot || exitCode === 137)),
    );
    // One that was good before and is ill now was looked at, and is not waited for: nobody knows for how long.
    const wasGood = answer.model.good?.services[needed]?.specHash === service?.specHash;
    const isUnseen = own.some(
      ({ id, state, upSeconds, health }) =>
        state === 'running' &&
        upSeconds === 0 &&
        health !== 'healthy' &&
        !(health === 'unhealthy' && wasGood && !service?.oneShot) &&
        !world.memory.has(`healthy:${id}`),
    );
    return own.length < (service?.scale ?? 0) || isDown || isUnseen ? [needed, ...further] : further;
  });
}

/** The route leads to the containers that are wanted, and they are where the proxy reaches them. */
function stackRouteReached(
  { proxy, desired, mine }: UnitWorld,
  services: Readonly<Record<string, StackService>>,
): string | null {
  if (proxy === null) return null;
  if (proxy.surplus.length > 0) return 'a route that nobody names is left';
  const view = proxy.routes[0];
  const { web } = services;
  if (view === undefined || web === undefined || web.scale === 0) return null;
  if (cannotBeRouted(view, { proxy, web })) return null;
  if (view.id === null) return view.conflict !== null && !desired.adopt ? null : 'the route is not there';
  if (view.drift.length > 0 && proxy.drift === 'heal') return 'the route is as somebody left it';
  const own = mine.filter(({ compose }) => compose?.service === 'web');
  const joins = proxy.reach === 'network' && !Object.hasOwn(web.endpoints, PROXY_NETWORK);
  const off = own.find(({ networks }) => joins && networks[PROXY_NETWORK] === undefined);
  if (off !== undefined) return `${off.name} is not on the proxy's network`;
  const leads = view.traffic?.main.map(({ host }) => host).sort() ?? [];
  const wanted = joins ? [`immich-web-${web.specHash.slice(0, 6)}`] : own.map(({ name }) => name).sort();
  return leads.join() === wanted.join() ? null : `the route leads to ${leads.join() || 'nobody'}`;
}

function cannotBeRouted(
  { refused }: RouteView,
  { proxy, web }: { proxy: RoutesWorld; web: StackService },
): boolean {
  const isUnpublished = proxy.reach === 'published' && web.ports.length === 0;
  return refused !== null || Object.keys(web.endpoints).length === 0 || isUnpublished;
}

/** Others are up and get the requests by a route that cannot be changed: they go on. */
function isStackStuck({ proxy, mine }: UnitWorld, services: Readonly<Record<string, StackService>>): boolean {
  const view = proxy?.routes[0];
  const { web } = services;
  if (proxy == null || view === undefined || web === undefined || web.scale === 0) return false;
  const own = mine.filter(({ compose }) => compose?.service === 'web');
  const isOfKindBefore = mine.some((entry) => entry.compose === null && isUp(entry));
  return (
    view.id !== null &&
    cannotBeRouted(view, { proxy, web }) &&
    (own.length > web.scale || own.some(isForeign(web)) || isOfKindBefore)
  );
}

function isForeign({ specHash }: StackService): (container: ObservedContainer) => boolean {
  return (container) =>
    container.ours?.specHash !== specHash && ['running', 'restarting', 'paused'].includes(container.state);
}

/** Each of those that the route leads to is a running container that is not known to be ill; false without a route. */
export function routeServes(world: UnitWorld): boolean {
  const traffic = world.proxy?.routes[0]?.traffic ?? null;
  if (traffic === null || traffic.main.length === 0) return false;
  const well = world.mine.filter(
    (entry) =>
      entry.state === 'running' &&
      entry.health !== 'unhealthy' &&
      !(isProbed(world) && world.probes.get(entry.id)?.ok === false),
  );
  const replicas = world.desired.kind === 'project' ? world.desired.replicas : 1;
  // One too many is promised to nobody who asks for all of them; who is sent to it by its own name finds it.
  const isServed = (host: string): boolean => {
    // Whoever has that very name, well or not, is who is meant.
    const isSomebody = world.mine.some(({ name }) => name === host);
    return well.some(
      ({ name, networks, ours }) =>
        name === host ||
        (!isSomebody &&
          (ours?.kind === 'stack'
            ? // Nobody may have looked yet at the names that it has there.
              networks[PROXY_NETWORK]?.aliases === null ||
              networks[PROXY_NETWORK]?.aliases?.includes(host) === true
            : name.replace(/-\d+$/, '') === host && (ours?.replica ?? 0) <= replicas)),
    );
  };
  return [...traffic.main, ...(traffic.canary?.targets ?? [])].every(({ host }) => isServed(host));
}

export function isUp({ state }: ObservedContainer): boolean {
  return state === 'running' || state === 'restarting' || state === 'paused';
}

/** Requests through the proxy may come to it: by its own name, or by one that it shares with others on the network. */
export function routeLeadsTo(world: UnitWorld, entry: ObservedContainer): boolean {
  if (!isUp(entry)) return false;
  const aliases = entry.networks[PROXY_NETWORK]?.aliases;
  // The proxy reaches nobody who is not on its network.
  if (world.proxy?.reach === 'network' && aliases === undefined) return false;
  return (world.proxy?.routes ?? []).some(({ traffic, wish }) => {
    if (world.desired.kind === 'stack' && wish.key.split(':')[1] !== entry.compose?.service) return false;
    return [...(traffic?.main ?? []), ...(traffic?.canary?.targets ?? [])].some(({ host }) =>
      world.proxy?.reach === 'network' && aliases != null
        ? host === entry.name || aliases.includes(host)
        : host === entry.name,
    );
  });
}

/** Time that its clients have to leave. */
export function drainOf({ desired }: UnitWorld, { compose }: ObservedContainer): number {
  if (desired.kind === 'proxy') return 0;
  return desired.kind === 'stack'
    ? (desired.services[compose?.service ?? '']?.drainMs ?? 0)
    : desired.drainMs;
}

/** Somebody of its unit, or of its service, is to serve at the end. */
export function isPromised({ desired, answers }: UnitWorld, { compose }: ObservedContainer): boolean {
  if (desired.kind !== 'stack') return desired.kind !== 'project' || desired.replicas > 0;
  const answer = answers.get(`stack:desired:${desired.unit}`);
  return (
    answer?.ok === true &&
    answer.type === 'stack' &&
    (answer.model.services[compose?.service ?? '']?.scale ?? 0) > 0
  );
}

/** The unit's own name, which is taken with the traffic: a hand took it from whoever serves without. Of stacks nobody looks. */
export function carriesName(world: UnitWorld, { networks }: ObservedContainer): boolean {
  if (world.desired.kind === 'stack') return true;
  const names = namesOf(world);
  return Object.values(networks).some(({ aliases }) => names.some((name) => aliases?.includes(name)));
}
