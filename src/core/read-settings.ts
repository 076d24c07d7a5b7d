// What reading a manifest takes from the start-up configuration.
import type { Config, ProxyConfig } from '../model/config.ts';
import type { ProxySettings, ReadSettings } from '../model/kind.ts';
import { addressKey } from './route/loops.ts';

type Read = Pick<Config, 'engines' | 'site' | 'hosts' | 'listen' | 'proxy' | 'prometheus'>;

export function readSettingsOf(config: Read): ReadSettings {
  const { engines, site, proxy } = config;
  return {
    host: 'local',
    hosts: Object.keys(engines),
    siteImage: site.image,
    proxy: proxy === null ? null : proxySettings(proxy, config),
    isMeasured: config.prometheus !== null,
  };
}

function proxySettings(proxy: ProxyConfig, { hosts, listen }: Read): ProxySettings {
  const { domain, subdomain, tls, drainMs, url, traffic } = proxy;
  const places = [url, traffic.http, traffic.https].flatMap(placeOf);
  return {
    domain,
    subdomain,
    tls,
    drainMs,
    reserved: [
      ...new Set([...hosts.map((host) => host.toLowerCase()), ...placeOf(url).map(({ host }) => host)]),
    ],
    own: [...new Set([listen, ...places].map(addressKey))],
    ports: [...new Set([80, 443, ...placeOf(url).map(({ port }) => port)])],
  };
}

function placeOf(url: string): { host: string; port: number }[] {
  if (!URL.canParse(url)) return [];
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return [{ host, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) }];
}

/** Sources whose folders are stacks by themselves. */
export function discoveringSources({ sources }: Pick<Config, 'sources'>): ReadonlySet<string> {
  return new Set(sources.flatMap(({ name, discover }) => (discover === undefined ? [] : name)));
}
