// What the fake Compose makes of Compose files: as much of `config` as the tests of stacks need, in the real one's shape.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { ComposeFiles } from '../../src/ports/compose-runner.ts';

type Json = Record<string, unknown>;

/** Merge of maps only; no include, no extends. Throws an error whose message is what Compose would say. */
export function fakeConfig(given: ComposeFiles): Json {
  const merged = given.files.flatMap((file) => documentsOf(file, given)).reduce(merge, {});
  const services = Object.entries(map(merged.services)).filter(([, service]) =>
    isOn(map(service), given.profiles),
  );
  if (services.length === 0) throw new Error('no service selected');
  const resolved = services.map(([name, service]) => [name, serviceOf(name, map(service), given)]);
  const used = Object.fromEntries(resolved) as Record<string, Json>;
  const networks = new Set(Object.values(used).flatMap((service) => Object.keys(map(service.networks))));
  return {
    name: given.project,
    services: used,
    networks: named([...networks], map(merged.networks), given.project),
    volumes: named(
      Object.values(used).flatMap(
        (service) =>
          (service.volumes as Json[] | undefined)?.flatMap((volume) =>
            volume.type === 'volume' ? String(volume.source) : [],
          ) ?? [],
      ),
      map(merged.volumes),
      given.project,
    ),
    ...filesOf('configs', map(merged.configs), given),
    ...filesOf('secrets', map(merged.secrets), given),
  };
}

function documentsOf(file: string, given: ComposeFiles): Json[] {
  const text = readFileSync(file, 'utf8');
  return parseAllDocuments(text, { logLevel: 'silent' }).map((document) =>
    map(interpolated(document.toJS(), given)),
  );
}

function interpolated(value: unknown, given: ComposeFiles): unknown {
  if (Array.isArray(value)) return value.map((item) => interpolated(item, given));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, interpolated(member, given)]),
    );
  }
  if (typeof value !== 'string') return value;
  return value.replaceAll(
    /\$\$|\$\{(\w+)(?::-([^}]*)|:\?([^}]*))?\}/g,
    (all, name: string, otherwise: string | undefined, error: string | undefined) => {
      if (all === '$$') return '$';
      const found = given.variables[name];
      if ((found === undefined || found === '') && error !== undefined) {
        throw new Error(`error while interpolating: required variable ${name} is missing a value: ${error}`);
      }
      return found ?? otherwise ?? '';
    },
  );
}

function serviceOf(name: string, service: Json, given: ComposeFiles): Json {
  if (service.image === undefined)
    throw new Error(`service "${name}" has neither an image nor a build context specified`);
  const { env_file, environment, volumes, ports, networks, configs, secrets, depends_on, labels, ...rest } =
    service;
  const variables = { ...envFiles(env_file, given), ...pairs(environment) };
  return doubled({
    command: null,
    entrypoint: null,
    ...rest,
    ...(Object.keys(variables).length > 0 ? { environment: variables } : {}),
    ...(labels === undefined ? {} : { labels: pairs(labels) }),
    ...(service.network_mode === undefined
      ? { networks: networks === undefined ? { default: null } : keyed(networks) }
      : {}),
    ...(volumes === undefined ? {} : { volumes: list(volumes).map((volume) => mount(volume, given)) }),
    ...(ports === undefined ? {} : { ports: list(ports).map(port) }),
    ...(configs === undefined ? {} : { configs: list(configs).map((source) => ({ source })) }),
    ...(secrets === undefined ? {} : { secrets: list(secrets).map((source) => ({ source })) }),
    ...(depends_on === undefined ? {} : { depends_on: conditions(depends_on) }),
  }) as Json;
}

function envFiles(written: unknown, given: ComposeFiles): Json {
  const files = (typeof written === 'string' ? [written] : list(written)).map((entry) =>
    typeof entry === 'string' ? { path: entry } : map(entry),
  );
  return Object.assign(
    {},
    ...files.map(({ path, required }) => {
      try {
        const text = readFileSync(resolve(given.projectDirectory, String(path)), 'utf8');
        return Object.fromEntries(
          text
            .split('\n')
            .flatMap((line) =>
              line.includes('=')
                ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]]
                : [],
            ),
        );
      } catch {
        if (required === false) return {};
        throw new Error(`env file ${resolve(given.projectDirectory, String(path))} not found`);
      }
    }),
  );
}

function mount(volume: unknown, given: ComposeFiles): Json {
  if (typeof volume !== 'string') return map(volume);
  const [source = '', target = '', mode] = volume.split(':');
  const shared = { target, ...(mode === 'ro' ? { read_only: true } : {}) };
  if (!/^[./~]/.test(source)) return { type: 'volume', source, ...shared, volume: {} };
  const path = source.startsWith('~') ? source : resolve(given.projectDirectory, source);
  return { type: 'bind', source: path, ...shared, bind: { create_host_path: true } };
}

function port(entry: unknown): Json {
  const parts = String(entry).split(':');
  const [target = '', published, hostIp] = parts.reverse();
  return {
    mode: 'ingress',
    ...(hostIp === undefined ? {} : { host_ip: hostIp }),
    target: Number(target),
    ...(published === undefined ? {} : { published }),
    protocol: 'tcp',
  };
}

function filesOf(section: 'configs' | 'secrets', parts: Json, given: ComposeFiles): Json {
  const resolved = Object.entries(parts).map(([key, part]) => {
    const { file } = map(part);
    const path = typeof file === 'string' ? { file: resolve(given.projectDirectory, file) } : {};
    return [key, { name: `${given.project}_${key}`, ...map(part), ...path }];
  });
  return resolved.length === 0 ? {} : { [section]: doubled(Object.fromEntries(resolved)) };
}

function named(keys: string[], parts: Json, project: string): Json {
  return Object.fromEntries(
    [...new Set(keys)].map((key) => {
      const part = map(parts[key]);
      return [key, { name: part.external === true ? key : `${project}_${key}`, ...part }];
    }),
  );
}

function conditions(written: unknown): Json {
  const plain = { condition: 'service_started', required: true };
  if (Array.isArray(written)) return Object.fromEntries(written.map((name) => [name, plain]));
  return Object.fromEntries(
    Object.entries(map(written)).map(([name, condition]) => [name, { ...plain, ...map(condition) }]),
  );
}

function isOn(service: Json, profiles: readonly string[]): boolean {
  const own = list(service.profiles);
  return (
    own.length === 0 || profiles.includes('*') || own.some((profile) => profiles.includes(String(profile)))
  );
}

function doubled(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(doubled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, doubled(member)]));
}

function merge(a: Json, b: Json): Json {
  const result: Json = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = result[key];
    result[key] = isMap(before) && isMap(value) ? merge(before, value) : value;
  }
  return result;
}

function pairs(value: unknown): Json {
  if (!Array.isArray(value))
    return Object.fromEntries(
      Object.entries(map(value)).map(([key, member]) => [key, member === null ? null : String(member)]),
    );
  return Object.fromEntries(
    value.map((entry) => {
      const [key = '', ...rest] = String(entry).split('=');
      return [key, rest.length === 0 ? null : rest.join('=')];
    }),
  );
}

function keyed(value: unknown): Json {
  return Array.isArray(value) ? Object.fromEntries(value.map((key) => [key, null])) : map(value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function map(value: unknown): Json {
  return isMap(value) ? value : {};
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
