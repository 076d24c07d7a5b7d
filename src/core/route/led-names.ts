// The names of containers that requests are led to by the proxy, and the proxy's own: whoever else answered to them would get those.
import type { ProxyConfig } from '../../model/config.ts';
import type { ObservedRoute } from '../../model/route.ts';
import type { LedTo } from '../../model/world.ts';

/** Made once a pass. Addresses are among them, and harm nobody: no container is called so. */
export function ledNames(
  routes: readonly ObservedRoute[],
  { url, traffic }: Pick<ProxyConfig, 'url' | 'traffic'>,
  controller: string,
): Map<string, LedTo> {
  const names = new Map<string, LedTo>();
  for (const { id, owner, traffic: led } of routes) {
    const unit = owner?.controller === controller ? owner.unit : null;
    const what = unit === null ? `where ${id} of the proxy leads` : `where ${unit} is reached`;
    for (const { host } of [...(led?.main ?? []), ...(led?.canary?.upstreams ?? [])])
      if (!names.has(host)) names.set(host, { unit, what });
  }
  for (const address of [url, traffic.http, traffic.https])
    if (URL.canParse(address))
      names.set(new URL(address).hostname, { unit: null, what: 'where the proxy itself is' });
  return names;
}
