// The mark in each route of ours: whose it is. An object inside a `vars` handler, because Caddy expands texts there alone.
import type { RouteKey } from '../../model/route.ts';
import type { UnitId } from '../../model/unit.ts';
import { type CaddyHandler, type CaddyRoute, handlersOf, isRecord, member } from './config.ts';

export interface Mark {
  controller: string;
  unit: UnitId;
  key: RouteKey;
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
  const { controller, unit, key, revision } = (vars ?? {}) as Record<string, unknown>;
  if (typeof controller !== 'string' || typeof unit !== 'string') return null;
  if (typeof key !== 'string' || typeof revision !== 'string') return null;
  const share = member(vars, 'share');
  return { controller, unit, key, revision, share: typeof share === 'number' ? share : null };
}
