// What the world is after an action took hold: for the laws' tests, and for telling beforehand what a failure leads to.
import type { Action } from '../model/action.ts';
import type { Answer } from '../model/resolved.ts';
import type { RouteView, UnitWorld } from '../model/world.ts';
import { builtKey, contentKey } from './content-key.ts';
import { canaryFact, farewellFact } from './route/facts.ts';
import { adopted } from './simulated/adopted.ts';
import { composeUp } from './simulated/compose-up.ts';
import { created, healthy } from './simulated/containers.ts';
import { connect, disconnect, network, owner } from './simulated/networks.ts';
import {
  answered,
  change,
  forget,
  idOf,
  is,
  onHost,
  onModel,
  onProxy,
  onRoutes,
  remember,
  withContainers,
} from './simulated/world.ts';

/** Returns a new world; never changes the given one. Gates are taken to pass. */
export function simulate(world: UnitWorld, action: Action): UnitWorld {
  switch (action.type) {
    case 'pullImage':
    case 'buildImage':
      return answered(world, `image:${action.host}:${action.image}`, PULLED);
    case 'fetchContent':
      return fetched(world, contentKey(action.content));
    case 'runBuild':
      return fetched(world, builtKey(action.id));
    case 'ensureNetwork':
      return onHost(world, { networks: [...world.host.networks, network(action)] });
    case 'removeNetwork':
      return onHost(world, {
        networks: world.host.networks.filter((entry) => entry.name !== action.network),
      });
    case 'ensureVolume':
      return onHost(world, {
        volumes: [...world.host.volumes, { name: action.volume, ...owner(action.labels) }],
      });
    case 'createContainer':
      return withContainers(world, [...world.host.containers, created(world, action)]);
    case 'putArchive':
      return remember(world, `archive:${idOf(world, action.container)}`);
    case 'startContainer':
      return change(world, action.container, {
        state: 'running',
        upSeconds: 0,
        exitCode: null,
        health: 'none',
      });
    case 'stopContainer':
      return forget(
        change(world, action.container, { state: 'exited', upSeconds: null, exitCode: 0 }),
        idOf(world, action.container),
      );
    case 'renameContainer':
      return change(world, action.container, { name: action.name });
    case 'removeContainer':
      return withContainers(
        world,
        world.host.containers.filter((entry) => !is(entry, action.container)),
      );
    case 'connectNetwork':
      return connect(world, action);
    case 'disconnectNetwork':
      return disconnect(world, action);
    case 'awaitHealthy':
      return healthy(world, idOf(world, action.container));
    case 'drain':
      return action.leaving.reduce(
        (after, id) => remember(after, farewellFact(idOf(world, action.container), id)),
        world,
      );
    case 'putRoute':
      return onRoutes(world, (route) =>
        route.wish.key === action.key
          ? {
              ...withoutFormerKey(route),
              id: route.id ?? `sim-${action.key}`,
              traffic: action.traffic,
              drift: [],
              conflict: null,
            }
          : route,
      );
    case 'removeRoute':
      return onProxy(world, (proxy) => ({
        ...proxy,
        surplus: proxy.surplus.filter((route) => route.id !== action.id),
        routes: proxy.routes.map((route) =>
          route.id === action.id ? { ...route, id: null, traffic: null } : route,
        ),
      }));
    case 'proveRoute':
      return remember(world, `routed:${idOf(world, action.container)}`);
    case 'holdCanary':
      return remember(world, `${canaryFact(action.share)}:${idOf(world, action.container)}`);
    case 'materialiseStack':
      return onModel(world, (model) => ({ ...model, pendingFiles: null }));
    case 'adoptContainers':
      return adopted(world, action);
    case 'composeUp':
      return composeUp(world, action);
    case 'awaitServices':
      return world.host.containers
        .filter(
          (entry) =>
            entry.compose?.project === action.project &&
            entry.ours?.specHash === action.services[entry.compose.service],
        )
        .reduce((after, entry) => healthy(after, entry.id), world);
    case 'takeName':
      return { ...world, renaming: { from: action.from, isRecorded: true } };
    case 'removeImage':
      return world;
    case 'quarantine': {
      const { unit, specHash, digest, release, reason, message } = action;
      const entry = { unit, specHash, digest, release, reason, message, evidence: [], atMs: world.nowMs };
      return { ...world, quarantine: [...world.quarantine, entry] };
    }
  }
}

function withoutFormerKey({ writtenAs: _was, ...route }: RouteView): RouteView {
  return route;
}

function fetched(world: UnitWorld, key: string): UnitWorld {
  const before = world.answers.get(key);
  const directory = before?.ok && before.type === 'content' ? before.directory : '';
  return answered(world, key, { ok: true, type: 'content', here: true, directory });
}

const PULLED: Answer = {
  ok: true,
  type: 'image',
  image: {
    id: 'sha256:pulled',
    repoDigests: ['pulled@sha256:0'],
    hasHealthcheck: false,
    volumes: [],
    exposedPorts: [],
    sizeBytes: 0,
  },
};
