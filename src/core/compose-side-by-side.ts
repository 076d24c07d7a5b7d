// Whether two generations of a service may run side by side for a while, as its resolved model says.
import { type Json, list, map, type ResolvedModel, text } from './compose-model.ts';

/** Why they may not, as a part of a sentence; null where they may. */
export function aloneBecause(
  name: string,
  model: ResolvedModel,
  { sharedVolumes }: { sharedVolumes: boolean },
): string | null {
  const service = model.services[name] ?? {};
  const containerName = text(service.container_name);
  if (containerName !== null) return `the name ${containerName} can be held by one only`;
  const mode = text(service.network_mode);
  if (mode !== null) return `network_mode ${mode} shares its ports`;
  const port = list(service.ports).flatMap((entry) => fixedPort(map(entry)) ?? [])[0];
  if (port !== undefined) return `port ${port} of the host can be held by one only`;
  const address = Object.values(map(service.networks)).flatMap(
    (endpoint) => text(map(endpoint).ipv4_address) ?? text(map(endpoint).ipv6_address) ?? [],
  )[0];
  if (address !== undefined) return `the address ${address} can be held by one only`;
  for (const key of ['pid', 'ipc'])
    if (/^(?:service|container):/.test(text(service[key]) ?? '')) return `${key} is another one's`;
  const guest = Object.keys(model.services).find((other) => isBoundTo(model.services[other] ?? {}, name));
  if (guest !== undefined) return `${guest} lives in its namespaces or volumes`;
  if (sharedVolumes) return null;
  if (list(service.volumes_from).length > 0) return 'it writes to the volumes of another one';
  const mount = list(service.volumes).map(map).find(isWritable);
  return mount === undefined
    ? null
    : `${mount.type === 'bind' ? 'folder' : 'volume'} ${text(mount.source)} has one writer`;
}

/** Null where the engine chooses: a range ("8000-8010") is no single port that can be said to be taken. */
export function fixedPort({ published }: Json): number | null {
  const port = Number(text(published) ?? published);
  return Number.isInteger(port) && port > 0 ? port : null;
}

/** A volume without a name is each container's own. */
function isWritable({ type, source, read_only: readOnly }: Json): boolean {
  return type !== 'tmpfs' && type !== 'image' && readOnly !== true && (text(source) ?? '') !== '';
}

function isBoundTo(service: Json, name: string): boolean {
  const joined = ['network_mode', 'pid', 'ipc'].some((key) => text(service[key]) === `service:${name}`);
  return joined || list(service.volumes_from).some((from) => (text(from) ?? '').split(':')[0] === name);
}
