// A route as its unit wants it: the names of its subdomains made, defaults filled in.
import type { DesiredRoute } from '../../model/desired.ts';
import type { ProxySettings, ReadSettings } from '../../model/kind.ts';
import type { ForwardOptions } from '../../model/route.ts';
import { right, wrong } from '../compose-values.ts';
import type { Path } from '../documents.ts';
import { type Named, readPattern, subdomainName } from '../subdomain.ts';
import type { Report } from '../validate-report.ts';
import { loopFault } from './loops.ts';
import type { RoutePart } from './read-keys.ts';
import { completeTls } from './read-tls.ts';

export const PLAIN_FORWARD: ForwardOptions = {
  websockets: true,
  caching: false,
  blockExploits: false,
  accessList: null,
  locations: [],
  advancedConfig: '',
};

/** Clients in the network learn of a new address at once. */
const UNROUTED_DRAIN_MS = 2_000;

export interface RouteContext {
  /** Null where no proxy is configured: names stay as they are written. */
  proxy: ProxySettings | null;
  named: Named;
  path: Path;
  report: Report;
}

export function completeRoute(part: RoutePart, context: RouteContext): DesiredRoute {
  const { proxy, path, report } = context;
  const domains = [...new Set([...ownDomains(part, context), ...subdomainOf(part, context)])].sort();
  for (const [index, { upstream }] of (part.options?.locations ?? []).entries()) {
    const loop = loopFault(upstream, { domains, proxy });
    if (loop !== null) report.add([...path, 'route', 'locations', index, 'forward'], loop);
  }
  return {
    domains,
    subdomain: part.subdomain ?? null,
    port: part.port ?? null,
    scheme: part.scheme ?? 'http',
    options: { ...PLAIN_FORWARD, ...part.options },
    tls: completeTls(part.tls, { otherwise: proxy?.tls ?? 'off', path, report }),
  };
}

/** Time for clients to leave, where the manifest does not say. */
export function drainOf(route: DesiredRoute | null, { proxy }: Pick<ReadSettings, 'proxy'>): number {
  return route === null || proxy === null ? UNROUTED_DRAIN_MS : proxy.drainMs;
}

function ownDomains({ domains = [] }: RoutePart, { proxy, path, report }: RouteContext): string[] {
  const reserved = domains.find((domain) => proxy?.reserved.includes(domain));
  if (reserved !== undefined) {
    const index = domains.indexOf(reserved);
    report.add([...path, 'domains', index], notForWorkloads(reserved));
  }
  return domains;
}

function subdomainOf({ subdomain }: RoutePart, { proxy, named, path, report }: RouteContext): string[] {
  if (subdomain === undefined || proxy === null) return [];
  const at = [...path, 'subdomain'];
  if (proxy.domain === null) {
    report.add(at, NO_DOMAIN);
    return [];
  }
  const pattern = subdomain === 'auto' ? right(proxy.subdomain) : readPattern(subdomain);
  if (!pattern.ok) return [];
  const name = report.take(at, subdomainName(pattern.value, { domain: proxy.domain, named }));
  if (name === undefined) return [];
  if (proxy.reserved.includes(name)) report.add(at, notForWorkloads(name));
  return [name];
}

/** Whoever had it would get the passwords and tokens of those who ask for it. */
function notForWorkloads(domain: string) {
  const { wrong: told } = wrong(
    'NotAllowed',
    `${domain} is a name of Tinyforge or of the proxy itself, and no workload can have it.`,
    'choose another name',
  );
  return told;
}

const NO_DOMAIN = {
  reason: 'MissingSetting',
  message: 'A subdomain is below a domain, and tinyforge.yaml names none.',
  hint: 'add `domain: example.com` under `proxy` there, or write the whole name under `domains`',
};
