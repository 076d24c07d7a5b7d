// Real git repositories for tests: a bare one as on a git host, and commits pushed to it as a person would.
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { git, gitAtNextMinute } from './git-environment.ts';

/** File contents by path; null removes the file, a link is made as a symbolic link. */
export type FileChanges = Readonly<Record<string, string | Buffer | null | { readonly linkTo: string }>>;

export interface RealRepository {
  readonly name: string;
  /** The bare repository, `NAME.git` below the host's folder. */
  readonly directory: string;
  /** `file://…` */
  readonly url: string;
  /** Changes files, commits and pushes; answers with the new commit's id. */
  commit(change: {
    readonly files: FileChanges;
    readonly message?: string;
    readonly branch?: string;
  }): Promise<string>;
  /** Replaces the branch's whole history by one new commit with these files alone, and pushes it by force. */
  rewrite(change: {
    readonly files: FileChanges;
    readonly message?: string;
    readonly branch?: string;
  }): Promise<string>;
  /** Sets a branch or tag to a commit, by force; null removes it. */
  point(ref: string, commit: string | null): Promise<void>;
  /** The commit of a branch or tag. */
  head(ref?: string): Promise<string>;
  /** Runs any git command in the bare repository. */
  git(...args: readonly string[]): Promise<string>;
}

/**
 * Makes an empty bare repository and a work tree beside it, below `folder` (serve that folder to offer it by http or
 * ssh). Fetching any commit by its id is allowed, as the big git hosts do.
 */
export async function createRepository(options: {
  readonly folder: string;
  readonly name: string;
  readonly branch?: string;
}): Promise<RealRepository> {
  const { folder, name, branch: mainBranch = 'main' } = options;
  const directory = join(folder, `${name}.git`);
  const work = join(folder, '.work', name);
  await mkdir(work, { recursive: true });
  await git(['init', '--quiet', '--bare', `--initial-branch=${mainBranch}`, directory], folder);
  for (const [key, value] of [
    ['uploadpack.allowAnySHA1InWant', 'true'],
    ['uploadpack.allowFilter', 'true'],
    ['http.receivepack', 'true'],
    ['gc.auto', '0'],
  ] as const)
    await git(['config', key, value], directory);
  await git(['init', '--quiet', `--initial-branch=${mainBranch}`], work);
  await git(['remote', 'add', 'origin', directory], work);

  async function commitAll(files: FileChanges, message: string): Promise<string> {
    for (const [path, content] of Object.entries(files)) await change(join(work, path), content);
    await git(['add', '--all', '--force'], work);
    await gitAtNextMinute(['commit', '--quiet', '--allow-empty', '--message', message], work);
    return git(['rev-parse', 'HEAD'], work);
  }

  async function enterBranch(branch: string): Promise<void> {
    const current = await git(['symbolic-ref', '--short', 'HEAD'], work);
    if (current === branch) return;
    const exists = await git(['branch', '--list', branch], work);
    await git(['checkout', '--quiet', ...(exists === '' ? ['-b'] : []), branch], work);
  }

  return {
    name,
    directory,
    url: pathToFileURL(directory).href,
    async commit({ files, message = 'Change', branch = mainBranch }) {
      await enterBranch(branch);
      const commit = await commitAll(files, message);
      await git(['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`], work);
      return commit;
    },
    async rewrite({ files, message = 'Start again', branch = mainBranch }) {
      await git(['checkout', '--quiet', '--orphan', 'rewritten'], work);
      await git(['rm', '-r', '--quiet', '--force', '--ignore-unmatch', '.'], work);
      const commit = await commitAll(files, message);
      await git(['branch', '--force', '--move', 'rewritten', branch], work);
      await git(['push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${branch}`], work);
      return commit;
    },
    async point(ref, commit) {
      if (commit === null) await git(['update-ref', '-d', ref], directory);
      else await git(['update-ref', ref, commit], directory);
    },
    head: (ref = mainBranch) => git(['rev-parse', '--verify', `${ref}^{commit}`], directory),
    git: (...args) => git(args, directory),
  };
}

async function change(path: string, content: FileChanges[string]): Promise<void> {
  await rm(path, { recursive: true, force: true });
  if (content === null || content === undefined) return;
  await mkdir(dirname(path), { recursive: true });
  if (typeof content === 'object' && 'linkTo' in content) await symlink(content.linkTo, path);
  else await writeFile(path, content);
}
