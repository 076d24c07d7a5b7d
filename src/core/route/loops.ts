// Routes that would lead back to where they came from, or into the controller and the proxy themselves.
import type { ProxySettings } from '../../model/kind.ts';
import type { Upstream } from '../../model/route.ts';
import type { Wrong } from '../compose-values.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|0\.0\.0\.0|::)$/;

/** `npm:81`; every way to write this machine is one. */
export function addressKey({ host, port }: { host: string; port: number }): string {
  const name = host.toLowerCase();
  return `${LOOPBACK.test(name) ? 'localhost' : name}:${port}`;
}

/** Null where the address is somebody else's. */
export function loopFault(
  upstream: Pick<Upstream, 'host' | 'port'>,
  { domains, proxy }: { domains: readonly string[]; proxy: ProxySettings | null },
): Wrong | null {
  const covers = domains.find((domain) => coversName(domain, upstream.host));
  if (covers !== undefined)
    return {
      reason: 'RouteLoop',
      message: `${upstream.host} is one of its own names, so each request would come back for ever.`,
      hint: 'write where it really is: an address, or a name of your network',
    };
  if (proxy?.own.includes(addressKey(upstream)))
    return {
      reason: 'RouteLoop',
      message: `${upstream.host}:${upstream.port} is Tinyforge or the proxy itself.`,
      hint: 'neither is opened to others by a route',
    };
  return null;
}

/** `*.example.com` covers one label below it. */
export function coversName(domain: string, name: string): boolean {
  if (!domain.startsWith('*.')) return domain === name;
  return name.endsWith(domain.slice(1)) && !name.slice(0, -domain.length + 1).includes('.');
}
