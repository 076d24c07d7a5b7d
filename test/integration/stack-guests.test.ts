// Containers in a stack's project or network that are nobody's service: people's own, and what they run once with Compose.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { upByHand } from '../support/real/folders.ts';
import { testImages } from '../support/real/images.ts';
import { type RealStack, RUN, realStack } from '../support/real/stack.ts';

const compose = (a: string): string =>
  `services: { web: { ${RUN}, environment: { A: ${a} } }, db: { ${RUN} } }\n`;

/** One added to the project's network by hand, and one of `docker compose run` in the stack's folder. */
async function guestsOf(rig: RealStack): Promise<() => Promise<string[]>> {
  const [byHand, once] = [`${rig.name}-by-hand`, `${rig.name}-once`];
  await rig.docker('POST', `/containers/create?name=${byHand}`, {
    Image: testImages.shell,
    HostConfig: { NetworkMode: `${rig.name}_default` },
  });
  await rig.docker('POST', `/containers/${byHand}/start`);
  const folder = join(rig.directory, 'app');
  await upByHand(rig, folder, ['-p', rig.name, 'run', '-d', '--name', once, 'web', 'sleep', '1000']);
  return async () =>
    (await rig.all())
      .filter(({ name }) => [byHand, once].includes(name))
      .map(({ id, name, state }) => `${name} ${id} ${state}`);
}

describe('what people run beside a stack', () => {
  for (const more of ['', 'adopt: true\n'])
    it(`is no replica too many and nobody's claim: it runs on while the stack changes${more && ', with `adopt`'}`, async () => {
      await using rig = await realStack();
      await rig.manifest(more);
      const first = await rig.applied(compose('a'));
      assert.equal(first.outcome, 'converged', first.sentence);
      const guests = await guestsOf(rig);
      await using _ = { [Symbol.asyncDispose]: () => removed(rig) };
      const before = await guests();
      assert.equal(before.filter((line) => line.endsWith(' running')).length, 2, before.join());
      assert.deepEqual((await rig.planned()).actions, []);
      const changed = await rig.applied(compose('b'));
      assert.equal(changed.outcome, 'converged', changed.sentence);
      assert.deepEqual(await guests(), before);
      assert.deepEqual((await rig.planned()).actions, []);
    });
});

/** Before the network that they are in is removed. */
async function removed(rig: RealStack): Promise<void> {
  for (const { id } of await rig.all()) await rig.docker('DELETE', `/containers/${id}?force=1`);
}
