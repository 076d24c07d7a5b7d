// Judges a path that a Compose file names: only a literal, plain, relative path inside the source is ever followed.

export type PathJudgement =
  /** From the source's root, normalised, forward slashes; '' is the root itself. */
  { ok: true; path: string } | { ok: false; why: PathRefusal };

export type PathRefusal = 'empty' | 'variable' | 'home' | 'absolute' | 'remote' | 'odd' | 'climbs';

/**
 * Refuses by form, not by a list of what is dangerous: whatever a Compose of tomorrow may fetch or run, it will not
 * look like `conf/app.yaml`. `base` is the folder (from the root) that the path is relative to.
 */
export function judgePath(written: string, base: string): PathJudgement {
  const refusal = refusalOf(written);
  if (refusal !== null) return { ok: false, why: refusal };
  const path = joinInside(base, written);
  return path === null ? { ok: false, why: 'climbs' } : { ok: true, path };
}

function refusalOf(written: string): PathRefusal | null {
  if (written.trim() === '') return 'empty';
  if (written.includes('$')) return 'variable';
  if (written.startsWith('~')) return 'home';
  if (written.startsWith('/')) return 'absolute';
  // BuildKit takes a path that begins so for a repository, even without a scheme.
  if (/^github\.com(?:\/|$)/i.test(written)) return 'remote';
  if (/[:#?*\\]|\.git$/.test(written) || /^git@/.test(written)) return 'remote';
  return PLAIN.test(written) && written === written.trim() && written.length <= 1024 ? null : 'odd';
}

/** Letters of any script, digits, and the marks that occur in names of files. */
const PLAIN = /^[\p{L}\p{M}\p{N} ._@+=,;!%&()[\]{}'~^/-]+$/u;

/** Joins and normalises; null where it leaves the root. */
export function joinInside(base: string, path: string): string | null {
  const parts: string[] = [];
  for (const part of `${base}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** The folder of a file; '' for one at the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** `b` as it is written from folder `a`, always with a dot in front: so no Compose takes it for an address. */
export function relativePath(from: string, to: string): string {
  const a = from === '' ? [] : from.split('/');
  const b = to === '' ? [] : to.split('/');
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  const ups = a.slice(same).map(() => '..');
  const downs = b.slice(same);
  return ups.length === 0 ? ['.', ...downs].join('/') : [...ups, ...downs].join('/');
}
