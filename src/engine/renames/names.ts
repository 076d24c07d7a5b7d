// Who is meant by names that were given up: lists of engines and proxy are read by the names of today, files of stacks by their first.
import {
  type FormerNames,
  NO_FORMER_NAMES,
  nameNow,
  oursNow,
  renamesByLabels,
  routeNow,
} from '../../core/former-names.ts';
import { nameOfWorkload } from '../../core/naming.ts';
import { seenNames } from '../../core/renames.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Renaming } from '../../model/rename.ts';
import type { ProxyView } from '../../model/route.ts';
import type { ContainerRuntime } from '../../ports/container-runtime.ts';
import type { ProxyProvider } from '../../ports/proxy-provider.ts';
import type { EngineDeps } from '../deps.ts';
import { withHomes } from './homes.ts';

export interface Names {
  /** What manifests and records say in this pass. */
  set(told: Omit<FormerNames, 'labels'>): void;
  /** With what labels say, where no record says it. */
  current(): FormerNames;
  /** `project.shop` of each that was seen in the newest lists, as its label says. */
  seen(): ReadonlySet<string>;
}

interface Kept extends Names {
  containers(host: string, list: ObservedContainer[]): ObservedContainer[];
  workload(id: string | null): string | null;
  routes(view: ProxyView): ProxyView;
}

/** The same dependencies, through which everything has the name of today. */
export function withNames(deps: EngineDeps): { deps: EngineDeps; names: Names } {
  const names = createNames();
  const { proxy, control } = deps;
  return {
    names,
    deps: {
      ...deps,
      runtimes: new Map([...deps.runtimes].map(([host, runtime]) => [host, named(runtime, { host, names })])),
      proxy: proxy === null ? null : routed(proxy, names),
      stacks: withHomes(deps.stacks, () => control.allRenamed()),
    },
  };
}

function named(runtime: ContainerRuntime, { host, names }: { host: string; names: Kept }): ContainerRuntime {
  const owned = <T extends { workloadId: string | null }>(entry: T): T => {
    const workloadId = names.workload(entry.workloadId);
    return workloadId === entry.workloadId ? entry : { ...entry, workloadId };
  };
  return {
    ...runtime,
    listContainers: async () => names.containers(host, await runtime.listContainers()),
    listNetworks: async () => (await runtime.listNetworks()).map(owned),
    listVolumes: async () => (await runtime.listVolumes()).map(owned),
  };
}

/** All else is asked of the provider itself: what it says is its own from moment to moment. */
function routed(proxy: ProxyProvider, names: Kept): ProxyProvider {
  const list: ProxyProvider['list'] = async (signal) => names.routes(await proxy.list(signal));
  return Object.assign(Object.create(proxy) as ProxyProvider, { list });
}

/** Units of this list that others go on with. */
function handedOn(list: readonly ObservedContainer[], heirOf: FormerNames['heirOf']): [string, string][] {
  const units = new Set(list.flatMap(({ ours }) => ours?.unit ?? []));
  return [...units].sort().flatMap((unit): [string, string][] => {
    const heir = heirOf(unit);
    return heir === null ? [] : [[unit, heir]];
  });
}

function createNames(): Kept {
  let told: Omit<FormerNames, 'labels'> = NO_FORMER_NAMES;
  const byHost = new Map<string, { labels: Renaming[]; seen: Set<string> }>();
  let routed: ReadonlySet<string> = new Set();
  /** The same objects as long as nothing changes: whoever compares lists does it by them first. */
  let made = new WeakMap<ObservedContainer, ObservedContainer>();
  let madeFor = '';

  function current(): FormerNames {
    const isRecorded = ({ to, kind }: Renaming): boolean =>
      told.records.some((record) => record.name === to && record.kind === kind);
    const labels = [...byHost.values()].flatMap((seen) => seen.labels.filter((one) => !isRecorded(one)));
    return { ...told, labels };
  }

  function isNothing({ renamings, records, labels }: FormerNames): boolean {
    return renamings.length === 0 && records.length === 0 && labels.length === 0;
  }

  return {
    set(next) {
      told = next;
    },
    current,
    seen: () => new Set([...[...byHost.values()].flatMap(({ seen }) => [...seen]), ...routed]),
    containers(host, list) {
      byHost.set(host, { labels: renamesByLabels(list), seen: seenNames(list) });
      const names = current();
      const moved = handedOn(list, names.heirOf);
      if (isNothing(names) && moved.length === 0) return list;
      const key = JSON.stringify([names.renamings, names.records, names.labels, [...names.present], moved]);
      if (key !== madeFor) made = new WeakMap();
      madeFor = key;
      return list.map((container) => {
        const known = made.get(container);
        if (known !== undefined) return known;
        const ours = oursNow(names, container);
        const now = ours === container.ours ? container : { ...container, ours };
        made.set(container, now);
        return now;
      });
    },
    workload(id) {
      if (id === null) return null;
      const names = current();
      if (isNothing(names)) return id;
      const [kind = ''] = id.split('.');
      return `${kind}.${nameNow(names, { name: nameOfWorkload(id), kind })}`;
    },
    routes(view) {
      // A stand-alone route has nothing else that could be seen of it.
      routed = new Set(
        view.routes.flatMap(({ owner }) => (owner === null ? [] : `proxy.${owner.unit.split('/')[0]}`)),
      );
      const names = current();
      const isHandedOn = view.routes.some(({ owner }) => owner !== null && names.heirOf(owner.unit) !== null);
      return isNothing(names) && !isHandedOn
        ? view
        : { ...view, routes: view.routes.map((route) => routeNow(names, route)) };
    },
  };
}
