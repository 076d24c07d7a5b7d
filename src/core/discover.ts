// Finds the folders of a source that are stacks by themselves: those directly below its root that have a Compose file.
import type { FolderStack } from '../model/kind.ts';
import { isDnsLabel } from './naming.ts';

/** In the order in which Compose 2.26 looks for them. */
const COMPOSE_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDE_NAMES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/** As people call others: `docker-compose.prod.yml`, `immich.compose.yaml`. Compose is told of these, or its `.env` is. */
const LIKE_COMPOSE = /compose[^/]*\.ya?ml$/i;

export interface Discovery {
  stacks: FolderStack[];
  /** Folders with a Compose file that nothing can be called after. */
  nameless: { file: string }[];
  /** Folders with several Compose files, none of which Compose finds by itself. */
  unsure: { files: string[] }[];
}

/**
 * One level deep and no deeper: what lies below is the stacks' own data. The first Compose file counts, and the first
 * override file beside it is merged over it, as `docker compose up` in that folder does. Where it has none of these names
 * and one that is like them, that one is meant.
 */
export function discoverStacks(files: readonly { path: string }[]): Discovery {
  const folders = new Map<string, Set<string>>();
  for (const { path } of files) {
    const [folder = '', name, ...deeper] = path.split('/');
    if (name === undefined || deeper.length > 0) continue;
    const names = folders.get(folder) ?? new Set();
    folders.set(folder, names.add(name));
  }
  const found: Discovery = { stacks: [], nameless: [], unsure: [] };
  for (const [folder, names] of folders) {
    const main = COMPOSE_NAMES.find((name) => names.has(name)) ?? onlyOne(names);
    if (main === undefined) {
      const files = likeCompose(names).map((name) => `${folder}/${name}`);
      if (files.length > 0) found.unsure.push({ files });
      continue;
    }
    const project = projectOf(folder);
    const name = project.replaceAll('_', '-').replace(/-+$/, '').slice(0, 63);
    const override = OVERRIDE_NAMES.find((other) => names.has(other));
    const compose = [main, ...(override === undefined ? [] : [override])].map((file) => `${folder}/${file}`);
    if (isDnsLabel(name)) found.stacks.push({ name, project, compose });
    else found.nameless.push({ file: `${folder}/${main}` });
  }
  return found;
}

function onlyOne(names: ReadonlySet<string>): string | undefined {
  const [first, ...more] = likeCompose(names);
  return more.length === 0 ? first : undefined;
}

function likeCompose(names: ReadonlySet<string>): string[] {
  return [...names].filter((name) => LIKE_COMPOSE.test(name) && !OVERRIDE_NAMES.includes(name)).sort();
}

/** `My.App` is `myapp`: Compose takes out what no project may have in its name (tried on 2.26). */
function projectOf(folder: string): string {
  return folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}
