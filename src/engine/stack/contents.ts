// Hashes what a stack's containers see of its own files, so that a changed config file makes a new container.
import {
  bindsOf,
  deviceOf,
  type ResolvedModel,
  sourcesOf,
  text,
  undoubled,
} from '../../core/compose-model.ts';
import { type HostMount, hostMounts } from '../../core/compose-mounts.ts';
import { insideOf } from '../../core/compose-relocate.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { Problem } from '../../model/problem.ts';
import type { Tree } from '../../ports/tree.ts';
import { hashContent, type Tracked } from './content-hash.ts';
import type { Layout } from './layout.ts';

export interface Contents {
  tracked: Tracked[];
  problems: Problem[];
  /** Binds that lie in the stack's own tree, as paths below the layout's `runRoot`. */
  binds: OwnBind[];
  /** All that its services have of the host, with the service that has it. */
  mounts: HostMount[];
  /** Paths from the source's root that containers may write to: never hashed, never healed. */
  writable: string[];
  /** Paths from the source's root that containers see. */
  used: string[];
}

export interface OwnBind {
  /** `services.web.volumes[0]` */
  at: string;
  path: string;
}

interface Inside {
  at: string;
  /** From the source's root. */
  path: string;
  isReadOnly: boolean;
}

/**
 * Counted are: files of configs and secrets, and binds with `:ro` that lie in the stack's own folder (for git: anywhere
 * in the source) and are no larger than 200 files and 5 MiB. Whether a file is tracked by git cannot be known for a
 * plain directory, so read-only stands for it. Never counted: what any service may write to, or anything above or below
 * such a path, for a database's folder changes each second. A folder that holds links is not counted either.
 */
export async function stackContents(
  tree: Tree,
  desired: Pick<DesiredStack, 'root' | 'inPlace'>,
  given: { model: ResolvedModel; layout: Layout; missing: ReadonlyMap<string, Problem> },
): Promise<Contents> {
  const { model, layout, missing } = given;
  const inside = bindsInside(model, layout);
  const writable = writablePaths(model, layout);
  const files = filesOf(model, layout);
  const problems = files.flatMap((path) => missing.get(path) ?? []);
  const folders = inside
    .filter((bind) => bind.isReadOnly && !writable.some((other) => overlap(other, bind.path)))
    .map(({ path }) => path)
    .filter((path) => !desired.inPlace || insideOf(layout.folder, path) !== null || layout.folder === '');
  const tracked: Tracked[] = [];
  const { root } = desired;
  for (const path of new Set(files)) {
    if (!missing.has(path)) tracked.push(await hashContent(tree, { root, path, use: 'content' }));
  }
  for (const path of new Set(folders)) {
    if (!files.includes(path)) tracked.push(await hashContent(tree, { root, path, use: 'bind' }));
  }
  return {
    tracked,
    problems,
    binds: ownBinds(model, layout),
    mounts: hostMounts(model),
    writable,
    used: [...new Set([...inside.map(({ path }) => path), ...files])].sort(),
  };
}

/** Paths from the source's root that containers may write to. */
export function writablePaths(model: ResolvedModel, layout: Layout): string[] {
  const binds = bindsInside(model, layout).filter((bind) => !bind.isReadOnly);
  return [...new Set(binds.map(({ path }) => path))].sort();
}

/** Hash by absolute path, as the resolved model names it. */
export function hashesByTarget(tracked: readonly Tracked[], layout: Layout): Record<string, string> {
  return Object.fromEntries(
    tracked.flatMap(({ path, hash }) => (hash === null ? [] : [[layout.target(path), hash]])),
  );
}

/** Binds of services, and volumes that are binds in disguise. */
export function ownBinds(model: ResolvedModel, { runRoot }: Pick<Layout, 'runRoot'>): OwnBind[] {
  const binds = Object.entries(model.services).flatMap(([name, service]) => bindsOf(name, service));
  const devices = Object.entries(model.volumes).flatMap(([key, volume]) => {
    const source = deviceOf(volume);
    return source === null ? [] : [{ at: `volumes.${key}.driver_opts.device`, source }];
  });
  return [...binds, ...devices].flatMap(({ at, source }) => {
    const path = insideOf(runRoot, source);
    return path === null ? [] : [{ at, path }];
  });
}

function bindsInside(model: ResolvedModel, layout: Layout): Inside[] {
  return Object.entries(model.services).flatMap(([name, service]) =>
    bindsOf(name, service).flatMap(({ at, source, isReadOnly }) => {
      const path = layout.source(source);
      return path === null ? [] : [{ at, path, isReadOnly }];
    }),
  );
}

/** Files of configs and secrets that some service takes. */
function filesOf(model: ResolvedModel, layout: Layout): string[] {
  const found = Object.values(model.services).flatMap((service) =>
    (['configs', 'secrets'] as const).flatMap((section) =>
      sourcesOf(service, section).flatMap((key) => {
        const file = text(model[section][key]?.file);
        return file === null ? [] : (layout.source(undoubled(file)) ?? []);
      }),
    ),
  );
  return [...new Set(found)].sort();
}

function overlap(a: string, b: string): boolean {
  return a === '' || b === '' || insideOf(a, b) !== null || insideOf(b, a) !== null;
}
