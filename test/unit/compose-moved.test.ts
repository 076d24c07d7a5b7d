// The last good generation of a stack whose folder moved since: each of its paths is taken from where it is now, or none.
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { it } from 'node:test';
import { isFault } from '../../src/model/errors.ts';
import { makeStackPlace } from '../support/compose-place.ts';
import { createFakeCompose } from '../support/fake-compose-runner.ts';

const COMPOSE = `services:
  a:
    image: x
    environment: { DATA: ROOT/app/data }
    volumes: ["./data:/data", "./co$$nf:/conf:ro", "/srv:/srv", "files:/files"]
    configs: [c]
    secrets: [s]
configs: { c: { file: ./c.txt } }
secrets: { s: { file: ./s.txt } }
`;

interface Rendered {
  services: {
    a: { environment: Record<string, string>; volumes: { source: string }[] };
  };
  configs: { c: { file: string } };
  secrets: { s: { file: string } };
}

it('names the paths that moved along, and nothing else is another one; without its data it is refused', async () => {
  await using stack = await makeStackPlace({ name: 'shop', compose: () => createFakeCompose() });
  const { put, resolver, root } = stack;
  const files = { 'compose.yaml': COMPOSE.replace('ROOT', root), 'c.txt': 'c', 's.txt': 's' };
  const at = (folder: string) =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
  await put({ ...at('app'), 'app/data/db': 'rows', 'app/co$nf/a': 'a' });
  const wish = stack.desired();
  const good = await resolver.resolve(wish);
  await resolver.markGood(wish);
  const render = async () => {
    const rendered = await resolver.render(moved, 'good', { a: good.services.a?.specHash ?? '' });
    return JSON.parse(await readFile(rendered.file, 'utf8')) as Rendered;
  };
  const moved = stack.desired({ compose: ['new/compose.yaml'] });
  const before = await render();

  await rename(`${root}/app`, `${root}/new`);
  await resolver.resolve(moved);
  const now = await render();
  assert.deepEqual(
    now.services.a.volumes.map(({ source }) => source),
    [`${root}/new/data`, `${root}/new/co$$nf`, '/srv', 'files'],
  );
  assert.deepEqual([now.configs.c.file, now.secrets.s.file], [`${root}/new/c.txt`, `${root}/new/s.txt`]);
  assert.equal(now.services.a.environment.DATA, `${root}/app/data`);
  const plain = ({ services: { a }, configs: _c, secrets: _s, ...rest }: Rendered) => ({
    ...rest,
    a: { ...a, volumes: a.volumes.map(({ source: _, ...volume }) => volume) },
  });
  assert.deepEqual(plain(now), plain(before));

  await rm(`${root}/new/data`, { recursive: true });
  const refused = await render().catch((error: unknown) => error);
  assert.ok(isFault(refused));
  assert.deepEqual([refused.reason, refused.disposition], ['DataLeftBehind', 'stalled']);
  // What somebody put back at the old place is what it had.
  await mkdir(`${root}/app/data`, { recursive: true });
  assert.equal((await render()).services.a.volumes[0]?.source, `${root}/app/data`);
});
