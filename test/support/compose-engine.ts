// Looks at the containers of one Compose project on a real engine.
import type { TestEngine } from './real/engine.ts';

export interface SeenContainer {
  id: string;
  name: string;
  state: string;
  labels: Record<string, string>;
  environment: Record<string, string>;
  /** `source:target` of its binds. */
  binds: string[];
  startedAt: string;
}

interface Inspected {
  Id: string;
  Name: string;
  State: { Status: string; StartedAt: string };
  Config: { Labels: Record<string, string>; Env: string[] | null };
  HostConfig: { Binds: string[] | null };
  Mounts: { Type: string; Source: string; Destination: string }[];
}

/** All of them, one-off and stopped ones too, sorted by name. */
export async function containersOf(engine: TestEngine, project: string): Promise<SeenContainer[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
  const listed = (await engine.ask({ method: 'GET', path: `/containers/json?all=1&filters=${filters}` })) as {
    Id: string;
  }[];
  const seen = await Promise.all(
    listed.map(
      async ({ Id }) => (await engine.ask({ method: 'GET', path: `/containers/${Id}/json` })) as Inspected,
    ),
  );
  return seen.map(described).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function described({ Id, Name, State, Config, Mounts }: Inspected): SeenContainer {
  const pairs = (Config.Env ?? []).map((entry) => [
    entry.slice(0, entry.indexOf('=')),
    entry.slice(entry.indexOf('=') + 1),
  ]);
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    state: State.Status,
    labels: Config.Labels,
    environment: Object.fromEntries(pairs),
    binds: Mounts.filter(({ Type }) => Type === 'bind').map(
      ({ Source, Destination }) => `${Source}:${Destination}`,
    ),
    startedAt: State.StartedAt,
  };
}
