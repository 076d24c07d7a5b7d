// What the planner needs to know of a service, read from its resolved model: numbers and names, no values.
import type { DesiredStack } from '../model/desired.ts';
import type { StackBuild, StackService } from '../model/resolved.ts';
import { endpointsOf } from './compose-endpoints.ts';
import { type Json, list, map, type ResolvedModel, text, undoubled } from './compose-model.ts';
import { dependsOn } from './compose-profiles.ts';
import { aloneBecause, fixedPort } from './compose-side-by-side.ts';
import { durationMs } from './compose-values.ts';

/** Compose's own: how long a container may take to stop before it is killed. */
const DEFAULT_STOP_GRACE_MS = 10_000;

export function stackServices(
  model: ResolvedModel,
  given: {
    specHashes: Readonly<Record<string, string>>;
    /** What the manifest says of them beside the Compose file. */
    declared: DesiredStack['services'];
    /** Those whose image is made here. */
    builds?: Readonly<Record<string, StackBuild>>;
  },
): Record<string, StackService> {
  const { specHashes, declared, builds = {} } = given;
  const routed = new Set(Object.keys(declared).filter((name) => declared[name]?.route != null));
  return Object.fromEntries(
    Object.entries(model.services).map(([name, service]) => [
      name,
      {
        specHash: specHashes[name] ?? '',
        image: undoubled(text(service.image) ?? ''),
        scale: scaleOf(service),
        oneShot: isOneShot(name, model, routed),
        hasHealthcheck: hasHealthcheck(service),
        dependsOn: Object.keys(dependsOn(service)).sort(),
        containerName: text(service.container_name),
        hostname: text(service.hostname),
        publishedPorts: publishedPorts(service),
        pullPolicy: text(service.pull_policy) ?? 'missing',
        stopGraceMs: graceMs(service),
        endpoints: endpointsOf(service, model),
        sideBySide: aloneBecause(name, model, { sharedVolumes: declared[name]?.sharedVolumes === true }),
        ports: tcpPorts(service),
        ...(Object.hasOwn(builds, name) ? { build: builds[name] } : {}),
      },
    ]),
  );
}

function scaleOf(service: Json): number {
  const written = service.scale ?? map(service.deploy).replicas;
  return typeof written === 'number' && Number.isInteger(written) && written >= 0 ? written : 1;
}

/**
 * Compose's default is `restart: no`, so its absence says nothing: a service is taken for one that ends by itself when
 * another waits for its end, or when it may end and nothing shows that it serves (ports, a check, services that need it
 * running). A web server without `restart:` is then still started again after a crash.
 */
function isOneShot(name: string, model: ResolvedModel, routed: ReadonlySet<string>): boolean {
  const service = model.services[name] ?? {};
  const conditions = Object.values(model.services).flatMap((other): Json[] => {
    const condition = dependsOn(other)[name];
    return condition === undefined ? [] : [condition];
  });
  if (conditions.some(({ condition }) => condition === 'service_completed_successfully')) return true;
  const mayEnd = /^(?:no|on-failure)(?::|$)/.test(text(service.restart) ?? 'no');
  const serves =
    list(service.ports).length > 0 || hasHealthcheck(service) || conditions.length > 0 || routed.has(name);
  return mayEnd && !serves;
}

function hasHealthcheck(service: Json): boolean {
  const check = map(service.healthcheck);
  const first = Array.isArray(check.test) ? check.test[0] : check.test;
  return first !== undefined && first !== null && first !== 'NONE' && check.disable !== true;
}

function publishedPorts(service: Json): StackService['publishedPorts'] {
  return list(service.ports).flatMap((entry) => {
    const port = map(entry);
    const published = fixedPort(port);
    if (published === null) return [];
    return [{ published, hostIp: text(port.host_ip) ?? '', protocol: text(port.protocol) ?? 'tcp' }];
  });
}

function tcpPorts(service: Json): StackService['ports'] {
  return list(service.ports).flatMap((entry) => {
    const port = map(entry);
    const target = Number(text(port.target) ?? port.target);
    if (!Number.isInteger(target) || (text(port.protocol) ?? 'tcp') !== 'tcp') return [];
    return [{ target, published: fixedPort(port) }];
  });
}

function graceMs(service: Json): number {
  const written = text(service.stop_grace_period);
  const parsed = written === null ? null : durationMs(written);
  return parsed?.ok ? parsed.value : DEFAULT_STOP_GRACE_MS;
}
