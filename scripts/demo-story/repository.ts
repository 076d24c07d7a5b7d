// The demo's repository: a bare one as on a git host, a clone to edit in, and a hook that tells Tinyforge of each push.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout } from '../real-parts/paths.ts';
import { routeDomain } from './configuration.ts';
import type { DemoPlace } from './place.ts';
import { renameWorkloads } from './rename-workloads.ts';
import { outputOf } from './run-program.ts';

export interface DemoRepository {
  /** The clone that a person edits. */
  readonly clone: string;
  /** `file://…` of the bare repository. */
  readonly url: string;
  /** Changes a file's text (null removes the file), commits and pushes; answers with the commit's id. */
  push(change: {
    readonly path: string;
    readonly edit: (text: string) => string | null;
    readonly message: string;
  }): Promise<string>;
  head(): Promise<string>;
}

export const manifestFolder = 'forge.d';

/**
 * `hook` is called by the bare repository after each push, with `old new ref` on its standard input. `device` is where the
 * examples' route to something else leads; without one that route is left out, for it would wait for a proxy for ever.
 */
export async function makeRepository(
  place: DemoPlace,
  { hook, device }: { readonly hook: readonly string[]; readonly device: string | undefined },
): Promise<DemoRepository> {
  const bare = place.at('infra.git');
  const clone = place.at('infra');
  await git(['init', '--quiet', '--bare', '--initial-branch=main', bare], place.directory);
  // The user's own settings may name hooks elsewhere.
  await git(['config', 'core.hooksPath', join(bare, 'hooks')], bare);
  const hookPath = join(bare, 'hooks/post-receive');
  mkdirSync(dirname(hookPath), { recursive: true });
  writeFileSync(hookPath, `#!/bin/sh\nexec ${hook.map(quoted).join(' ')}\n`);
  chmodSync(hookPath, 0o755);

  await git(['init', '--quiet', '--initial-branch=main', clone], place.directory);
  await git(['remote', 'add', 'origin', bare], clone);
  for (const [key, value] of Object.entries(cloneSettings)) await git(['config', key, value], clone);
  copyExamples(join(clone, manifestFolder), device);
  await commit('Begin with the examples');

  async function commit(message: string): Promise<string> {
    await git(['add', '--all'], clone);
    await git(['commit', '--quiet', '--message', message], clone);
    await git(['push', '--quiet', '--set-upstream', 'origin', 'main'], clone);
    return git(['rev-parse', 'HEAD'], clone);
  }

  return {
    clone,
    url: pathToFileURL(bare).href,
    push({ path, edit, message }) {
      const file = join(clone, manifestFolder, path);
      const before = readFileSync(file, 'utf8');
      const after = edit(before);
      if (after === before) throw new Error(`${path} has nothing to change for "${message}".`);
      if (after === null) rmSync(file);
      else writeFileSync(file, after);
      return commit(message);
    },
    head: () => git(['rev-parse', 'HEAD'], clone),
  };
}

/** A controller from its image is another user, to whom the repository is given: git would not let us write to it. */
const receiver = "git -c safe.directory='*' receive-pack";

const cloneSettings = {
  'user.name': 'Demo',
  'user.email': 'demo@example.com',
  'commit.gpgSign': 'false',
  'core.autocrlf': 'false',
  'remote.origin.receivepack': receiver,
} as const;

function copyExamples(folder: string, device: string | undefined): void {
  const filter = (path: string): boolean => device !== undefined || !path.endsWith('/nas.yaml');
  cpSync(join(checkout, 'examples/forge.d'), folder, { recursive: true, filter });
  const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.ya?ml$/.test(path) && statSync(join(folder, path)).isFile())
    .map((path) => [path, readFileSync(join(folder, path), 'utf8')] as const);
  for (const [path, text] of renameWorkloads(new Map(texts)))
    writeFileSync(join(folder, path), device === undefined ? text : forThisMachine(text, device));
}

/** Names that lead to this machine, and the device at the demo's address instead of one of the documentation's. */
function forThisMachine(text: string, device: string): string {
  return text
    .replaceAll(/^(\s*domains: \[.*)\bexample\.com\b/gm, `$1${routeDomain}`)
    .replace(/^forward: http:\/\/192\.0\.2\.10:5000$/m, `forward: ${device}`);
}

/** The caller may itself run below a git hook, whose variables would send every call to that repository. */
function git(args: readonly string[], directory: string): Promise<string> {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')),
  );
  return outputOf({
    command: 'git',
    args,
    directory,
    environment: { ...environment, GIT_TERMINAL_PROMPT: '0' },
  });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
