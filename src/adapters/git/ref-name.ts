// The `ref` of a source: a branch, a tag or a commit, and what the other side is asked for to find it.
import { fault } from '../../model/errors.ts';

export interface WantedRef {
  /** As it stands in the configuration. */
  name: string;
  /** The whole commit id, where that was asked for. */
  commit: string | null;
  /** Names to ask for, the first one there wins. */
  candidates: readonly string[];
}

/**
 * Reads a ref. A plain name is a branch, or a tag where there is no such branch; `refs/…` is taken as it stands;
 * 40 or 64 hex digits are a commit. Throws the fault GitRefRefused (stalled) for what git could read as something else.
 * (The rules are those of git-check-ref-format, and a little stricter.)
 */
export function readRef(name: string): WantedRef {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name)) return { name, commit: name, candidates: [] };
  const why = judge(name);
  if (why !== null) {
    throw fault({
      code: 'GIT_REF_REFUSED',
      reason: 'GitRefRefused',
      message: `The ref of the source is refused: ${why}.`,
      hint: 'Write a branch, a tag, refs/… or the 40 digits of a commit.',
      disposition: 'stalled',
    });
  }
  if (name === 'HEAD' || name.startsWith('refs/')) return { name, commit: null, candidates: [name] };
  return { name, commit: null, candidates: [`refs/heads/${name}`, `refs/tags/${name}`] };
}

/**
 * The commit that `git ls-remote` shows for a wanted ref, and the full name to fetch; null when it shows none.
 * Of an annotated tag it is the commit behind (`^{}`), for the tag object itself is nothing to run.
 */
export function findRef(wanted: WantedRef, listing: string): { ref: string; commit: string } | null {
  const found = new Map(listing.split('\n').flatMap((line) => parse(line)));
  for (const ref of wanted.candidates) {
    const commit = found.get(`${ref}^{}`) ?? found.get(ref);
    if (commit !== undefined) return { ref, commit };
  }
  return null;
}

function parse(line: string): [string, string][] {
  const parts = /^([0-9a-f]{40,64})\t(.+)$/.exec(line);
  return parts?.[1] !== undefined && parts[2] !== undefined ? [[parts[2], parts[1]]] : [];
}

function judge(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.startsWith('-')) return 'it begins with a dash';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses.
  if (/[\u0000-\u0020\u007f-\u009f~^:?*[\\]/.test(name))
    return 'it has a character that no branch or tag has';
  if (/\.\.|@\{|\/\/|^\/|\/$|\.$|^@$/.test(name)) return 'no branch or tag has such a name';
  if (name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'))) {
    return 'no branch or tag has such a name';
  }
  return null;
}
