// Gives Compose a private copy of exactly the files that we have read and judged, so that a swap afterwards wins nothing.

import type { DesiredStack } from '../../model/desired.ts';
import type { ComposeRunner } from '../../ports/compose-runner.ts';
import type { Folder } from '../../ports/folder.ts';
import type { Layout } from './layout.ts';
import type { StackDeps } from './types.ts';

let copies = 0;

export interface Resolved {
  json: unknown;
  /** The copy mirrored the host's paths below this folder. */
  copy: string;
}

/**
 * The copy has the host's own paths below a folder of its own (`<copy>/opt/stacks/a/compose.yaml`): a relative path
 * that climbs leads, once the folder is taken off, exactly where it would have led in place.
 */
export async function configOfCopy(
  { compose, folder }: { compose: ComposeRunner; folder: Folder },
  options: {
    desired: DesiredStack;
    layout: Layout;
    project: string;
    compose: readonly string[];
    files: ReadonlyMap<string, string>;
    variables: Record<string, string>;
    signal: AbortSignal;
  },
): Promise<Resolved> {
  const { desired, layout, project, compose: composeFiles, files, variables, signal } = options;
  const name = `check/${process.pid}-${++copies}`;
  const root = desired.root === '/' ? '' : desired.root;
  const copy = `${folder.root}/${name}`;
  try {
    for (const [path, content] of files)
      await folder.write({ path: `${name}${root}/${path}`, content, mode: 0o600 });
    const json = await compose.config(
      {
        project,
        files: composeFiles.map((path) => `${copy}${root}/${path}`),
        projectDirectory: `${copy}${root}${layout.folder === '' ? '' : `/${layout.folder}`}`,
        variables,
        // All of them: what hides behind a profile that is off is judged too.
        profiles: ['*'],
      },
      signal,
    );
    return { json, copy };
  } finally {
    await folder.removeTree(name);
  }
}

/** What Compose calls each service of a resolved file, whose values nobody else may see meanwhile. */
export async function hashesOfCopy(
  { compose, openFolder, runDirectory }: Pick<StackDeps, 'compose' | 'openFolder' | 'runDirectory'>,
  { text, project, projectDirectory }: { text: string; project: string; projectDirectory: string },
): Promise<Record<string, string>> {
  const folder = openFolder(runDirectory, { mode: 0o700, survives: 'run' });
  const name = `check/${process.pid}-${++copies}`;
  const file = `${name}/resolved.json`;
  try {
    await folder.write({ path: file, content: text, mode: 0o600 });
    const files = [`${folder.root}/${file}`];
    const { signal } = new AbortController();
    return await compose.hashes({ project, files, projectDirectory, variables: {}, profiles: ['*'] }, signal);
  } finally {
    await folder.removeTree(name);
  }
}
