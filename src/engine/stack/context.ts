// Reads what an image is built from: the files of its context, without those that `.dockerignore` leaves out.
import { createHash } from 'node:crypto';
import { IGNORES_NOTHING, type IgnoreRules, readDockerignore } from '../../core/build/dockerignore.ts';
import { joinInside } from '../../core/compose-path.ts';
import { insideOf } from '../../core/compose-relocate.ts';
import { TREE_LIMITS, type TreeLimits } from '../../core/tree-limits.ts';
import { fault, isFault } from '../../model/errors.ts';
import type { ContextEntry } from '../../ports/archiver.ts';
import type { Tree, TreeEntry } from '../../ports/tree.ts';

export interface ContextPlace {
  /** Absolute root of the source. */
  root: string;
  /** The context, from the root. */
  path: string;
  /** From the root; null where the Compose file has its text. */
  dockerfile: string | null;
  /** From the root: what containers write to is their data, and is in no image. */
  leftOut: readonly string[];
  /** Of what is sent; what is more is refused before any of it is read. */
  limits?: TreeLimits;
}

const MAX_TEXT_BYTES = 1024 * 1024;

/** Changes whenever the content may have changed. Throws a fault for what cannot be built from. */
export async function contextStamp(tree: Tree, place: ContextPlace): Promise<string> {
  return stampOf(await listed(tree, place));
}

export interface ReadContext {
  stamp: string;
  /** Over all that is sent, and the Dockerfile wherever it is. */
  hash: string;
  entries: ContextEntry[];
  /** Its path in the context, null where it lies elsewhere; and null for all where it is no file. */
  dockerfile: { text: string; inside: string | null } | null;
}

/** The same with all files read once. Links that lead out of the context, devices and the like are refused by their path. */
export async function readContext(tree: Tree, place: ContextPlace): Promise<ReadContext> {
  const { root, path } = place;
  const found = await listed(tree, place);
  const dockerfile =
    place.dockerfile === null
      ? null
      : {
          text: (await tree.readText({ root, path: place.dockerfile, maxBytes: MAX_TEXT_BYTES })).text,
          inside: insideContext(path, place.dockerfile),
        };
  const entries: ContextEntry[] = [];
  const whole = createHash('sha256');
  for (const entry of found.entries) {
    const made = await contextEntry(tree, place, entry);
    entries.push(made);
    whole.update(
      `${made.path}\0${made.type}\0${made.isProgram ? 'x' : '-'}\0${made.target ?? made.hash ?? ''}\0`,
    );
  }
  if (dockerfile?.inside === null) whole.update(dockerfile.text);
  return { stamp: stampOf(found), hash: whole.digest('hex'), entries, dockerfile };
}

/** Null for what is not in the context. */
function insideContext(context: string, path: string): string | null {
  return context === '' ? path : insideOf(context, path);
}

interface Listed {
  entries: TreeEntry[];
  /** Of files beside the context that say what it is. */
  beside: string[];
}

async function listed(
  tree: Tree,
  { root, path, dockerfile, leftOut, limits = TREE_LIMITS }: ContextPlace,
): Promise<Listed> {
  const inside = dockerfile === null ? null : insideContext(path, dockerfile);
  const { rules, stamp } = await rulesOf(tree, { root, path, dockerfile });
  const leaves = leftOut.flatMap((one) => insideContext(path, one) ?? []);
  const always = new Set(['.dockerignore', ...(inside === null ? [] : [inside])]);
  const entries = await tree.list({
    root,
    path,
    ...limits,
    withLinks: true,
    pick(one, type) {
      if (leaves.some((left) => left !== '' && insideOf(left, one) !== null)) return false;
      if (always.has(one) || !rules.ignores(one)) return true;
      return (
        type === 'directory' &&
        (rules.mayTakeIn(one) || [...always].some((kept) => kept.startsWith(`${one}/`)))
      );
    },
  });
  return {
    entries: entries.filter(
      (one) =>
        one.type !== 'directory' ||
        !rules.ignores(one.path) ||
        entries.some((other) => other.type !== 'directory' && other.path.startsWith(`${one.path}/`)),
    ),
    beside: [stamp, inside === null && dockerfile !== null ? await stampAt(tree, root, dockerfile) : ''],
  };
}

/** As BuildKit has it: the one named after the Dockerfile counts, where there is one. */
async function rulesOf(
  tree: Tree,
  { root, path, dockerfile }: Pick<ContextPlace, 'root' | 'path' | 'dockerfile'>,
): Promise<{ rules: IgnoreRules; stamp: string }> {
  const general = path === '' ? '.dockerignore' : `${path}/.dockerignore`;
  const names = dockerfile === null ? [general] : [`${dockerfile}.dockerignore`, general];
  for (const name of names) {
    try {
      const { text, stamp } = await tree.readText({ root, path: name, maxBytes: MAX_TEXT_BYTES });
      return { rules: readDockerignore(text), stamp: `${name} ${stamp}` };
    } catch (error) {
      if (!isFault(error) || error.reason !== 'FileMissing') throw error;
    }
  }
  return { rules: IGNORES_NOTHING, stamp: '' };
}

async function stampAt(tree: Tree, root: string, path: string): Promise<string> {
  return (await tree.stamp({ root, path })) ?? 'missing';
}

function stampOf({ entries, beside }: Listed): string {
  const hash = createHash('sha256');
  for (const one of beside) hash.update(`${one}\0`);
  // A folder's own stamp moves with files that are ignored.
  for (const { path, type, mode, stamp } of entries)
    hash.update(`${path}\0${type === 'directory' ? type : `${mode} ${stamp}`}\0`);
  return hash.digest('hex');
}

async function contextEntry(
  tree: Tree,
  { root, path }: ContextPlace,
  { path: name, type, mode, size, target }: TreeEntry,
): Promise<ContextEntry> {
  const isProgram = type === 'file' && (mode & 0o111) !== 0;
  if (type === 'directory') return { path: name, type, isProgram, size: 0 };
  if (type === 'link') {
    const leads = target ?? '';
    const folder = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '';
    if (leads.startsWith('/') || joinInside(folder, leads) === null) throw leadsOut(name);
    return { path: name, type, isProgram, size: 0, target: leads };
  }
  const hash = createHash('sha256');
  const file = path === '' ? name : `${path}/${name}`;
  for await (const chunk of await tree.open({ root, path: file })) hash.update(chunk as Buffer);
  return { path: name, type, isProgram, size, hash: hash.digest('hex') };
}

function leadsOut(path: string) {
  return fault({
    code: 'LINK_LEADS_OUT',
    reason: 'NotARegularFile',
    message: `"${path.slice(0, 100)}" is a link that leads out of the context.`,
    hint: 'Put the file itself there, or name the link in `.dockerignore`.',
    disposition: 'stalled',
  });
}
