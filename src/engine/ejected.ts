// What a person ejected: its containers and routes carry our marks for life, and are strangers to us all the same.
import type { ObservedContainer } from '../model/observed.ts';
import type { UnitId } from '../model/unit.ts';
import type { ContainerRuntime } from '../ports/container-runtime.ts';
import type { Control } from '../ports/control.ts';
import type { ProxyProvider } from '../ports/proxy-provider.ts';
import type { EngineDeps } from './deps.ts';

export interface EjectedUnits {
  has(unit: UnitId): boolean;
  /**
   * Reads the control files' word. A unit at work stays ours until its work has ended: whoever walks a plan sees to its
   * end what it was made from, so that nothing is left half done.
   */
  settle(isBusy: (unit: UnitId) => boolean): void;
}

export function createEjectedUnits(control: Pick<Control, 'ejections'>): EjectedUnits {
  let units: ReadonlySet<UnitId> = new Set();
  return {
    has: (unit) => units.has(unit),
    settle(isBusy) {
      const said = control.ejections().map(({ unit }) => unit);
      units = new Set(said.filter((unit) => units.has(unit) || !isBusy(unit)));
    },
  };
}

/** The same engines and proxy, seen by somebody to whom the ejected is a stranger's. */
export function withoutEjected(deps: EngineDeps, ejected: EjectedUnits): EngineDeps {
  const runtimes = [...deps.runtimes].map(
    ([host, runtime]) => [host, blindRuntime(runtime, ejected)] as const,
  );
  return {
    ...deps,
    runtimes: new Map(runtimes),
    proxy: deps.proxy === null ? null : blindProxy(deps.proxy, ejected),
  };
}

function blindRuntime(runtime: ContainerRuntime, ejected: EjectedUnits): ContainerRuntime {
  /** The same objects as long as nothing changes: whoever compares them sees that at a glance. */
  const strangers = new WeakMap<ObservedContainer, ObservedContainer>();
  function seen(container: ObservedContainer): ObservedContainer {
    if (container.ours === null || !ejected.has(container.ours.unit)) return container;
    const known = strangers.get(container) ?? { ...container, ours: null };
    strangers.set(container, known);
    return known;
  }
  return {
    ...runtime,
    listContainers: async () => (await runtime.listContainers()).map(seen),
    watch: ({ onEvent, ...others }) =>
      runtime.watch({
        ...others,
        onEvent: (event) =>
          onEvent(event.unit !== null && ejected.has(event.unit) ? { ...event, unit: null } : event),
      }),
  };
}

/** Its mark stays in the proxy, for taking it out would be a write that everybody's requests pay for. */
function blindProxy(proxy: ProxyProvider, ejected: EjectedUnits): ProxyProvider {
  // All else is asked of the proxy itself.
  return Object.assign(Object.create(proxy) as ProxyProvider, {
    async list(signal: AbortSignal) {
      const { routes } = await proxy.list(signal);
      return {
        routes: routes.map((route) =>
          route.owner !== null && ejected.has(route.owner.unit) ? { ...route, owner: null } : route,
        ),
      };
    },
  });
}
