// What services have of their host's files, and what of that is at another path since the stack's folder moved.
import {
  bindsOf,
  doubled,
  isJson,
  type Json,
  list,
  map,
  type ResolvedModel,
  sourcesOf,
  text,
  undoubled,
} from './compose-model.ts';
import { insideOf } from './compose-relocate.ts';

export interface HostMount {
  /** `services.web.volumes[0]`, `configs.site.file` */
  at: string;
  service: string;
  /** `file`: of a config or secret, whose content counts and is tracked. */
  as: 'bind' | 'file';
  /** Its path in the container; for a config or secret what it is called. */
  target: string;
  /** Absolute. */
  source: string;
  isReadOnly: boolean;
}

export interface MovedMount extends HostMount {
  /** Absolute: where the very same was before. */
  before: string;
  /** As people write it: `./data`. */
  written: string;
}

interface Placed {
  projectDirectory: string;
  mounts: readonly HostMount[];
}

export function hostMounts(model: ResolvedModel): HostMount[] {
  return Object.entries(model.services).flatMap(([service, parts]) => [
    ...bindsOf(service, parts).map((bind): HostMount => ({ ...bind, service, as: 'bind' })),
    ...(['configs', 'secrets'] as const).flatMap((section) =>
      sourcesOf(parts, section).flatMap((key): HostMount[] => {
        const file = text(model[section][key]?.file);
        if (file === null) return [];
        const target = `${section}.${key}`;
        const source = undoubled(file);
        return [{ at: `${target}.file`, service, as: 'file', target, source, isReadOnly: true }];
      }),
    ),
  ]);
}

/**
 * Nothing where the folder is the one that it was: who writes another path there means another one. The same is what a
 * service has at the same place, or what is called the same from the folder, for services are renamed as well.
 */
export function movedMounts(was: Placed, is: Placed & { runRoot: string }): MovedMount[] {
  if (was.projectDirectory === is.projectDirectory) return [];
  return is.mounts.flatMap((mount) => {
    if (insideOf(is.runRoot, mount.source) === null) return [];
    const own = insideOf(is.projectDirectory, mount.source);
    const same = was.mounts.filter(({ as }) => as === mount.as);
    const before =
      same.find(({ service, target }) => service === mount.service && target === mount.target) ??
      same.find(({ source }) => own !== null && insideOf(was.projectDirectory, source) === own);
    if (before === undefined || before.source === mount.source) return [];
    const written = own === null ? mount.source : own === '' ? '.' : `./${own}`;
    return [{ ...mount, before: before.source, written }];
  });
}

/** What of these lies in the folder of the stack, as it would lie in another one. */
export function asFrom(
  folder: string,
  mounts: readonly HostMount[],
  { projectDirectory }: Pick<Placed, 'projectDirectory'>,
): Placed {
  const there = mounts.flatMap((mount) => {
    const own = insideOf(projectDirectory, mount.source);
    return own === null ? [] : [{ ...mount, source: own === '' ? folder : `${folder}/${own}` }];
  });
  return { projectDirectory: folder, mounts: there };
}

/** For the plan, by service: `./data is /opt/shop/data now and 1 more`. */
export function movedWords(moved: readonly MovedMount[]): Record<string, string> {
  const byService = Map.groupBy(moved, ({ service }) => service);
  return Object.fromEntries(
    [...byService].map(([service, [first, ...more]]) => [
      service,
      `${first?.written} is ${first?.source} now${more.length === 0 ? '' : ` and ${more.length} more`}`,
    ]),
  );
}

/** The file for `up` with other paths in place of these: of binds, configs and secrets, and of nothing else. */
export function withSources(file: Json, places: ReadonlyMap<string, string>): Json {
  const put = (part: unknown, key: 'source' | 'file'): unknown => {
    const there = isJson(part) ? text(part[key]) : null;
    const now = there === null ? undefined : places.get(undoubled(there));
    return now === undefined ? part : { ...map(part), [key]: doubled(now) };
  };
  const each = (parts: unknown, work: (part: unknown) => unknown): Json =>
    Object.fromEntries(Object.entries(map(parts)).map(([key, part]) => [key, work(part)]));
  const bound = (volume: unknown): unknown => (map(volume).type === 'bind' ? put(volume, 'source') : volume);
  const services = each(file.services, (service) =>
    map(service).volumes === undefined
      ? service
      : { ...map(service), volumes: list(map(service).volumes).map(bound) },
  );
  const files = (['configs', 'secrets'] as const).filter((section) => file[section] !== undefined);
  return {
    ...file,
    services,
    ...Object.fromEntries(
      files.map((section) => [section, each(file[section], (part) => put(part, 'file'))]),
    ),
  };
}
