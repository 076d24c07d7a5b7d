// What reading a manifest takes from the start-up configuration.
import type { Config } from '../model/config.ts';
import type { ReadSettings } from '../model/kind.ts';

export function readSettingsOf(config: Pick<Config, 'engines' | 'site' | 'hosts' | 'proxy'>): ReadSettings {
  const { engines, site, hosts, proxy } = config;
  return {
    host: 'local',
    hosts: Object.keys(engines),
    siteImage: site.image,
    proxy:
      proxy === null
        ? null
        : {
            domain: proxy.domain,
            subdomain: proxy.subdomain,
            tls: proxy.tls,
            drainMs: proxy.drainMs,
            reserved: [...hosts.map((host) => host.toLowerCase()), ...hostOf(proxy.url)],
          },
  };
}

function hostOf(url: string): string[] {
  return URL.canParse(url) ? [new URL(url).hostname] : [];
}
