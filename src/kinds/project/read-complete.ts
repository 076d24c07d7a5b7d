// Fills in the defaults of a stage and refuses what cannot stand together.
import type { Path } from '../../core/documents.ts';
import type { Report } from '../../core/validate-report.ts';
import type { ContainerSpec } from '../../model/container-spec.ts';
import type { ManifestDocument } from '../../model/kind.ts';
import { completeHealth } from './read-health.ts';
import type { ServicePart } from './read-part.ts';

const DEFAULT_STOP_GRACE_MS = 10_000;

interface Context {
  document: ManifestDocument;
  unit: string;
  path: Path;
  report: Report;
}

/** The whole container. Its image is `repository:tag` or `repository@digest`. */
export function completeSpec(part: ServicePart, context: Context): ContainerSpec {
  refuseClashes(part, context);
  const health = completeHealth(part.health, part.port);
  if (health === 'NoPort') context.report.add([...context.path, 'healthcheck'], NO_PORT);
  return {
    image: imageText(part),
    command: part.command ?? null,
    entrypoint: part.entrypoint ?? null,
    environment: part.environment ?? {},
    labels: part.labels ?? {},
    user: part.user ?? null,
    workingDir: part.workingDir ?? null,
    hostname: part.hostname ?? null,
    ports: part.ports ?? [],
    expose: part.expose ?? [],
    mounts: part.mounts ?? [],
    files: part.files ?? [],
    trees: [],
    networks: part.networkMode !== undefined ? [] : (part.networks ?? [context.document.name]),
    networkMode: part.networkMode ?? null,
    restart: part.restart ?? { name: 'unless-stopped', maxRetries: 0 },
    stopSignal: part.stopSignal ?? null,
    stopGraceMs: part.stopGraceMs ?? DEFAULT_STOP_GRACE_MS,
    resources: { memoryBytes: null, memoryReservationBytes: null, cpus: null, pids: null, ...part.resources },
    capAdd: part.capAdd ?? [],
    capDrop: part.capDrop ?? [],
    securityOpt: part.securityOpt ?? [],
    groupAdd: part.groupAdd ?? [],
    devices: part.devices ?? [],
    extraHosts: part.extraHosts ?? [],
    dns: part.dns ?? [],
    readOnly: part.readOnly ?? false,
    init: part.init ?? false,
    privileged: part.privileged ?? false,
    pid: part.pid ?? null,
    ipc: part.ipc ?? null,
    shmSizeBytes: part.shmSizeBytes ?? null,
    ulimits: part.ulimits ?? {},
    sysctls: part.sysctls ?? {},
    logging: part.logging
      ? { driver: part.logging.driver ?? 'json-file', options: part.logging.options }
      : null,
    health: health === 'NoPort' ? { type: 'none' } : health,
  };
}

function imageText({ image, tag, digest }: ServicePart): string {
  const exact = digest ?? image?.digest ?? null;
  const named = tag ?? image?.tag ?? 'latest';
  return `${image?.repository ?? ''}${exact === null ? `:${named}` : `@${exact}`}`;
}

function refuseClashes(part: ServicePart, { unit, path, report }: Context): void {
  const fixed = part.ports?.find((port) => port.published !== null);
  if (fixed !== undefined && (part.replicas ?? 1) > 1) {
    report.add([...path, 'replicas'], {
      reason: 'Conflict',
      message: `${part.replicas} containers of ${unit} cannot share port ${fixed.published} of the host.`,
      hint: 'take the port out of `ports`, leave the host port open, or use one replica',
    });
  }
  if (part.networkMode !== undefined && part.networks !== undefined) {
    report.add([...path, 'network_mode'], {
      reason: 'Conflict',
      message: '`network_mode` and `networks` cannot stand together.',
      hint: 'keep one of them',
    });
  }
  if (part.networkMode === 'host' && part.ports !== undefined && part.ports.length > 0) {
    report.add([...path, 'ports'], {
      reason: 'Conflict',
      message: 'With `network_mode: host` all ports are the host’s already.',
      hint: 'take `ports` out',
    });
  }
  for (const [list, what] of [
    [part.mounts ?? [], 'volumes'],
    [part.files ?? [], 'secrets'],
  ] as const) {
    const twice = secondOf(list.map(({ target }) => target));
    if (twice !== undefined) {
      report.add([...path, what], {
        reason: 'Conflict',
        message: `Two entries lead to ${twice.slice(0, 80)} in the container.`,
        hint: 'keep one of them',
      });
    }
  }
}

/** The first that was there before. */
function secondOf(targets: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return targets.find((target) => seen.has(target) || !seen.add(target));
}

const NO_PORT = {
  reason: 'MissingKey',
  message: 'The check does not know which port to ask.',
  hint: 'add `port:` with the port of the container',
};
