// Network aliases of our containers: a list does not carry them, so each endpoint is inspected once.
import type { ObservedContainer, ObservedEndpoint } from '../../model/observed.ts';

const AT_ONCE = 16;
/** Kinds whose live generation is the one that carries the alias. */
const KINDS: ReadonlySet<string> = new Set(['project', 'site']);
/** Stopped containers have no endpoints that answer to a name. */
const STATES: ReadonlySet<string> = new Set(['created', 'running', 'paused', 'restarting']);

export interface AliasReader {
  /** What was read for this endpoint before; null where nobody has looked. */
  known(endpointId: string): readonly string[] | null;
  /** Looks at those of the containers, ours and running, whose aliases are not known; replaces their records. */
  fill(containers: ObservedContainer[]): Promise<void>;
}

/**
 * `inspect` gives aliases by network, or null when the container vanished meanwhile. An endpoint id changes with each
 * connect, so what was read for one stays true; one without an id (created, never started) is asked for each time.
 */
export function createAliasReader(
  inspect: (id: string) => Promise<Record<string, string[]> | null>,
): AliasReader {
  const byEndpoint = new Map<string, readonly string[]>();

  async function lookAt(container: ObservedContainer): Promise<ObservedContainer> {
    const aliases = await inspect(container.id);
    if (aliases === null) return container;
    const networks: Record<string, ObservedEndpoint> = {};
    for (const [name, endpoint] of Object.entries(container.networks)) {
      const found = aliases[name] ?? [];
      networks[name] = { ...endpoint, aliases: found };
      if (endpoint.endpointId !== '') byEndpoint.set(endpoint.endpointId, found);
    }
    return { ...container, networks };
  }

  /** Endpoints of removed containers would pile up for ever. */
  function forgetGone(containers: readonly ObservedContainer[], alive: number): void {
    if (byEndpoint.size <= alive) return;
    const there = new Set(containers.flatMap((container) => Object.values(container.networks).map(idOf)));
    for (const id of byEndpoint.keys()) if (!there.has(id)) byEndpoint.delete(id);
  }

  return {
    known: (endpointId) => byEndpoint.get(endpointId) ?? null,
    async fill(containers) {
      const unknown: number[] = [];
      let alive = 0;
      containers.forEach((container, index) => {
        if (!carriesAliases(container)) return;
        let complete = true;
        for (const name in container.networks) {
          alive++;
          if (container.networks[name]?.aliases === null) complete = false;
        }
        if (!complete) unknown.push(index);
      });
      forgetGone(containers, alive);
      const next = unknown.values();
      async function work(): Promise<void> {
        for (const index of next) {
          const container = containers[index];
          if (container !== undefined) containers[index] = await lookAt(container);
        }
      }
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, unknown.length) }, work));
    },
  };
}

function carriesAliases(container: ObservedContainer): boolean {
  return container.ours !== null && KINDS.has(container.ours.kind) && STATES.has(container.state);
}

function idOf(endpoint: ObservedEndpoint): string {
  return endpoint.endpointId;
}
