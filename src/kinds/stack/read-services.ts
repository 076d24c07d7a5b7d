// What a stack's manifest says about its services: which of them are routed, and how.

import { BUILD_LIMITS } from '../../core/build/limits.ts';
import { byteCount, durationMs } from '../../core/compose-values.ts';
import { completeRoute, drainOf, type RouteContext } from '../../core/route/complete.ts';
import { readRouteKeys } from '../../core/route/read-keys.ts';
import type { Report } from '../../core/validate-report.ts';
import type { BuildLimits, DesiredRoute, DesiredStack } from '../../model/desired.ts';
import type { ReadSettings } from '../../model/kind.ts';
import type { StackManifest } from './schema.ts';

export function readServices(
  { name: project, services = {} }: StackManifest,
  { settings, report }: { settings: ReadSettings; report: Report },
): DesiredStack['services'] {
  const owners = new Map<string, string>();
  const read = Object.entries(services).map(([service, written]) => {
    const path = ['services', service];
    const { shared_volumes: sharedVolumes = false, drain, build, ...keys } = written;
    const part = readRouteKeys(keys, { path, report });
    const drainMs = drain && report.take([...path, 'drain'], durationMs(drain));
    const limits = build && buildLimits(build, { path: [...path, 'build'], report });
    const own = (route: DesiredRoute | null) => ({
      ...(limits === undefined ? {} : { build: limits }),
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

function buildLimits(
  { memory, timeout }: { memory?: string | number; timeout?: string },
  { path, report }: { path: string[]; report: Report },
): BuildLimits {
  const memoryBytes = memory === undefined ? null : report.take([...path, 'memory'], byteCount(memory));
  const timeoutMs = timeout === undefined ? null : report.take([...path, 'timeout'], durationMs(timeout));
  return {
    memoryBytes: memoryBytes ?? BUILD_LIMITS.memoryBytes,
    timeoutMs: timeoutMs ?? BUILD_LIMITS.timeoutMs,
  };
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
