// Tells addresses of this machine and of private networks, which no answer of a registry may lead us to.
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

const PRIVATE = new BlockList();
// What no stranger on the internet can mean: this host, home and office networks, link-local (metadata services),
// carrier NAT, benchmarks, documentation, multicast and reserved. (IANA special-purpose address registries)
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6');
}

/** True for private addresses in any spelling, and for what is none at all. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return PRIVATE.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** True when the host is, or has among its addresses, a private one. A host that cannot be found is not public either. */
export async function leadsToPrivate(
  host: string,
  resolve: (host: string) => Promise<readonly string[]> = allAddresses,
): Promise<boolean> {
  // URL has brought other spellings of an IPv4 address (0x7f.1, 2130706433) into the usual one already.
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return isPrivateAddress(bare);
  const addresses = await resolve(bare).catch(() => []);
  return addresses.length === 0 || addresses.some(isPrivateAddress);
}

async function allAddresses(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}
