// One stack in a temporary source, with a resolver over it: what most tests of stacks begin with.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openFolder } from '../../src/adapters/tree/create-folder.ts';
import { createTree } from '../../src/adapters/tree/create-tree.ts';
import { createStackResolver, type StackResolver } from '../../src/engine/stack/create-stack-resolver.ts';
import type { StackDeps } from '../../src/engine/stack/types.ts';
import type { DesiredStack } from '../../src/model/desired.ts';
import type { ComposeRunner } from '../../src/ports/compose-runner.ts';
import type { OpenFolder } from '../../src/ports/folder.ts';
import { createStackStores, type StackStores } from './fake-compose-stores.ts';
import { makePlace, type Place } from './real/place.ts';

export interface StackPlace extends AsyncDisposable {
  place: Place;
  /** Root of the source. */
  root: string;
  dataDirectory: string;
  runDirectory: string;
  stores: StackStores;
  resolver: StackResolver;
  /** A resolver that knows nothing but what is on disk: the controller after a restart. */
  restarted(openWith?: OpenFolder): StackResolver;
  desired(changes?: Partial<DesiredStack>): DesiredStack;
  /** Writes files into the source. */
  put(files: Readonly<Record<string, string>>): Promise<void>;
}

export async function makeStackPlace(options: {
  name: string;
  compose: (paths: { runDirectory: string; place: Place }) => ComposeRunner;
  secrets?: Readonly<Record<string, string>>;
  ownMounts?: StackDeps['ownMounts'];
  controller?: string;
  nowMs?: () => number;
}): Promise<StackPlace> {
  const { name, compose, secrets, ownMounts = () => null, controller = 'test', nowMs = Date.now } = options;
  const place = await makePlace('stack');
  const [root, dataDirectory, runDirectory] = [place.at('source'), place.at('data'), place.at('run')];
  for (const folder of [root, dataDirectory, runDirectory]) await mkdir(folder, { mode: 0o700 });
  // Containers of another user look into the stack's folder.
  await chmod(root, 0o755);
  const stores = createStackStores(secrets);
  const runner = compose({ runDirectory, place });
  const make = (openWith: OpenFolder = openFolder) =>
    createStackResolver({
      ownMounts,
      tree: createTree(),
      openFolder: openWith,
      compose: runner,
      ...stores,
      dataDirectory,
      runDirectory,
      controller,
      clock: { nowMs },
    });
  return {
    place,
    root,
    dataDirectory,
    runDirectory,
    stores,
    resolver: make(),
    restarted: make,
    desired: (changes = {}) => ({ ...stackCalled(name, root), ...changes }),
    async put(files) {
      for (const [path, content] of Object.entries(files)) {
        const target = `${root}/${path}`;
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, content);
      }
    },
    [Symbol.asyncDispose]: () => place.remove(),
  };
}

export function stackCalled(name: string, root: string): DesiredStack {
  return {
    unit: name,
    workloadId: `stack.${name}`,
    kind: 'stack',
    name,
    role: '',
    host: 'local',
    app: null,
    source: 'home',
    revision: null,
    place: { source: 'home', file: 'stack.yaml', line: 1, column: 1 },
    state: 'running',
    suspend: false,
    prune: true,
    adopt: false,
    dependsOn: [],
    route: null,
    retry: { limit: null, backoffMs: null },
    held: null,
    project: name,
    compose: ['app/compose.yaml'],
    envFiles: [],
    environment: {},
    profiles: [],
    root,
    inPlace: true,
    services: {},
  };
}
