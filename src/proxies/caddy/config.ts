// Caddy's configuration as far as we read and write it. What comes from the API is data, so every step is looked at.

export interface CaddyHandler {
  handler: string;
  [field: string]: unknown;
}

export interface CaddyRoute {
  '@id'?: string;
  match?: Record<string, unknown>[];
  handle?: CaddyHandler[];
  terminal?: boolean;
}

export interface CaddyServer {
  name: string;
  listen: readonly string[];
  routes: readonly CaddyRoute[];
  /** False where the server was made by hand and has none yet. */
  hasRoutes: boolean;
}

export interface CaddyConfig {
  hasHttp: boolean;
  hasPki: boolean;
  servers: readonly CaddyServer[];
}

/** Reads the answer of `GET /config/`; null stands for a Caddy that nobody has configured. */
export function readConfig(raw: unknown): CaddyConfig {
  const apps = member(raw, 'apps');
  const http = member(apps, 'http');
  return {
    hasHttp: isRecord(http),
    hasPki: isRecord(member(apps, 'pki')),
    servers: Object.entries(recordOf(member(http, 'servers'))).map(([name, server]) => {
      const routes = member(server, 'routes');
      return {
        name,
        listen: listOf(member(server, 'listen')).filter((address) => typeof address === 'string'),
        routes: listOf(routes).filter(isRecord) as CaddyRoute[],
        hasRoutes: Array.isArray(routes),
      };
    }),
  };
}

export const serverOf = (config: CaddyConfig, name: string): CaddyServer | null =>
  config.servers.find((server) => server.name === name) ?? null;

/** Names that a route matches, lower case. Those of routes inside of routes are not looked for. */
export function hostsOf(route: CaddyRoute): string[] {
  return listOf(route.match)
    .flatMap((matcher) => listOf(member(matcher, 'host')))
    .filter((host) => typeof host === 'string')
    .map((host) => host.toLowerCase());
}

export function handlersOf(route: CaddyRoute | null): CaddyHandler[] {
  return listOf(route?.handle).filter(
    (handler) => typeof member(handler, 'handler') === 'string',
  ) as CaddyHandler[];
}

/** The routes inside of a route of ours, each with an @id of its own. */
export function partsOf(route: CaddyRoute | null): CaddyRoute[] {
  const inner = handlersOf(route).find(({ handler }) => handler === 'subroute');
  return listOf(member(inner, 'routes')).filter(isRecord) as CaddyRoute[];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const member = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const recordOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
