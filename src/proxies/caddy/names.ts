// What of Caddy's configuration is ours, by name: two servers, one @id for each route and each of its parts, two headers.
import { shortHash } from '../../core/canonical.ts';
import type { RouteKey } from '../../model/route.ts';

/** Our own servers. One that is there already is used as it is: its addresses and settings are its maker's. */
export const PLAIN_SERVER = 'tinyforge';
export const TLS_SERVER = 'tinyforge-tls';

/** The last route of each of our servers: without it Caddy says 200 for names that it does not know. */
export const FALLBACK_ID = 'tinyforge-none';

export const WHO_HEADER = 'X-Tinyforge-Who';
export const PREVIEW_HEADER = 'X-Tinyforge-Preview';

/** `tinyforge-default-3f2a…`: found again by `/id/…` after a restart of ours. */
export function routeId(controller: string, key: RouteKey): string {
  return `tinyforge-${controller}-${shortHash(key).slice(0, 16)}`;
}

/** One for all routes of a controller on each server: where its secret header leads. */
export const previewId = (controller: string, server: string): string =>
  server === PLAIN_SERVER ? `tinyforge-${controller}-preview` : `tinyforge-${controller}-preview-tls`;

/** Of any controller: they stand before all routes with names. */
export const isPreviewId = (id: unknown): boolean =>
  typeof id === 'string' && /^tinyforge-.+-preview(?:-tls)?$/.test(id);

/** The same route on the TLS server. */
export const twinId = (id: string): string => `${id}-tls`;

/** The id of the route that this @id belongs to, and whether it is the twin; null where it is none of this controller. */
export function readRouteId(id: unknown, controller: string): { id: string; isTwin: boolean } | null {
  if (typeof id !== 'string' || !id.startsWith(`tinyforge-${controller}-`)) return null;
  const rest = id.slice(`tinyforge-${controller}-`.length);
  const found = /^([0-9a-f]{16})(-tls)?$/.exec(rest);
  if (found === null) return null;
  return { id: `tinyforge-${controller}-${found[1]}`, isTwin: found[2] !== undefined };
}

export const canaryCookie = (id: string): string => `tinyforge-canary-${id.slice(-8)}`;
