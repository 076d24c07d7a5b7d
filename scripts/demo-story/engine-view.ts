// What there is on the engine: the lists that the demo compares before and after, and the containers of a unit.

import { LABEL } from '../../src/model/labels.ts';
import { askEngine, type EngineCall } from '../local-images/engine-call.ts';

export interface SeenContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly state: string;
}

export interface EngineLists {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  /** Tags, for an image may lose one and keep its id. */
  readonly images: readonly string[];
}

export interface EngineView {
  ask(call: Omit<EngineCall, 'socketPath'>): Promise<unknown>;
  lists(): Promise<EngineLists>;
  /** Containers of this controller, running or not; of one unit, or of all. */
  containers(unit?: string): Promise<readonly SeenContainer[]>;
  /** When the container was started last, in the engine's words. */
  startedAt(id: string): Promise<string>;
}

interface Element {
  readonly Id: string;
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly Image?: string;
  readonly State?: string;
  readonly RepoTags?: readonly string[] | null;
}

export function createEngineView(socketPath: string, controller: string): EngineView {
  const ask: EngineView['ask'] = (call) => askEngine({ ...call, socketPath });
  const list = async (path: string) => (await ask({ method: 'GET', path })) as readonly Element[];
  const nameOf = ({ Id, Name, Names }: Element) => Name ?? Names?.[0]?.replace(/^\//, '') ?? Id;
  return {
    ask,
    async lists() {
      const [containers, networks, volumes, images] = await Promise.all([
        list('/containers/json?all=1'),
        list('/networks'),
        ask({ method: 'GET', path: '/volumes' }) as Promise<{ Volumes: readonly Element[] | null }>,
        list('/images/json'),
      ]);
      return {
        containers: containers.map(nameOf).sort(),
        networks: networks.map(nameOf).sort(),
        volumes: (volumes.Volumes ?? []).map(nameOf).sort(),
        images: images.flatMap(({ RepoTags }) => RepoTags ?? []).sort(),
      };
    },
    async containers(unit) {
      const ofUnit = unit === undefined ? [] : [`${LABEL.unit}=${unit}`];
      const label = [`${LABEL.controller}=${controller}`, ...ofUnit];
      const filters = encodeURIComponent(JSON.stringify({ label }));
      const found = await list(`/containers/json?all=1&filters=${filters}`);
      return found.map((container) => ({
        id: container.Id,
        name: nameOf(container),
        image: container.Image ?? '',
        state: container.State ?? '',
      }));
    },
    async startedAt(id) {
      const { State } = (await ask({ method: 'GET', path: `/containers/${id}/json` })) as {
        readonly State: { readonly StartedAt: string };
      };
      return State.StartedAt;
    },
  };
}

/** What is there now and was not before, in words; empty when nothing is. */
export function leftovers(before: EngineLists, after: EngineLists): readonly string[] {
  const kinds = ['containers', 'networks', 'volumes', 'images'] as const;
  return kinds.flatMap((kind) =>
    after[kind].filter((name) => !before[kind].includes(name)).map((name) => `${kind.slice(0, -1)} ${name}`),
  );
}
