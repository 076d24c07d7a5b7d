// Which host a route is written to: ours, a stranger's that may be taken over, or a new one.
import { type ControllerNames, isOwnName } from '../../core/controller-names.ts';
import type { RouteWish } from '../../model/route.ts';
import type { RoutePut } from '../../ports/proxy-provider.ts';
import { routeConflict } from './failures.ts';
import type { Row } from './fields.ts';
import { ownerOf } from './mark.ts';
import { idOfRow } from './observe.ts';

export interface Target {
  /** Null for a new one. */
  row: Row | null;
  /** More of ours for the same route, left by a write of which nobody knew whether it happened. */
  doubles: readonly Row[];
}

/** Faults: RouteConflict (stalled). */
export function findTarget({ wish, adopt }: RoutePut, rows: readonly Row[], names: ControllerNames): Target {
  const mine = rows.filter((row) => isMine(row, { wish, ...names }));
  const [first = null, ...doubles] = mine.toSorted((a, b) => a.id - b.id);
  const others = rows.filter((row) => !mine.includes(row) && sharesName(row, wish));
  if (others.length === 0) return { row: first, doubles };
  const [other] = others;
  if (first === null && others.length === 1 && other !== undefined && idOfRow(other) === adopt)
    return { row: other, doubles: [] };
  throw conflictWith(wish, other ?? null);
}

export function isMine(row: Row, { wish, ...names }: ControllerNames & { wish: RouteWish }): boolean {
  const owner = ownerOf(row);
  return isOwnName(owner?.controller, names) && owner?.key === wish.key;
}

export function sharesName(row: Row, { domains, target }: RouteWish): boolean {
  if (row.kind === 'stream')
    return target.type === 'stream' && row.fields.incoming_port === target.incomingPort;
  return row.domains.some((name) => domains.includes(name.toLowerCase()));
}

/** `row` is null where the account may not see whose it is. */
export function conflictWith(wish: RouteWish, row: Row | null): Error {
  const name =
    wish.target.type === 'stream'
      ? `port ${wish.target.incomingPort}`
      : (wish.domains.find((one) => row?.domains.some((other) => other.toLowerCase() === one)) ??
        wish.domains.join(', ').slice(0, 200));
  if (row === null) return routeConflict(name, 'a host that our account may not see');
  const owner = ownerOf(row);
  const whose = owner === null ? '' : ` (of ${owner.unit}, controller ${owner.controller})`;
  return routeConflict(name, `${idOfRow(row)}${whose}`);
}
