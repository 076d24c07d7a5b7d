// `?expand=…`: which rows are told along with a row, and in which of the real one's shapes.
import { internalError } from './answers.ts';
import { without } from './rows.ts';
import type { Row, World } from './world.ts';

/** The names of a comma list; `access_list.[clients,items]` is one of them. Throws the 500 that an unknown name gets. */
export function readExpansions(world: World, text: string | null, known: readonly string[]): string[] {
  if (text === null || text === '') return [];
  const names = text.split(/,(?![^[]*\])/).map((name) => name.trim());
  if (names.every((name) => known.includes(name))) return names;
  throw internalError(world.quirks);
}

/** A user inside another object. Some kinds tell its `is_deleted`, some do not. */
export function ownerOf(world: World, row: Row, shape: 'with-is-deleted' | 'plain') {
  const user = world.tables.users.get(Number(row.owner_user_id));
  if (user === undefined) return null;
  return shape === 'plain' ? userShape(user) : { ...userShape(user), is_deleted: user.is_deleted };
}

export function userShape(user: Row) {
  return without(user, 'is_deleted', 'permissions', 'auth', 'twoFactor');
}

/** A certificate inside a host: its meta is blanked, and `is_deleted` leaks. */
export function certificateInside(certificate: Row | undefined) {
  return certificate === undefined ? null : { ...certificate, meta: {} };
}

/** An access list inside a host, with or without its people and addresses. */
export function accessListInside(world: World, list: Row | undefined, parts: 'whole' | 'bare') {
  if (list === undefined) return null;
  if (parts === 'bare') return { ...list };
  return { ...list, clients: clientsOf(world, list.id), items: itemsOf(world, list.id) };
}

export function clientsOf(world: World, id: number) {
  return world.tables.accessClients
    .all()
    .filter((row) => row.access_list_id === id)
    .map(bare);
}

export function itemsOf(world: World, id: number) {
  return world.tables.accessItems
    .all()
    .filter((row) => row.access_list_id === id)
    .map(bare);
}

function bare(row: Row) {
  return without(row, 'is_deleted');
}
