// A stack whose folder the engine would look for elsewhere, for Tinyforge runs in a container: refused, with what to do.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { OwnMount } from '../../src/core/host-path.ts';
import { problemsOf } from '../../src/engine/stack/create-stack-resolver.ts';
import { makeStackPlace } from '../support/compose-place.ts';
import { createFakeCompose } from '../support/fake-compose-runner.ts';

const COMPOSE = `services: { a: { image: x, volumes: ["./data:/data", "/srv:/srv"], configs: [c] } }
configs: { c: { file: ./c.txt } }
`;

it('is held with each place and what to do, and free again when its folder is where the engine looks', async () => {
  let mounts: OwnMount[] | null = null;
  await using stack = await makeStackPlace({
    name: 'shop',
    compose: () => createFakeCompose(),
    ownMounts: () => mounts,
  });
  const { put, resolver, desired, root, dataDirectory } = stack;
  await put({ 'app/compose.yaml': COMPOSE, 'app/c.txt': 'x' });
  await resolver.resolve(desired());

  mounts = [{ target: root, source: '/mnt/elsewhere' }];
  const trouble = "on the engine's machine, where the engine would take another folder for it.";
  const hint = `Mount it into Tinyforge's container at the same path as on the machine: -v ${root}:${root}`;
  const refused = await resolver.resolve(desired()).catch((error: unknown) => error);
  assert.deepEqual(
    problemsOf(refused).map((found) => [found.reason, found.message, found.hint]),
    [
      ['services.a.volumes[0]', 'app/data'],
      ['app/c.txt', 'app/c.txt'],
    ].map(([at, path]) => [
      'BindElsewhere',
      `${at}: ${root}/${path} is /mnt/elsewhere/${path} ${trouble}`,
      hint,
    ]),
  );

  mounts = [{ target: root, source: root }];
  await resolver.resolve(desired());
  // From git it runs in the data directory, which is not mounted at all.
  const fromGit = await resolver.resolve(desired({ inPlace: false })).catch((error: unknown) => error);
  const [first] = problemsOf(fromGit);
  assert.match(first?.message ?? '', /shop\/data is in Tinyforge's own container alone/);
  assert.match(first?.hint ?? '', new RegExp(`-v ${dataDirectory}:${dataDirectory}$`));
});
