// What a route of ours tells of itself beside its id. An object inside a `vars` handler, because Caddy expands texts there alone.
import { type CaddyHandler, type CaddyRoute, handlersOf, isRecord, member } from './config.ts';

export interface Mark {
  /** Follows from all that the route is made of, so that the who-probe tells one version of it from another. */
  revision: string;
  /** Of the canary; null without one. The pattern that it is turned into cannot be read back. */
  share: number | null;
}

export function markHandler(mark: Mark): CaddyHandler {
  return { handler: 'vars', tinyforge: { ...mark } };
}

/** Null for a stranger's route, and for one whose mark was broken by hand. */
export function readMark(route: CaddyRoute): Mark | null {
  const vars = handlersOf(route).find((handler) => isRecord(handler.tinyforge))?.tinyforge;
  const revision = member(vars, 'revision');
  const share = member(vars, 'share');
  return typeof revision === 'string' ? { revision, share: typeof share === 'number' ? share : null } : null;
}
