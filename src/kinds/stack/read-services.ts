// What a stack's manifest says about its services: which of them are routed, and how.

import { durationMs } from '../../core/compose-values.ts';
import { completeRoute, drainOf, type RouteContext } from '../../core/route/complete.ts';
import { readRouteKeys } from '../../core/route/read-keys.ts';
import type { Report } from '../../core/validate-report.ts';
import type { DesiredRoute, DesiredStack } from '../../model/desired.ts';
import type { ReadSettings } from '../../model/kind.ts';
import type { StackManifest } from './schema.ts';

export function readServices(
  { name: project, services = {} }: StackManifest,
  { settings, report }: { settings: ReadSettings; report: Report },
): DesiredStack['services'] {
  const owners = new Map<string, string>();
  const read = Object.entries(services).map(([service, written]) => {
    const path = ['services', service];
    const { shared_volumes: sharedVolumes = false, drain, ...keys } = written;
    const part = readRouteKeys(keys, { path, report });
    const drainMs = drain && report.take([...path, 'drain'], durationMs(drain));
    const own = (route: DesiredRoute | null) => ({
      route,
      // Following the digests of a stack's images belongs to a later version.
      follow: null,
      sharedVolumes,
      drainMs: typeof drainMs === 'number' ? drainMs : drainOf(route, settings),
    });
    const named = { project, stage: '', name: hostName(service) };
    const context: RouteContext = { proxy: settings.proxy, named, path, report };
    if (Object.keys(part).length === 0) return [service, own(null)] as const;
    const route = completeRoute(part, context);
    for (const domain of route.domains) {
      const owner = owners.get(domain);
      if (owner === undefined) owners.set(domain, service);
      else report.add(path, taken(domain, { owner, service }));
    }
    return [service, own(route)] as const;
  });
  return Object.fromEntries(read);
}

/** Compose allows names that no host can have. */
function hostName(service: string): string {
  return service.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function taken(domain: string, { owner, service }: { owner: string; service: string }) {
  return {
    reason: 'ClaimedTwice',
    message: `The domain ${domain} leads to ${owner} already; ${service} claims it too.`,
    hint: 'a domain leads to one service: take it out of one of the two',
  };
}
