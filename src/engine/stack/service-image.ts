// The image of one service that is built: its name by content, and all that the engine is given for it.
import { createHash } from 'node:crypto';
import { buildEssence, builtImage } from '../../core/build/built-image.ts';
import { readDockerfile } from '../../core/build/dockerfile.ts';
import type { BuildWish } from '../../core/build/read-build.ts';
import { type Json, type ResolvedModel, text, undoubled } from '../../core/compose-model.ts';
import { joinInside } from '../../core/compose-path.ts';
import { insideOf } from '../../core/compose-relocate.ts';
import { problem } from '../../core/problem.ts';
import type { DesiredStack } from '../../model/desired.ts';
import { isFault } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { StackBuild } from '../../model/resolved.ts';
import type { ContextEntry } from '../../ports/archiver.ts';
import type { Tree } from '../../ports/tree.ts';
import type { Tracked } from './content-hash.ts';
import { writablePaths } from './contents.ts';
import { readContext } from './context.ts';
import { type Layout, stablePath } from './layout.ts';

/** All that the engine is given, but for limits and labels of ours. */
export interface ImageInput
  extends Pick<
    BuildWish,
    'args' | 'labels' | 'target' | 'network' | 'platform' | 'shmSizeBytes' | 'noCache'
  > {
  image: string;
  /** What its owner calls it as well. */
  names: string[];
  directory: string;
  entries: ContextEntry[];
  /** Path in the context. */
  dockerfile: string;
  /** In place of files of the context, or beside them. */
  texts: Record<string, string>;
  /** Names under ARG. */
  declared: string[];
}

export interface Given {
  desired: DesiredStack;
  layout: Layout;
  model: ResolvedModel;
  project: string;
}

export interface Image {
  input: ImageInput;
  tracked: Tracked;
  build: StackBuild;
}

interface Made {
  image: Image | null;
  problems: Problem[];
  notices: Problem[];
}

export async function imageOf(
  tree: Tree,
  given: Given & { name: string; service: Json; wish: BuildWish },
): Promise<Made> {
  const { desired, layout, model, project, name, service, wish } = given;
  const at = `services.${name}.build`;
  const { root, unit } = desired;
  const path = layout.source(wish.context);
  if (path === null) return refused(outside(`${at}.context`));
  const dockerfile = dockerfileOf(path, given);
  if (dockerfile === undefined) return refused(outside(`${at}.dockerfile`));
  const writable = writablePaths(model, layout);
  const leftOut = writable.filter((one) => one !== path && isBelow(path, one));
  const context = { dockerfile, leftOut };
  try {
    const read = await readContext(tree, { root, path, ...context });
    const written = read.dockerfile?.text ?? wish.inline ?? '';
    const scanned = readDockerfile(written, dockerfile ?? desired.compose[0] ?? '');
    const problems = scanned.problems.map((one) => said(one, { at, isInline: dockerfile === null }));
    if (problems.length > 0) return { image: null, problems, notices: [] };
    const place = read.dockerfile?.inside ?? BESIDE;
    const isBeside = place === BESIDE;
    const essence = buildEssence(wish, {
      for: `${unit}/${name}`,
      context: read.hash,
      dockerfile: isBeside ? written : place,
    });
    const hash = createHash('sha256').update(essence).digest('hex');
    const own = text(service.image);
    const input: ImageInput = {
      ...wish,
      image: builtImage({ project, service: name, hash }),
      names: [...new Set([...(own === null ? [] : [undoubled(own)]), ...wish.tags])],
      directory: path === '' ? root : `${root}/${path}`,
      entries: read.entries,
      dockerfile: place,
      texts: isBeside ? { [BESIDE]: written, '.dockerignore': await withBeside(tree, { root, path }) } : {},
      declared: scanned.args,
    };
    const build = {
      service: name,
      from: shown(layout.folder, path),
      files: read.entries.filter(({ type }) => type === 'file').length,
    };
    const tracked: Tracked = {
      path,
      use: 'context',
      as: 'context',
      stamp: read.stamp,
      hash: read.hash,
      context,
    };
    const isWritten = writable.some((one) => one === path || isBelow(one, path));
    return {
      image: { input, tracked, build },
      problems: [],
      notices: isWritten ? [writesItsOwn(at, build)] : leftOut.length > 0 ? [leaves(at, leftOut)] : [],
    };
  } catch (error) {
    if (!isFault(error) || error.disposition !== 'stalled') throw error;
    const { reason, message, hint } = error;
    return refused(problem({ reason, message: `${at}: ${message}`, hint, path: at }));
  }
}

/** A name that no context has; the engine leaves it out of the image by the second of the two texts. */
const BESIDE = '.tinyforge.dockerfile';

/** From the source's root; null where the Compose file has it, undefined where it leads out. */
function dockerfileOf(
  context: string,
  { wish, layout }: { wish: BuildWish; layout: Layout },
): string | null | undefined {
  if (wish.inline !== null) return null;
  if (wish.dockerfile.startsWith('/')) return layout.source(wish.dockerfile) ?? undefined;
  return joinInside(context, wish.dockerfile) ?? undefined;
}

async function withBeside(tree: Tree, { root, path }: { root: string; path: string }): Promise<string> {
  const file = path === '' ? '.dockerignore' : `${path}/.dockerignore`;
  const own = await tree.readText({ root, path: file, maxBytes: 1024 * 1024 }).then(
    (read) => `${read.text}\n`,
    (error: unknown) =>
      isFault(error) && error.reason === 'FileMissing' ? '.dockerignore\n' : Promise.reject(error),
  );
  return `${own}${BESIDE}\n`;
}

function isBelow(folder: string, path: string): boolean {
  return folder === '' ? path !== '' : path !== folder && insideOf(folder, path) !== null;
}

/** As it is written in the Compose file, or near to it. */
function shown(folder: string, path: string): string {
  const inside = stablePath(folder, path);
  return path === folder ? '.' : inside === path || !inside.startsWith('.tree/') ? `./${inside}` : path;
}

function refused(one: Problem): Made {
  return { image: null, problems: [one], notices: [] };
}

function said(one: Problem, { at, isInline }: { at: string; isInline: boolean }): Problem {
  return isInline ? { ...one, line: null, path: `${at}.dockerfile_inline` } : { ...one, path: at };
}

function outside(at: string): Problem {
  return problem({
    reason: 'PathOutsideTree',
    message: `${at}: what is not below the source is not sent to the engine.`,
    hint: 'Move it into the source, and name it by a relative path.',
    path: at,
  });
}

function writesItsOwn(at: string, { from }: StackBuild): Problem {
  return problem({
    severity: 'warning',
    reason: 'BuiltFromData',
    message: `${at}: containers may write to ${from}, and each change there is built anew.`,
    hint: 'Bind less of it, bind it with `:ro`, or name what they write in `.dockerignore`.',
  });
}

function leaves(at: string, paths: readonly string[]): Problem {
  return problem({
    severity: 'info',
    reason: 'BuiltFromData',
    message: `${at}: ${paths.slice(0, 3).join(', ')} is left out, for containers write there.`,
    hint: 'Nothing to do; `.dockerignore` can name it as well.',
  });
}
