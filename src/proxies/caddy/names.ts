// What of Caddy's configuration is ours, by name: two servers, one @id for each route and each of its parts, two headers.
import { shortHash } from '../../core/canonical.ts';
import type { ControllerNames } from '../../core/controller-names.ts';
import type { RouteKey } from '../../model/route.ts';

/** Our own servers. One that is there already is used as it is: its addresses and settings are its maker's. */
export const PLAIN_SERVER = 'tinyforge';
export const TLS_SERVER = 'tinyforge-tls';

/** The last route of each of our servers: without it Caddy says 200 for names that it does not know. */
export const FALLBACK_ID = 'tinyforge--none';

export const WHO_HEADER = 'X-Tinyforge-Who';
export const PREVIEW_HEADER = 'X-Tinyforge-Preview';

/**
 * `tinyforge-default-shop_2fprod`: tells by itself whose the route is, for hands that change a route replace what is in it.
 * What is no letter or digit is written by its bytes, so no two keys have one id, and no hyphen is part of a key.
 */
export function routeId(controller: string, key: RouteKey): string {
  return `tinyforge-${spelled(controller)}-${spelled(key)}`;
}

/** One for all routes of a controller on each server: where its secret header leads. No key is empty, so no route has it. */
export const previewId = (controller: string, server: string): string =>
  `tinyforge-${spelled(controller)}--preview${server === PLAIN_SERVER ? '' : '-tls'}`;

/** Of any controller: they stand before all routes with names. */
export const isPreviewId = (id: unknown): boolean =>
  typeof id === 'string' && /^tinyforge-[A-Za-z0-9_]+--preview(?:-tls)?$/.test(id);

/** The same route on the TLS server. */
export const twinId = (id: string): string => `${id}-tls`;

export interface NamedRoute {
  id: string;
  key: RouteKey;
  isTwin: boolean;
}

/** Which route this @id belongs to; null where it is none of this controller, under whatever name it had. */
export function readRouteId(id: unknown, { controller, formerly }: ControllerNames): NamedRoute | null {
  const former = formerly === undefined ? null : readIdOf(id, formerly);
  return readIdOf(id, controller) ?? former;
}

function readIdOf(id: unknown, controller: string): NamedRoute | null {
  const start = `tinyforge-${spelled(controller)}-`;
  if (typeof id !== 'string' || !id.startsWith(start)) return null;
  const [, name = '', twin] = /^([A-Za-z0-9_]+)(-tls)?$/.exec(id.slice(start.length)) ?? [];
  const key = read(name);
  if (key === '' || spelled(key) !== name) return null;
  return { id: `${start}${name}`, key, isTwin: twin !== undefined };
}

export const canaryCookie = (id: string): string => `tinyforge-canary-${shortHash(id).slice(0, 8)}`;

const spelled = (text: string): string =>
  text.replace(/[^A-Za-z0-9]/gu, (character) =>
    [...new TextEncoder().encode(character)].map((byte) => `_${byte.toString(16).padStart(2, '0')}`).join(''),
  );

const read = (name: string): string =>
  new TextDecoder().decode(
    Uint8Array.from(
      [...name.matchAll(/_([0-9a-f]{2})|./g)].map(([all, hex]) =>
        hex === undefined ? all.charCodeAt(0) : Number.parseInt(hex, 16),
      ),
    ),
  );
