// A repository of manifests with somebody who pushes to it, and a clone of somebody else who fetches by hand.
import { createHmac, randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from '../scripts/demo-story/run-program.ts';

export interface PushedRepository {
  /** For `git.url` of a source. */
  readonly url: string;
  /** Adds a comment to a manifest and pushes it: another commit, and the same wish. */
  push(): Promise<void>;
  /** `git fetch` in the clone. */
  fetch(): Promise<void>;
  /** Tells a controller of the push, as GitHub does. */
  tell(hook: { url: string; secret: string }): Promise<void>;
}

/** `write` puts the first files into the work tree; `touched` is the one that each push changes. */
export async function makePushedRepository(
  directory: string,
  { write, touched }: { write(tree: string): void; touched: string },
): Promise<PushedRepository> {
  const bare = join(directory, 'me', 'infra.git');
  const tree = join(directory, 'tree');
  const clone = join(directory, 'clone');
  for (const folder of [bare, tree]) mkdirSync(folder, { recursive: true });
  const git = (folder: string, ...args: readonly string[]): Promise<string> =>
    outputOf({ command: 'git', args, directory: folder, environment });
  await git(bare, 'init', '--quiet', '--bare', '--initial-branch=main');
  await git(tree, 'init', '--quiet', '--initial-branch=main');
  write(tree);
  const commit = async (): Promise<void> => {
    await git(tree, 'add', '--all');
    await git(tree, 'commit', '--quiet', '--message', 'Say it better');
    await git(tree, 'push', '--quiet', bare, 'main');
  };
  await commit();
  await git(directory, 'clone', '--quiet', '--bare', bare, clone);
  await git(clone, 'config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
  return {
    url: `file://${bare}`,
    async push() {
      appendFileSync(join(tree, touched), `# ${randomUUID()}\n`);
      await commit();
    },
    async fetch() {
      await git(clone, 'fetch', 'origin');
    },
    async tell({ url, secret }) {
      const body = JSON.stringify({ ref: 'refs/heads/main', repository: { full_name: 'me/infra' } });
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'push',
          'x-github-delivery': randomUUID(),
          'x-hub-signature-256': `sha256=${signature}`,
        },
        body,
      });
      if (response.status !== 202) throw new Error(`The webhook was answered with ${response.status}.`);
    },
  };
}

/** No settings of whoever measures. */
const environment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'me',
  GIT_AUTHOR_EMAIL: 'me@example.com',
  GIT_COMMITTER_NAME: 'me',
  GIT_COMMITTER_EMAIL: 'me@example.com',
};
