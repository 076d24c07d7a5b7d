// Collects every path that a Compose file names, each with the place where it was written.
import {
  type ComposeNode,
  type ComposeScalar,
  entriesOf,
  isNothing,
  itemsOf,
  memberOf,
} from './compose-node.ts';

/**
 * What becomes of the file: `compose` is read and merged, `include-env` gives variables to an included file,
 * `env` gives variables or labels to a container, `content` is put into a container, `folder` is looked at only,
 * `build` is what an image is made from, read when Compose has put the variables in, `never` is not used by us. The last
 * three are judged by their form alone.
 */
export type ReferenceUse = 'compose' | 'include-env' | 'env' | 'content' | 'folder' | 'build' | 'never';

export interface ComposeReference {
  use: ReferenceUse;
  /** The path in the document: `services.web.env_file[0]`. */
  at: string;
  node: ComposeScalar;
  /** `required: false` in env_file. */
  mayBeMissing: boolean;
  /** What stands before the path in the value: `seccomp=`. */
  prefix: string;
  /** The folder that it is relative to, itself relative to where other paths are: the context of a Dockerfile. */
  within?: string;
}

/** One `include`: all its files are merged, then taken in. */
export interface ComposeInclude {
  at: string;
  files: ComposeReference[];
  envFiles: ComposeReference[];
  projectDirectory: ComposeReference | null;
}

export interface ComposeReferences {
  includes: ComposeInclude[];
  /** `extends` with a file. */
  extended: ComposeReference[];
  others: ComposeReference[];
  /** Where a path should be and something else is: refused, for we cannot tell what Compose makes of it. */
  misshapen: { at: string; node: ComposeNode }[];
}

export function referencesOf(document: ComposeNode): ComposeReferences {
  const found: ComposeReferences = { includes: [], extended: [], others: [], misshapen: [] };
  for (const [index, node] of itemsOf(memberOf(document, 'include')).entries()) {
    found.includes.push(includeOf(node, `include[${index}]`, found));
  }
  for (const { key, value } of entriesOf(memberOf(document, 'services')))
    service(value, `services.${key}`, found);
  for (const section of ['configs', 'secrets']) {
    for (const { key, value } of entriesOf(memberOf(document, section))) {
      found.others.push(
        ...paths(memberOf(value, 'file'), { at: `${section}.${key}.file`, use: 'content' }, found),
      );
    }
  }
  return found;
}

function includeOf(node: ComposeNode, at: string, found: ComposeReferences): ComposeInclude {
  if (node.type === 'scalar') {
    return { at, files: paths(node, { at, use: 'compose' }, found), envFiles: [], projectDirectory: null };
  }
  const files = paths(memberOf(node, 'path'), { at: `${at}.path`, use: 'compose' }, found);
  if (files.length === 0) found.misshapen.push({ at, node });
  const envFiles = paths(memberOf(node, 'env_file'), { at: `${at}.env_file`, use: 'include-env' }, found);
  const directory = memberOf(node, 'project_directory');
  const folders = paths(directory, { at: `${at}.project_directory`, use: 'folder' }, found);
  return { at, files, envFiles, projectDirectory: folders[0] ?? null };
}

function service(node: ComposeNode, at: string, found: ComposeReferences): void {
  const extended = memberOf(node, 'extends');
  found.extended.push(
    ...paths(memberOf(extended, 'file'), { at: `${at}.extends.file`, use: 'compose' }, found),
  );
  if (extended?.type === 'list') found.misshapen.push({ at: `${at}.extends`, node: extended });
  found.others.push(
    ...paths(memberOf(node, 'env_file'), { at: `${at}.env_file`, use: 'env' }, found),
    ...paths(memberOf(node, 'label_file'), { at: `${at}.label_file`, use: 'env' }, found),
    ...buildPaths(memberOf(node, 'build'), `${at}.build`, found),
    ...paths(
      memberOf(memberOf(node, 'credential_spec'), 'file'),
      { at: `${at}.credential_spec.file`, use: 'content' },
      found,
    ),
    ...itemsOf(memberOf(memberOf(node, 'develop'), 'watch')).flatMap((watch, index) =>
      paths(memberOf(watch, 'path'), { at: `${at}.develop.watch[${index}].path`, use: 'never' }, found),
    ),
    ...itemsOf(memberOf(node, 'security_opt')).flatMap((option, index) =>
      seccompProfile(option, `${at}.security_opt[${index}]`),
    ),
  );
}

/**
 * Compose opens none of these while it resolves a file, so a variable may be in them: the resolved path is judged later,
 * and the literal ones here, where their place is known.
 */
function buildPaths(build: ComposeNode | null, at: string, found: ComposeReferences): ComposeReference[] {
  if (build === null || isNothing(build) || build.tag === 'reset') return [];
  const written = build.type === 'map' ? memberOf(build, 'context') : build;
  const place = build.type === 'map' ? `${at}.context` : at;
  const context = literal(paths(written, { at: place, use: 'build' }, found));
  const dockerfile = literal(
    paths(memberOf(build, 'dockerfile'), { at: `${at}.dockerfile`, use: 'build' }, found),
  );
  const within = context[0]?.node.text;
  return [...context, ...(within === undefined ? [] : dockerfile.map((one) => ({ ...one, within })))];
}

function literal(references: ComposeReference[]): ComposeReference[] {
  return references.filter(({ node }) => !node.text.includes('$'));
}

/** A text, a list of texts, or (env_file) maps with `path` and `required`. */
function paths(
  node: ComposeNode | null,
  { at, use }: { at: string; use: ReferenceUse },
  found: ComposeReferences,
): ComposeReference[] {
  const isList = node?.type === 'list';
  return itemsOf(node).flatMap((item, index): ComposeReference[] => {
    const place = isList ? `${at}[${index}]` : at;
    if (item.type === 'scalar') return [{ use, at: place, node: item, mayBeMissing: false, prefix: '' }];
    const path = memberOf(item, 'path');
    if (item.type === 'map' && path?.type === 'scalar') {
      const required = memberOf(item, 'required');
      const mayBeMissing = required?.type === 'scalar' && /^(?:false|no|off|0)$/i.test(required.text);
      return [{ use, at: `${place}.path`, node: path, mayBeMissing, prefix: '' }];
    }
    found.misshapen.push({ at: place, node: item });
    return [];
  });
}

/** `seccomp=profile.json`: a file that Compose reads, unless it is one of the words. */
function seccompProfile(node: ComposeNode, at: string): ComposeReference[] {
  if (node.type !== 'scalar') return [];
  const [, prefix = '', file = ''] = /^(seccomp[=:])(.*)$/is.exec(node.text) ?? [];
  if (prefix === '' || /^(?:unconfined|builtin|default)$/i.test(file)) return [];
  return [{ use: 'content', at, node, mayBeMissing: false, prefix }];
}
