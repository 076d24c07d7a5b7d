// From a push to what runs: a bare repository, a signed webhook through the real listener, and everything a host may do.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { gitConfig } from '../support/git-source-rig.ts';
import { type RealController, realController } from '../support/real/controller.ts';
import { createRepository, type RealRepository } from '../support/real/git.ts';
import { testImages } from '../support/real/images.ts';
import { makePlace } from '../support/real/place.ts';
import { engineWrites, type Serving, serve } from '../support/real/serving.ts';
import { until } from '../support/real/until.ts';

const SECRET = 'the-secret-of-the-hook';
/** Longer than the test: whatever happens here, no poll did it. */
const NEVER_MS = 24 * 3_600_000;

const project = (name: string, tag: string): string => `kind: project
name: ${name}
image: tinyforge-test/web
tag: ${tag}
port: 8080
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 10 }
stop_grace_period: 1s
drain: 0s
`;

interface House extends AsyncDisposable {
  rig: RealController;
  repository: RealRepository;
  controller: Serving;
  shop: string;
  wiki: string;
}

/** Two projects in one repository, converged, watched by a controller that would poll tomorrow. */
async function house(): Promise<House> {
  const place = await makePlace('git-flow');
  const repository = await createRepository({ folder: place.path, name: 'infra' });
  const rig = await realController({
    sources: [gitConfig({ url: repository.url, pollMs: NEVER_MS })],
    env: { TINYFORGE_SECRET_HUB: SECRET },
  });
  rig.config.webhooks.push({ name: 'hub', sender: 'github', secret: 'hub', sources: [] });
  const [shop, wiki] = [`${rig.name}-shop`, `${rig.name}-wiki`];
  await repository.commit({ files: { 'shop.yaml': project(shop, 'v1'), 'wiki.yaml': project(wiki, 'v1') } });
  const controller = await serve(rig);
  await controller.converged(shop, 'v1');
  await controller.converged(wiki, 'v1');
  await controller.rested();
  return {
    rig,
    repository,
    controller,
    shop,
    wiki,
    async [Symbol.asyncDispose]() {
      await controller.stop();
      await rig[Symbol.asyncDispose]();
      await place.remove();
    },
  };
}

/** As GitHub sends it; a wrong key makes a forgery. */
async function push(
  { controller, repository }: House,
  options: { commit: string; key?: string; id?: string },
): Promise<number> {
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    after: options.commit,
    repository: { full_name: 'me/infra', clone_url: repository.url },
  });
  const signature = createHmac('sha256', options.key ?? SECRET)
    .update(body)
    .digest('hex');
  const response = await fetch(`${controller.url}/api/webhooks/hub`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': options.id ?? randomUUID(),
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
  });
  await response.text();
  return response.status;
}

const idsOf = async (rig: RealController, name: string): Promise<string[]> =>
  (await rig.containers()).filter((entry) => entry.name.startsWith(name)).map(({ id }) => id);

describe('from a push to what runs', () => {
  it('a signed webhook converges without a poll; a forged one is refused and does nothing', async () => {
    await using all = await house();
    const { controller, repository, shop, wiki, rig } = all;
    const wikiBefore = await idsOf(rig, wiki);
    const commit = await repository.commit({ files: { 'shop.yaml': project(shop, 'v2') } });
    assert.equal(await push(all, { commit, key: 'another secret' }), 401);
    await controller.rested();
    assert.equal(rig.status(controller.overview(), shop).runs, 'v1');
    assert.equal(await push(all, { commit }), 202);
    const status = await controller.converged(shop, 'v2');
    assert.equal(status.lastAppliedRevision, commit);
    assert.deepEqual(await idsOf(rig, wiki), wikiBefore, 'the commit was about the shop alone');
  });

  it('a commit about something else redeploys nothing, and is told as applied', async () => {
    await using all = await house();
    const { controller, repository, shop, wiki, rig } = all;
    const before = (await rig.containers()).map(({ id }) => id);
    const commit = await repository.commit({ files: { 'README.md': 'Read me.\n' } });
    const writes = await engineWrites(rig, async () => {
      assert.equal(await push(all, { commit }), 202);
      for (const unit of [shop, wiki])
        await controller.sees(
          unit,
          `told as of ${commit}`,
          ({ lastAppliedRevision }) => lastAppliedRevision === commit,
        );
    });
    assert.deepEqual(writes, []);
    assert.deepEqual(
      (await rig.containers()).map(({ id }) => id),
      before,
    );
  });

  it('a broken manifest is held as it was and nothing is pruned, while the others go on; mended, it goes on too', async () => {
    await using all = await house();
    const { controller, repository, shop, wiki, rig } = all;
    const shopBefore = await idsOf(rig, shop);
    const broken = await repository.commit({
      files: { 'shop.yaml': `kind: project\nname: ${shop}\nimage: [\n`, 'wiki.yaml': project(wiki, 'v2') },
    });
    await push(all, { commit: broken });
    await controller.converged(wiki, 'v2');
    const held = await controller.sees(shop, 'held', ({ outcome }) => outcome === 'held');
    const problem = controller.overview().problems.find(({ file }) => file === 'shop.yaml');
    assert.ok((problem?.line ?? 0) >= 3, JSON.stringify(controller.overview().problems));
    assert.match(held.sentence, /runs as last applied/);
    assert.deepEqual(await idsOf(rig, shop), shopBefore);
    // Held is not left alone: what runs is still looked after.
    await rig.docker('DELETE', `/containers/${shopBefore[0]}?force=1`);
    await until({
      what: 'the held one to be healed',
      look: async () =>
        (await idsOf(rig, shop)).length === 1 && (await rig.live()).every(({ state }) => state === 'running'),
      timeoutMs: 60_000,
    });
    const mended = await repository.commit({ files: { 'shop.yaml': project(shop, 'v3') } });
    await push(all, { commit: mended });
    await controller.converged(shop, 'v3');
  });

  it('history that is rewritten by force is followed', async () => {
    await using all = await house();
    const { controller, repository, shop, wiki } = all;
    const commit = await repository.rewrite({
      files: { 'shop.yaml': project(shop, 'v3'), 'wiki.yaml': project(wiki, 'v1') },
    });
    await push(all, { commit });
    const status = await controller.converged(shop, 'v3');
    assert.equal(status.lastAppliedRevision, commit);
    await controller.converged(wiki, 'v1');
  });

  it('with the git host away what runs is healed and it is said; a restart starts from the last good checkout', async () => {
    await using all = await house();
    const { controller, repository, shop, rig } = all;
    await rename(repository.directory, `${repository.directory}.away`);
    await push(all, { commit: 'f'.repeat(40) });
    await until({
      what: 'the source to say that its host is away',
      look: () => controller.overview().sources[0]?.problem ?? undefined,
    });
    const [before] = await idsOf(rig, shop);
    await rig.docker('DELETE', `/containers/${before}?force=1`);
    const healed = async (than: string | undefined): Promise<string> =>
      until({
        what: 'the shop to run again',
        look: async () =>
          (await rig.containers()).find(
            ({ name, id, state }) => name.startsWith(shop) && id !== than && state === 'running',
          )?.id,
        timeoutMs: 60_000,
      });
    const second = await healed(before);
    await controller.stop();
    await rig.docker('DELETE', `/containers/${second}?force=1`);
    await using again = await serve(rig);
    await healed(second);
    await again.converged(shop, 'v1');
    assert.equal((await rig.containers()).filter(({ image }) => image === testImages.web1).length, 2);
  });
});
