// What a `.dockerignore` leaves out of a build, by the rules of Docker: the last line that fits has the say.

export interface IgnoreRules {
  /** `path` is relative to the context, with forward slashes; what is below an ignored folder is ignored with it. */
  ignores(path: string): boolean;
  /** Whether something below an ignored folder may be taken in again by a line with `!`. */
  mayTakeIn(folder: string): boolean;
}

interface Rule {
  text: string;
  isException: boolean;
  pattern: RegExp;
}

/** Lines that are no pattern (an open bracket) fit nothing. */
export function readDockerignore(text: string): IgnoreRules {
  const rules = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap(readLine);
  const exceptions = rules.filter((rule) => rule.isException);
  return {
    ignores(path) {
      const parents = parentsOf(path);
      let isIgnored = false;
      for (const { isException, pattern } of rules) {
        if (isException !== isIgnored) continue;
        if (parents.some((one) => pattern.test(one))) isIgnored = !isException;
      }
      return isIgnored;
    },
    mayTakeIn: (folder) => exceptions.some((rule) => `${rule.text}/`.startsWith(`${folder}/`)),
  };
}

export const IGNORES_NOTHING: IgnoreRules = { ignores: () => false, mayTakeIn: () => false };

function readLine(line: string): Rule[] {
  if (line.startsWith('#')) return [];
  const trimmed = line.trim();
  const isException = trimmed.startsWith('!');
  const text = cleaned((isException ? trimmed.slice(1) : trimmed).trim());
  const pattern = text === '' || text === '.' ? null : patternOf(text);
  return pattern === null ? [] : [{ text, isException, pattern }];
}

/** As Go's filepath.Clean, and without the slash in front. */
function cleaned(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** `a`, `a/b`, `a/b/c` of `a/b/c`. */
function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** As moby/patternmatcher: `**` crosses folders, `*` and `?` do not. */
function patternOf(text: string): RegExp | null {
  let source = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (text.startsWith('**', at)) {
      at += text[at + 2] === '/' ? 2 : 1;
      source += at + 1 >= text.length ? '.*' : '(.*/)?';
    } else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '\\') source += escaped(text[++at] ?? '\\');
    else if (character === '[') {
      const end = text.indexOf(']', at + 2);
      if (end < 0) return null;
      source += `[${text.slice(at + 1, end).replaceAll('\\', '\\\\')}]`;
      at = end;
    } else source += escaped(character);
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return null;
  }
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
