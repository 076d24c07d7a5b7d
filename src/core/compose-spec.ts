// What the identity of a service is made from: two containers with equal specs are interchangeable.
import { canonicalJson } from './canonical.ts';
import {
  bindsOf,
  isJson,
  type Json,
  list,
  map,
  type ResolvedModel,
  sourcesOf,
  text,
  undoubled,
} from './compose-model.ts';
import { dependsOn } from './compose-profiles.ts';

/** Contents by absolute path: hash of a file, or of all files of a folder. Absent for what is not tracked. */
export type ContentHashes = Readonly<Record<string, string>>;

export interface SpecInputs {
  contents: ContentHashes;
  /** Values of the variables that configs and secrets are filled from at `up`. */
  variables: Readonly<Record<string, string>>;
}

/**
 * One text per service, to be hashed with a key. How many there are, what starts before it and where its image comes
 * from is left out: none of that needs a new container. Files that are copied or bound in are in by their content,
 * networks and volumes by their names, and a service whose namespace it shares by that service's own spec, since it
 * must be made anew together with it.
 */
export function serviceSpecs(model: ResolvedModel, inputs: SpecInputs): Record<string, string> {
  const specs: Record<string, string> = {};
  const specOf = (name: string, open: readonly string[]): string => {
    const service = model.services[name];
    if (service === undefined || open.includes(name)) return '';
    specs[name] ??= canonicalJson({
      version: 1,
      service: withoutScale(service),
      networks: names(model.networks, Object.keys(map(service.networks))),
      volumes: names(model.volumes, volumesOf(service)),
      configs: files(model.configs, sourcesOf(service, 'configs'), inputs),
      secrets: files(model.secrets, sourcesOf(service, 'secrets'), inputs),
      binds: bindsOf(name, service).map(({ source }) => inputs.contents[source] ?? null),
      together: boundTo(service).map((other) => specOf(other, [...open, name])),
    });
    return specs[name];
  };
  for (const name of Object.keys(model.services)) specOf(name, []);
  return specs;
}

function withoutScale(service: Json): Json {
  const {
    scale: _s,
    depends_on: _d,
    profiles: _p,
    pull_policy: _u,
    build: _b,
    develop: _w,
    deploy,
    ...rest
  } = service;
  const { replicas: _r, ...limits } = map(deploy);
  return lasting(Object.keys(limits).length === 0 ? rest : { ...rest, deploy: limits });
}

/**
 * Without what says nothing: one version of Compose prints `command: null` where the next leaves it out, and an upgrade
 * of Compose must not recreate every container. (An empty list says something: no entrypoint at all.)
 */
function lasting(value: Json): Json {
  const kept = Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    if (member === null || member === undefined) return [];
    if (Array.isArray(member)) return [[key, member.map((item) => (isJson(item) ? lasting(item) : item))]];
    if (!isJson(member)) return [[key, member]];
    const inner = lasting(member);
    return Object.keys(inner).length > 0 ? [[key, inner]] : [];
  });
  return Object.fromEntries(kept);
}

function names(all: Readonly<Record<string, Json>>, keys: readonly string[]): Json {
  return Object.fromEntries(keys.map((key) => [key, { name: all[key]?.name, external: all[key]?.external }]));
}

function volumesOf(service: Json): string[] {
  return list(service.volumes).flatMap((volume) =>
    isJson(volume) && volume.type === 'volume' ? (text(volume.source) ?? []) : [],
  );
}

function files(all: Readonly<Record<string, Json>>, keys: readonly string[], inputs: SpecInputs): Json {
  return Object.fromEntries(
    keys.map((key) => {
      const part = map(all[key]);
      const file = text(part.file);
      const variable = text(part.environment);
      return [
        key,
        {
          ...part,
          hash: file === null ? null : (inputs.contents[undoubled(file)] ?? null),
          value: variable === null ? null : (inputs.variables[variable] ?? null),
        },
      ];
    }),
  );
}

/** Services that this one cannot outlive: it joins their namespaces or volumes, or asked to be restarted with them. */
function boundTo(service: Json): string[] {
  const joined = ['network_mode', 'pid', 'ipc'].flatMap(
    (key) => /^service:(.+)$/.exec(text(service[key]) ?? '')?.[1] ?? [],
  );
  const volumes = list(service.volumes_from).flatMap((from) => {
    const [first = '', second] = (text(from) ?? '').split(':');
    return first === 'container' || second === undefined || /^r[ow]$/.test(second)
      ? first === 'container'
        ? []
        : [first]
      : [first];
  });
  const restarted = Object.entries(dependsOn(service)).flatMap(([name, condition]) =>
    condition.restart === true ? [name] : [],
  );
  return [...new Set([...joined, ...volumes, ...restarted])].sort();
}
