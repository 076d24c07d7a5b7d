// Moves the paths of a resolved model from the private copy that Compose read to where the stack really runs.

import type { Problem } from '../model/problem.ts';
import { doubled, isJson, type ResolvedModel, undoubled } from './compose-model.ts';
import { problem } from './problem.ts';

/** Folder below the run directory that Compose is given as HOME: a path that begins there was written with `~`. */
export const NO_HOME = 'no-home';

export interface Relocation {
  /** The copy mirrors the host below this folder: `<copy>/opt/stacks/a.yaml` stands for /opt/stacks/a.yaml. */
  copy: string;
  /** Folder of ours below which Compose has its home. */
  runDirectory: string;
  /** The source's root, as it is on the host. */
  root: string;
  /** Where a path from the root is when the stack runs. */
  target(path: string): string;
}

/** Every text of the model is looked at, so that no field with a path is forgotten. */
export function relocate(
  model: ResolvedModel,
  relocation: Relocation,
): { model: ResolvedModel; problems: Problem[] } {
  const problems: Problem[] = [];
  const walk = (value: unknown, at: string): unknown => {
    if (typeof value === 'string') return moved(value, at, { relocation, problems });
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${at}[${index}]`));
    if (!isJson(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, walk(member, at === '' ? key : `${at}.${key}`)]),
    );
  };
  return { model: walk(model, '') as ResolvedModel, problems };
}

function moved(
  value: string,
  at: string,
  { relocation, problems }: { relocation: Relocation; problems: Problem[] },
): string {
  const { copy, runDirectory, root } = relocation;
  const path = undoubled(value);
  const belowHome = homeRest(path, runDirectory);
  if (belowHome !== null) {
    problems.push(leads(at, `~${belowHome}`, "`~` is the controller's home, not yours"));
    return value;
  }
  if (path !== copy && !path.startsWith(`${copy}/`)) {
    // Somewhere inside a text: the path of a profile, or something that we do not know.
    if (path.includes(`${copy}/`))
      problems.push(leads(at, path.replaceAll(copy, ''), 'the path cannot be told from others'));
    return value;
  }
  const real = path.slice(copy.length) || '/';
  const inside = insideOf(root, real);
  if (inside !== null) return doubled(relocation.target(inside));
  problems.push(leads(at, real, "a relative path leaves the source's folder"));
  return value;
}

/** What stood after `~`; null for other paths. Each engine's Compose may have a home of its own below the run directory. */
function homeRest(path: string, runDirectory: string): string | null {
  const inside = insideOf(runDirectory, path);
  const found = inside === null ? null : HOME_INSIDE.exec(inside);
  return found === null ? null : (found[1] ?? '');
}

const HOME_INSIDE = new RegExp(`^(?:[^/]+/)?${NO_HOME}(/.*)?$`);

/** The path from the root, '' for the root itself; null for what is not below it. */
export function insideOf(root: string, path: string): string | null {
  const base = root.endsWith('/') ? root : `${root}/`;
  if (path === root || `${path}/` === base) return '';
  return path.startsWith(base) ? path.slice(base.length) : null;
}

function leads(at: string, path: string, why: string): Problem {
  return problem({
    reason: 'PathOutsideTree',
    message: `${at} "${path.slice(0, 60)}": ${why}.`,
    hint: 'Write an absolute path for a folder of the host, or a relative one below the source.',
    path: at,
  });
}
