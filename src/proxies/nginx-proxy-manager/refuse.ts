// What this proxy cannot do of a wish, and texts that would break out of nginx's configuration. Pure.
import { isIP } from 'node:net';
import type { ResolvedTraffic, RouteLocation, RouteTarget, RouteWish, Upstream } from '../../model/route.ts';
import { judgeConfigText } from './config-text.ts';

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const DOMAIN = new RegExp(`^(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*$`);
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?$/;
const PATH = /^\/[A-Za-z0-9._~/@:+,=%-]{0,500}$/;
/** `example.com`, with a port or a path. */
const REDIRECT = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:\/[A-Za-z0-9._~/@:+,=%-]*)?$/;
const EMAIL = /^[^\s"'\\;{}$@]{1,64}@[A-Za-z0-9.-]{1,190}$/;
const PLUGIN = /^[a-z0-9][a-z0-9-]{0,60}$/;
/** 100 since 2.11.2; 15 before 2.11.0. */
const MOST_DOMAINS = 100;

/** A sentence; null where all of it can be done. */
export function refuseWish(wish: RouteWish): string | null {
  const { domains, target } = wish;
  if (domains.length > MOST_DOMAINS)
    return `Nginx Proxy Manager takes at most ${MOST_DOMAINS} names for a route.`;
  const odd = domains.find((name) => name.length > 253 || !DOMAIN.test(name));
  if (odd !== undefined) return `${shown(odd)} is not a name that Nginx Proxy Manager can route.`;
  if (target.type === 'stream' ? domains.length > 0 : domains.length === 0)
    return target.type === 'stream' ? 'A stream has a port and no names.' : 'A route needs a name.';
  // Anything in a key or a unit goes into a comment of one line.
  const word = [wish.key, wish.unit].find((text) => !/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,250}$/.test(text));
  if (word !== undefined) return `${shown(word)} is not a name of ours.`;
  return refuseTls(wish) ?? refuseTarget(target);
}

/** The same for who gets the traffic, which is known later. */
export function refuseTraffic(traffic: ResolvedTraffic): string | null {
  if (traffic.main.length === 0) return 'Nobody is named who gets the traffic.';
  const all = [...traffic.main, ...(traffic.canary?.upstreams ?? [])];
  if (all.length > 64) return 'Nginx Proxy Manager shares a route between at most 64 containers.';
  return all.map(refuseUpstream).find((why) => why !== null) ?? null;
}

function refuseUpstream({ scheme, host, port }: Upstream): string | null {
  if (scheme !== 'http' && scheme !== 'https') return `${shown(scheme)} is not http or https.`;
  if (!isHost(host)) return `${shown(host)} is not a host that Nginx Proxy Manager can reach.`;
  return isPort(port) ? null : `${shown(String(port))} is not a port.`;
}

function refuseTarget(target: RouteTarget): string | null {
  switch (target.type) {
    case 'not_found':
      return null;
    case 'redirect':
      return REDIRECT.test(target.domain)
        ? null
        : `${shown(target.domain)} is not where one can be redirected to.`;
    case 'stream':
      if (!isPort(target.incomingPort) || !isPort(target.port)) return 'A port is from 1 to 65535.';
      if (!target.tcp && !target.udp) return 'A stream needs tcp or udp.';
      return isHost(target.host) ? null : `${shown(target.host)} is not a host that a stream can reach.`;
    case 'forward': {
      const { locations, advancedConfig, accessList } = target.options;
      const why = judgeConfigText(advancedConfig);
      if (why !== null) return `The lines of advanced_config cannot be taken: ${why}.`;
      if (accessList !== null && /\p{Cc}/u.test(accessList))
        return 'The name of the access list has control characters.';
      return locations.map(refuseLocation).find((one) => one !== null) ?? null;
    }
  }
}

function refuseLocation({ path, upstream, forwardPath, advancedConfig }: RouteLocation): string | null {
  if (path === '/') return 'The path / is the route itself; a location is below it.';
  if (!PATH.test(path)) return `${shown(path)} is not a path that a location can have.`;
  if (forwardPath !== null && !PATH.test(forwardPath)) return `${shown(forwardPath)} is not a path.`;
  const why = judgeConfigText(advancedConfig);
  if (why !== null) return `The lines of the location ${path} cannot be taken: ${why}.`;
  return refuseUpstream(upstream);
}

function refuseTls({ tls, target }: RouteWish): string | null {
  if (tls === null) return null;
  const { certificate } = tls;
  if (target.type === 'stream') {
    if (!target.tcp) return 'TLS is spoken over TCP, and this stream takes UDP alone.';
    const { type } = certificate;
    return type === 'named' || type === 'upload'
      ? null
      : 'A stream has no names that a certificate could be found or made for.';
  }
  if (certificate.type !== 'letsencrypt') return null;
  if (certificate.email !== null && !EMAIL.test(certificate.email))
    return `${shown(certificate.email)} is no address.`;
  const plugin = certificate.dns?.provider;
  return plugin === undefined || PLUGIN.test(plugin) ? null : `${shown(plugin)} is not a DNS provider.`;
}

function isHost(host: string): boolean {
  return isIP(host) !== 0 ? !host.includes('%') : HOST.test(host);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
