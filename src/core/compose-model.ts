// The resolved model as Compose prints it, read defensively: every part may be absent or of another type.

export type Json = Readonly<Record<string, unknown>>;

export interface ResolvedModel {
  name: string;
  services: Readonly<Record<string, Json>>;
  networks: Readonly<Record<string, Json>>;
  volumes: Readonly<Record<string, Json>>;
  configs: Readonly<Record<string, Json>>;
  secrets: Readonly<Record<string, Json>>;
}

/** Null for what is no resolved model at all. Parts we do not know (`x-…`, `models`) are left behind here. */
export function readModel(json: unknown): ResolvedModel | null {
  if (!isJson(json) || !isJson(json.services)) return null;
  return {
    name: text(json.name) ?? '',
    services: maps(json.services),
    networks: maps(json.networks),
    volumes: maps(json.volumes),
    configs: maps(json.configs),
    secrets: maps(json.secrets),
  };
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function map(value: unknown): Json {
  return isJson(value) ? value : {};
}

/** Compose prints a dollar as two, for its own output is meant to be read by it again. */
export function undoubled(value: string): string {
  return value.replaceAll('$$', '$');
}

export function doubled(value: string): string {
  return value.replaceAll('$', '$$$$');
}

export interface Bind {
  /** `services.web.volumes[0]` */
  at: string;
  source: string;
  /** In the container. */
  target: string;
  isReadOnly: boolean;
}

/** All binds of a service: the host's paths that its containers see. */
export function bindsOf(name: string, service: Json): Bind[] {
  return list(service.volumes).flatMap((volume, index) => {
    const mount = map(volume);
    const source = text(mount.source);
    if (mount.type !== 'bind' || source === null) return [];
    return [
      {
        at: `services.${name}.volumes[${index}]`,
        source: undoubled(source),
        target: text(mount.target) ?? '',
        isReadOnly: mount.read_only === true,
      },
    ];
  });
}

/** The device of a volume that is mounted from somewhere: a host path, `:/export`, `//server/share`. */
export function deviceOf(volume: Json): string | null {
  const device = text(map(volume.driver_opts).device);
  return device === null || device === '' ? null : undoubled(device);
}

/** The names under `configs:` or `secrets:` of a service. */
export function sourcesOf(service: Json, section: 'configs' | 'secrets'): string[] {
  return list(service[section]).flatMap((entry) => text(isJson(entry) ? entry.source : entry) ?? []);
}

function maps(value: unknown): Record<string, Json> {
  return Object.fromEntries(Object.entries(map(value)).map(([key, member]) => [key, map(member)]));
}
