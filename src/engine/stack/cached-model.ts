// The cached result of a resolution: hashes and names, never a value, beside the stamps of all that it was made from.
import { canonicalJson } from '../../core/canonical.ts';
import type { HostMount } from '../../core/compose-mounts.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { StackModel } from '../../model/resolved.ts';
import type { Built } from './build.ts';
import { stampOf, type Tracked } from './content-hash.ts';
import type { OwnBind } from './contents.ts';
import type { Layout } from './layout.ts';
import { wish } from './resolution.ts';
import type { Uses } from './stable-files.ts';
import type { Gathered, StackDeps, Watched } from './types.ts';

export interface CachedModel {
  /** Over the wish, the secrets, the version of Compose and the controller. */
  wishKey: string;
  /** Over all that Compose's answer depends on. */
  inputsKey: string;
  /** Files that were read or looked for, by path from the source's root. */
  watched: Watched[];
  tracked: Tracked[];
  binds: OwnBind[];
  mounts: HostMount[];
  uses: Uses;
  secrets: string[];
  model: Omit<StackModel, 'pendingFiles' | 'good' | 'stoppedByUs'>;
  referenced: string[];
}

export interface ModelCache {
  get(unit: string): CachedModel | null;
  set(unit: string, entry: CachedModel): void;
  forget(unit: string): void;
}

const FORMAT = 7;

/** Parsed once per process: a pass over a hundred stacks must not parse a hundred texts. */
export function createModelCache({ store }: Pick<StackDeps, 'store'>): ModelCache {
  const parsed = new Map<string, CachedModel>();
  return {
    get(unit) {
      const known = parsed.get(unit);
      if (known !== undefined) return known;
      const text = store.cacheGet(keyOf(unit));
      const entry = text === null ? null : parse(text);
      if (entry !== null) parsed.set(unit, entry);
      return entry;
    },
    set(unit, entry) {
      parsed.set(unit, entry);
      store.cacheSet(keyOf(unit), JSON.stringify({ format: FORMAT, ...entry }));
    },
    forget(unit) {
      parsed.delete(unit);
      store.cacheKeep(keyOf(unit), []);
    },
  };
}

function keyOf(unit: string): string {
  return `stack/${unit}/model`;
}

function parse(text: string): CachedModel | null {
  try {
    const entry = JSON.parse(text) as CachedModel & { format?: number };
    return entry.format === FORMAT ? entry : null;
  } catch {
    return null;
  }
}

/** The half of the key for which no file is looked at. The checkout is in it: stamps are of one tree. */
export function wishKey(
  deps: Pick<StackDeps, 'control' | 'controller' | 'secrets'>,
  given: { desired: DesiredStack; secrets: readonly string[]; version: string },
): string {
  const { desired, secrets, version } = given;
  const values = secrets.map((name) => [name, deps.secrets.get(name)]);
  const { controller } = deps;
  const text = canonicalJson({ ...wish(desired), root: desired.root, version, controller, values });
  return deps.control.fingerprint(`stack-wish:${desired.unit}`, text);
}

/** True when nothing that was looked at has changed since. */
export async function isUnchanged(
  { tree }: Pick<StackDeps, 'tree'>,
  root: string,
  { watched, tracked }: CachedModel,
): Promise<boolean> {
  for (const entry of [...watched, ...tracked]) {
    if ((await stampOf(tree, root, entry)) !== entry.stamp) return false;
  }
  return true;
}

/** What of a result is kept: nothing with a value in it. */
export function cachedParts(
  built: Built,
  { layout, gathered }: { layout: Layout; gathered: Gathered },
): Pick<CachedModel, 'tracked' | 'binds' | 'mounts' | 'uses' | 'model' | 'referenced'> {
  const { hash, project, services, externalNetworks, externalVolumes, contents, notices, composeVersion } =
    built;
  const contexts = contents.tracked.flatMap(({ use, path }) => (use === 'context' ? path : []));
  return {
    tracked: contents.tracked,
    binds: contents.binds,
    mounts: contents.mounts,
    uses: { used: contents.used, writable: contents.writable, contexts },
    model: {
      hash,
      project,
      projectDirectory: layout.projectDirectory,
      services,
      externalNetworks,
      externalVolumes,
      notices: [...gathered.notices, ...notices],
      ...(composeVersion === undefined ? {} : { composeVersion }),
    },
    referenced: [...new Set([...gathered.referenced, ...contents.tracked.map(({ path }) => path)])].sort(),
  };
}
