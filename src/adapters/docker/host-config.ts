// The half of a create body that says what the container gets from its host: ports, mounts, limits, rights.
import type { ContainerSpec, Mount } from '../../model/container-spec.ts';
import { isOlder } from './api-version.ts';

/** Engine API `HostConfig`; parts that the spec leaves open are left out, so that the engine's defaults hold. */
export function hostConfig(
  spec: ContainerSpec,
  options: { apiVersion: string; networkMode: string | null; publishForProbe: number | null },
): Record<string, unknown> {
  // Engines before API 1.42 create a missing bind source only for the old notation.
  const oldBinds = isOlder(options.apiVersion, '1.42');
  const mounts = oldBinds ? spec.mounts.filter((mount) => mount.type !== 'bind') : spec.mounts;
  return present({
    NetworkMode: options.networkMode,
    PortBindings: portBindings(spec, options.publishForProbe),
    Mounts: mounts.map(mountOf),
    Binds: oldBinds ? spec.mounts.filter((mount) => mount.type === 'bind').map(bindOf) : null,
    RestartPolicy: {
      Name: spec.restart.name,
      MaximumRetryCount: spec.restart.name === 'on-failure' ? spec.restart.maxRetries : 0,
    },
    ...resources(spec),
    CapAdd: spec.capAdd,
    CapDrop: spec.capDrop,
    SecurityOpt: spec.securityOpt,
    GroupAdd: spec.groupAdd,
    Devices: spec.devices.map(deviceOf),
    // Compose also takes `name=address`, the engine only a colon.
    ExtraHosts: spec.extraHosts.map((host) => host.replace('=', ':')),
    Dns: spec.dns,
    ReadonlyRootfs: spec.readOnly,
    // Null leaves the engine's own default; `false` would overrule it.
    Init: spec.init ? true : null,
    Privileged: spec.privileged,
    PidMode: spec.pid,
    IpcMode: spec.ipc,
    ShmSize: spec.shmSizeBytes,
    Sysctls: spec.sysctls,
    LogConfig: spec.logging && { Type: spec.logging.driver, Config: spec.logging.options },
  });
}

function resources({ resources: limits, ulimits }: ContainerSpec): Record<string, unknown> {
  return {
    Memory: limits.memoryBytes,
    MemoryReservation: limits.memoryReservationBytes,
    NanoCpus: limits.cpus === null ? null : Math.round(limits.cpus * 1e9),
    PidsLimit: limits.pids,
    Ulimits: Object.entries(ulimits).map(([Name, { soft, hard }]) => ({ Name, Soft: soft, Hard: hard })),
  };
}

type Binding = { HostIp: string; HostPort: string };

function portBindings(spec: ContainerSpec, publishForProbe: number | null): Record<string, Binding[]> {
  const bindings: Record<string, Binding[]> = {};
  const bind = (port: string, binding: Binding) => {
    bindings[port] = [...(bindings[port] ?? []), binding];
  };
  for (const port of spec.ports) {
    const published = port.published === null ? '' : `${port.published}`;
    bind(`${port.target}/${port.protocol}`, { HostIp: port.hostIp, HostPort: published });
  }
  // A port of the engine's choice, on loopback alone: two generations never meet, and nobody outside sees it.
  if (publishForProbe !== null) bind(`${publishForProbe}/tcp`, { HostIp: '127.0.0.1', HostPort: '' });
  return bindings;
}

function mountOf(mount: Mount): Record<string, unknown> {
  const common = { Type: mount.type, Target: mount.target, ReadOnly: mount.readOnly };
  if (mount.type === 'tmpfs') return common;
  const named = mount.source === '' ? common : { ...common, Source: mount.source };
  return mount.type === 'bind' ? { ...named, BindOptions: { CreateMountpoint: true } } : named;
}

function bindOf(mount: Mount): string {
  return `${mount.source}:${mount.target}${mount.readOnly ? ':ro' : ''}`;
}

/** `/dev/fuse`, `/dev/sda:/dev/xvda`, `/dev/sda:/dev/xvda:r`. */
function deviceOf(device: string): Record<string, string> {
  const [onHost = '', inside = onHost, rights = 'rwm'] = device.split(':');
  return { PathOnHost: onHost, PathInContainer: inside, CgroupPermissions: rights };
}

/** Leaves out what is null, an empty list or an empty object. */
export function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== null && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
    ),
  );
}
