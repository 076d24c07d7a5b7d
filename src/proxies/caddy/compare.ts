// What of a wish is not so in Caddy, field by field; traffic, marks and the parts that only we ask do not count.
import { isDeepStrictEqual } from 'node:util';
import type { FieldDrift, ObservedRoute, ResolvedTraffic, RouteWish } from '../../model/route.ts';
import { type CompileContext, compileParts } from './compile.ts';
import { type CaddyRoute, handlersOf, partsOf } from './config.ts';
import type { RawRoute } from './read.ts';

const OURS_ALONE = /-(?:who|who-preview)$/;
/** Stands for traffic that a hand made unreadable: what is compared then is only what does not depend on it. */
const NOBODY: ResolvedTraffic = { main: [{ scheme: 'http', host: 'nobody', port: 1 }], canary: null };
const NO_SECRETS = { who: '', preview: '' };

export function compareRoute(
  wish: RouteWish,
  { route, context }: { route: ObservedRoute; context: CompileContext },
): FieldDrift[] {
  const raw = route.raw as RawRoute | null;
  if (raw === null) return [{ field: 'route', is: "somebody else's", shall: 'ours' }];
  const isForward = wish.target.type === 'forward';
  const compiled = compileParts(
    { wish, traffic: isForward ? (route.traffic ?? NOBODY) : null },
    { id: route.id, revision: '', secrets: NO_SECRETS, context },
  );
  const drift: FieldDrift[] = [];
  const domains = { is: route.domains.join(', '), shall: [...wish.domains].sort().join(', ') };
  if (domains.is !== domains.shall) drift.push({ field: 'domains', ...domains });
  if (route.type !== wish.target.type)
    drift.push({ field: 'target', is: route.type, shall: wish.target.type });
  if (raw.plain === null) drift.push({ field: 'http', is: 'not served', shall: 'served' });
  if (route.tls !== (compiled.twin !== null))
    drift.push({ field: 'tls', is: route.tls ? 'on' : 'off', shall: compiled.twin === null ? 'off' : 'on' });
  if (drift.length > 0) return drift;
  const isTrafficKnown = !isForward || route.traffic !== null;
  return [
    ...comparePieces(raw.plain, compiled.plain, isTrafficKnown),
    ...comparePieces(raw.twin, compiled.twin, isTrafficKnown),
  ];
}

const OF_TRAFFIC = /-(?:main|canary|ticket)$/;

function comparePieces(
  is: CaddyRoute | null,
  shall: CaddyRoute | null,
  isTrafficKnown: boolean,
): FieldDrift[] {
  if (is === null || shall === null) return [];
  const before = piecesOf(is);
  const after = piecesOf(shall);
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => !OURS_ALONE.test(name) && (isTrafficKnown || !OF_TRAFFIC.test(name)),
  );
  return names
    .filter((name) => !isDeepStrictEqual(before.get(name), after.get(name)))
    .map((name) => {
      const field = name.replace(`${shall['@id']}-`, '');
      if (!before.has(name)) return { field, is: 'nothing', shall: 'there' };
      return after.has(name)
        ? { field, is: 'something else', shall: 'as in the manifest' }
        : { field, is: 'there', shall: 'nothing' };
    });
}

/** Each part by its name, and what stands beside them. */
function piecesOf(route: CaddyRoute): Map<string, unknown> {
  const rest = handlersOf(route)
    .filter((handler) => handler.handler !== 'subroute')
    .map((handler) => (handler.tinyforge === undefined ? handler : handler.handler));
  return new Map<string, unknown>([
    ['handlers', [rest, route.match, route.terminal]],
    ...partsOf(route).map((part, index): [string, unknown] => [part['@id'] ?? `part ${index}`, part]),
  ]);
}
