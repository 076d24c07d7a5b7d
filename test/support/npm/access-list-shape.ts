// An access list as the API tells it: its people without passwords, its addresses, and the hosts that use it.
import { clientsOf, itemsOf, ownerOf } from './expand.ts';
import { type HostKind, hostKinds, tell } from './host-kinds.ts';
import { without } from './rows.ts';
import type { Row, World } from './world.ts';

export function proxyHosts(world: World): HostKind {
  return hostKinds(world).proxy;
}

/** The hosts that name this list. */
export function usersOf(world: World, row: Row): Row[] {
  return proxyHosts(world)
    .table.all()
    .filter((host) => host.access_list_id === row.id);
}

/** The row, its count of hosts, and what was asked to be expanded. */
export function accessListShape(world: World, row: Row, expand: readonly string[]) {
  const hosts = () =>
    usersOf(world, row).map((host) => ({
      ...tell(world, proxyHosts(world), { host, expand: ['certificate', 'access_list.[clients,items]'] }),
      is_deleted: false,
    }));
  const told: Record<string, unknown> = {
    ...without(row, 'is_deleted'),
    proxy_host_count: usersOf(world, row).length,
  };
  if (expand.includes('owner')) told.owner = ownerOf(world, row, 'with-is-deleted');
  if (expand.includes('items')) told.items = maskItems(itemsOf(world, row.id));
  if (expand.includes('clients')) told.clients = clientsOf(world, row.id);
  if (expand.includes('proxy_hosts')) told.proxy_hosts = hosts();
  return told;
}

/** Passwords are never told, only their first letter and length. */
export function maskItems<T extends Readonly<Record<string, unknown>>>(items: readonly T[]) {
  return items.map((item) => {
    const password = String(item.password ?? '');
    const hint = password === '' ? '*'.repeat(9) : `${password[0]}${'*'.repeat(password.length - 1)}`;
    return { ...item, password: '', hint };
  });
}
