// The keys of a route on one level of a manifest, read; what is not said is absent.
import type { ForwardOptions, RouteLocation } from '../../model/route.ts';
import { given } from '../compose-values-named.ts';
import type { Path } from '../documents.ts';
import type { WrittenRoute } from '../schema-route.ts';
import { readPattern } from '../subdomain.ts';
import type { Report } from '../validate-report.ts';
import { forwardAddress } from './forward-address.ts';
import { readTls, type TlsPart } from './read-tls.ts';

export interface RoutePart {
  /** Lower case. */
  domains?: string[];
  /** As written: a name, a pattern or `auto`. */
  subdomain?: string;
  port?: number;
  scheme?: 'http' | 'https';
  tls?: TlsPart;
  options?: Partial<ForwardOptions>;
}

export function readRouteKeys(
  written: WrittenRoute,
  { path, report }: { path: Path; report: Report },
): RoutePart {
  const { domains, subdomain, port, scheme, tls, route } = written;
  if (subdomain !== undefined && subdomain !== 'auto')
    report.take([...path, 'subdomain'], readPattern(subdomain));
  return given<RoutePart>({
    domains: domains?.map((domain) => domain.toLowerCase()),
    subdomain,
    port,
    scheme,
    tls: tls === undefined ? undefined : readTls(tls, { path: [...path, 'tls'], report }),
    options: route === undefined ? undefined : readOptions(route, { path: [...path, 'route'], report }),
  });
}

export function readOptions(
  route: NonNullable<WrittenRoute['route']>,
  { path, report }: { path: Path; report: Report },
): Partial<ForwardOptions> {
  const locations = route.locations?.flatMap((entry, index): RouteLocation[] => {
    const to = report.take([...path, 'locations', index, 'forward'], forwardAddress(entry.forward));
    if (to === undefined) return [];
    return [
      {
        path: entry.path,
        upstream: to.upstream,
        forwardPath: to.path,
        advancedConfig: entry.advanced_config ?? '',
      },
    ];
  });
  const twice = locations?.findIndex(({ path: at }, index) =>
    locations.slice(0, index).some((other) => other.path === at),
  );
  if (twice !== undefined && twice > 0) report.add([...path, 'locations', twice, 'path'], PATH_TWICE);
  return given<Partial<ForwardOptions>>({
    websockets: route.websockets,
    caching: route.caching,
    blockExploits: route.block_exploits,
    accessList: route.access_list,
    locations,
    advancedConfig: route.advanced_config,
  });
}

const PATH_TWICE = {
  reason: 'Conflict',
  message: 'This path leads elsewhere already, by an entry before this one.',
  hint: 'keep one of them',
};
