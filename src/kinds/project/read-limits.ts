// Reads what a container may do and use: rights, limits, hosts and logging.
import { byteCount } from '../../core/compose-values.ts';
import { given, namedTexts } from '../../core/compose-values-named.ts';
import type { ContainerSpec } from '../../model/container-spec.ts';
import type { Level, ServicePart } from './read-part.ts';
import type { StageManifest } from './schema.ts';

export function readLimits(stage: StageManifest, level: Level): ServicePart {
  const { path, report } = level;
  return given<ServicePart>({
    restart: readRestart(stage.restart),
    resources: readResources(stage, level),
    capAdd: stage.cap_add?.map(capability),
    capDrop: stage.cap_drop?.map(capability),
    securityOpt: stage.security_opt,
    groupAdd: stage.group_add?.map(String),
    devices: stage.devices,
    extraHosts: readHosts(stage.extra_hosts),
    dns: typeof stage.dns === 'string' ? [stage.dns] : stage.dns,
    readOnly: stage.read_only,
    init: stage.init,
    privileged: stage.privileged,
    pid: stage.pid,
    ipc: stage.ipc,
    shmSizeBytes:
      stage.shm_size === undefined
        ? undefined
        : report.take([...path, 'shm_size'], byteCount(stage.shm_size)),
    ulimits: readUlimits(stage.ulimits),
    sysctls: namedTexts(stage.sysctls, { ...level, path: [...path, 'sysctls'] }),
    logging: readLogging(stage, level),
  });
}

function readRestart(written: string | undefined): ContainerSpec['restart'] | undefined {
  if (written === undefined) return undefined;
  const [name, retries] = written.split(':');
  return { name: name as ContainerSpec['restart']['name'], maxRetries: Number(retries ?? 0) };
}

function readResources(stage: StageManifest, { path, report }: Level): ServicePart['resources'] {
  const { limits, reservations } = stage.deploy?.resources ?? {};
  if (limits === undefined && reservations === undefined) return undefined;
  const at = [...path, 'deploy', 'resources'];
  const size = (value: string | number | undefined, key: string) =>
    value === undefined ? undefined : report.take([...at, key, 'memory'], byteCount(value));
  return given<Partial<ContainerSpec['resources']>>({
    memoryBytes: size(limits?.memory, 'limits'),
    memoryReservationBytes: size(reservations?.memory, 'reservations'),
    cpus: limits?.cpus === undefined ? undefined : Number(limits.cpus),
    pids: limits?.pids,
  });
}

/** Docker takes `CAP_NET_ADMIN` and `NET_ADMIN` for one; we write it one way, so that equal means equal. */
function capability(written: string): string {
  return written.toUpperCase().replace(/^CAP_/, '');
}

/** `name:address`, from either of Compose's forms (`name=address`, or a map). */
function readHosts(hosts: StageManifest['extra_hosts']): string[] | undefined {
  if (hosts === undefined) return undefined;
  if (Array.isArray(hosts)) return hosts.map((host) => host.replace(/^([^:=]+)=/, '$1:'));
  return Object.entries(hosts).map(([name, address]) => `${name}:${address}`);
}

function readUlimits(ulimits: StageManifest['ulimits']): ServicePart['ulimits'] {
  if (ulimits === undefined) return undefined;
  const entries = Object.entries(ulimits).map(([name, limit]) => [
    name,
    typeof limit === 'number' ? { soft: limit, hard: limit } : limit,
  ]);
  return Object.fromEntries(entries);
}

function readLogging(stage: StageManifest, level: Level): ServicePart['logging'] {
  if (stage.logging === undefined) return undefined;
  const at = { ...level, path: [...level.path, 'logging', 'options'] };
  const options = namedTexts(stage.logging.options, at) ?? {};
  return { ...(stage.logging.driver === undefined ? {} : { driver: stage.logging.driver }), options };
}
