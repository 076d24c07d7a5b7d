// A project behind a proxy, the whole product on a real engine with a real nginx: made, switched, healed and taken away.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testImages } from '../support/real/images.ts';
import { type NpmHost, type Reach, type RoutedController, routedController } from '../support/real/routed.ts';
import { until } from '../support/real/until.ts';

const shop = (
  { rig, domain }: RoutedController,
  {
    image = testImages.web1,
    domains = [domain],
    more = '',
  }: { image?: string; domains?: string[]; more?: string } = {},
): string => {
  const [repository, tag] = image.split(':');
  return `kind: project
name: ${rig.name}
image: ${repository}
tag: ${tag}
port: 8080
${domains.length === 0 ? '' : `domains: [${domains.join(', ')}]\n`}healthcheck: { http: /healthz, interval: 200ms, timeout: 2s, retries: 5 }
stop_grace_period: 1s
drain: 0s
${more}`;
};

/** Writes the manifest, applies it, and answers with the status of its one unit. */
async function deploy(routed: RoutedController, what?: Parameters<typeof shop>[1]) {
  const { rig } = routed;
  await rig.write('shop.yaml', shop(routed, what));
  return rig.status(await rig.apply(), rig.name);
}

async function answers(routed: RoutedController, version: string): Promise<void> {
  const { status, body } = await routed.get();
  assert.deepEqual([status, body.trim()], [200, version]);
}

async function nothingToDo({ rig, writes }: RoutedController): Promise<void> {
  const look = async () => ({
    writes: writes(),
    containers: (await rig.containers()).map(({ id, name, state }) => [id, name, state]),
  });
  const before = await look();
  const again = rig.status(await rig.apply(), rig.name);
  assert.equal(again.outcome, 'converged', again.sentence);
  assert.deepEqual(await look(), before);
  assert.deepEqual(
    (await rig.plan()).units.flatMap(({ actions }) => actions),
    [],
  );
}

/** Of a host, without what counts its writes. */
function optionsOf(host: NpmHost | undefined): unknown {
  const { meta, modified_on, advanced_config, ...options } = host ?? ({} as NpmHost);
  return { ...options, lines: advanced_config.split('\n').length };
}

for (const reach of ['published', 'network'] satisfies Reach[]) {
  describe(`a routed project, reached by ${reach === 'network' ? 'name on a shared network' : 'published port'}`, () => {
    it('is made, switched, and left alone when nothing changed', async () => {
      await using routed = await routedController({ reach });
      const first = await deploy(routed);
      assert.equal(first.outcome, 'converged', first.sentence);
      await answers(routed, 'v1');
      const [host, ...others] = await routed.hosts();
      assert.deepEqual([host?.domain_names, others], [[routed.domain], []]);

      const second = await deploy(routed, { image: testImages.web2 });
      assert.equal(second.outcome, 'converged', second.sentence);
      await answers(routed, 'v2');
      assert.deepEqual(
        (await routed.hosts()).map(({ id }) => id),
        [host?.id],
      );
      await nothingToDo(routed);
    });

    it('a switch tells what was seen through the proxy meanwhile: nothing failed, but where it must', async () => {
      await using routed = await routedController({ reach, proxy: { probe: true } });
      const { rig } = routed;
      await deploy(routed);
      const proofOf = async (image: string, more?: string) => {
        const status = await deploy(routed, { image, ...(more === undefined ? {} : { more }) });
        assert.equal(status.outcome, 'converged', status.sentence);
        const pass = await rig.open({ write: false });
        try {
          return pass.store.deploys(rig.name, { limit: 1 })[0]?.proof ?? null;
        } finally {
          await pass.close();
        }
      };
      const switched = await proofOf(testImages.web2);
      assert.ok(switched !== null && switched.requests >= 10, JSON.stringify(switched));
      assert.equal(switched.failed, 0);
      const stopped = await proofOf(testImages.web3, 'strategy: recreate\n');
      assert.ok(stopped !== null && stopped.failed > 0, JSON.stringify(stopped));
    });

    it('a version that answers with an error through the proxy alone is not switched to, and is held', async () => {
      await using routed = await routedController({ reach });
      await deploy(routed);
      const [before] = await routed.hosts();
      const bad = await deploy(routed, { image: testImages.failsBehindProxy });
      assert.equal(bad.outcome, 'rolled-back', bad.sentence);
      assert.match(bad.sentence, /through the proxy.*500/);
      await answers(routed, 'v1');
      const [after] = await routed.hosts();
      assert.deepEqual(
        [after?.forward_host, after?.forward_port],
        [before?.forward_host, before?.forward_port],
      );
      const good = await deploy(routed, { image: testImages.web2 });
      assert.equal(good.outcome, 'converged', good.sentence);
      await answers(routed, 'v2');
      await nothingToDo(routed);
    });

    it('replicas share the requests, and one that is killed by hand is healed', async () => {
      await using routed = await routedController({ reach });
      const first = await deploy(routed, { more: 'replicas: 2\n' });
      assert.equal(first.outcome, 'converged', first.sentence);
      await nothingToDo(routed);
      const [one] = await routed.rig.containers();
      await routed.rig.docker('POST', `/containers/${one?.id}/stop?t=0`);
      await routed.rig.apply();
      // By name, the proxy asks for the address again after 10 s; the other replica may answer until then, or nobody.
      await until({ what: 'a replica', look: () => answers(routed, 'v1').then(() => true) });
      await nothingToDo(routed);
      const scaled = await deploy(routed, { more: 'replicas: 1\n' });
      assert.equal(scaled.outcome, 'converged', scaled.sentence);
      for (let asked = 0; asked < 20; asked++) await answers(routed, 'v1');
      await nothingToDo(routed);
    });

    it('the proxy is away: what runs is healed, no version is switched, and both are done when it is back', async () => {
      await using routed = await routedController({ reach });
      const { rig } = routed;
      await deploy(routed);
      const [old] = await rig.containers();
      await routed.double.goAway();
      const held = await deploy(routed, { image: testImages.web2 });
      assert.notEqual(held.outcome, 'converged', held.sentence);
      assert.match(held.sentence, /proxy|Nginx Proxy Manager/i);
      const running = async () => (await rig.containers()).filter(({ state }) => state === 'running');
      assert.deepEqual(
        (await running()).map(({ image }) => image),
        [testImages.web1],
      );
      await rig.docker('POST', `/containers/${old?.id}/stop?t=0`);
      await rig.apply();
      assert.deepEqual(
        (await running()).map(({ image }) => image),
        [testImages.web1],
      );
      await routed.double.comeBack();
      const back = rig.status(await rig.apply(), rig.name);
      assert.equal(back.outcome, 'converged', back.sentence);
      await answers(routed, 'v2');
      await nothingToDo(routed);
    });
  });
}

describe('the host of a routed project', () => {
  it('that was changed by hand is put right', async () => {
    await using routed = await routedController({ reach: 'published' });
    await deploy(routed);
    const [host] = await routed.hosts();
    const edits = [{ caching_enabled: true }, { forward_port: 9 }, { advanced_config: '' }];
    for (const edit of edits) {
      const { status } = await routed.api('PUT', `/nginx/proxy-hosts/${host?.id}`, edit);
      assert.equal(status, 200);
      const plan = (await routed.rig.plan()).units[0];
      assert.equal(plan?.cause?.type, 'drift', JSON.stringify([edit, plan?.cause]));
      const healed = routed.rig.status(await routed.rig.apply(), routed.rig.name);
      assert.equal(healed.outcome, 'converged', healed.sentence);
      const [now] = await routed.hosts();
      assert.deepEqual(optionsOf(now), optionsOf(host), JSON.stringify(edit));
      await answers(routed, 'v1');
      await nothingToDo(routed);
    }
    await routed.api('POST', `/nginx/proxy-hosts/${host?.id}/disable`);
    await routed.rig.apply();
    await answers(routed, 'v1');
    await routed.api('DELETE', `/nginx/proxy-hosts/${host?.id}`);
    await routed.rig.apply();
    await answers(routed, 'v1');
    await nothingToDo(routed);
  });

  it('that was changed by hand is left so and told, where the settings say report', async () => {
    await using routed = await routedController({ reach: 'published', proxy: { drift: 'report' } });
    await deploy(routed);
    const [host] = await routed.hosts();
    await routed.api('PUT', `/nginx/proxy-hosts/${host?.id}`, { caching_enabled: true });
    const before = routed.writes();
    const overview = await routed.rig.apply();
    const status = routed.rig.status(overview, routed.rig.name);
    assert.equal(routed.writes(), before);
    assert.equal((await routed.hosts())[0]?.caching_enabled, true);
    assert.match(JSON.stringify([status, overview.problems]), /changed by hand: caching/);
    // Whoever changes the manifest means all of it.
    const second = await deploy(routed, { image: testImages.web2 });
    assert.equal(second.outcome, 'converged', second.sentence);
    await answers(routed, 'v2');
  });

  it('goes when its domain goes; all of it goes with the manifest', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig } = routed;
    await deploy(routed);
    const other = `other.${routed.domain}`;
    await deploy(routed, { domains: [routed.domain, other] });
    assert.deepEqual((await routed.hosts())[0]?.domain_names.toSorted(), [routed.domain, other].sort());
    const bare = await deploy(routed, { domains: [] });
    assert.equal(bare.outcome, 'converged', bare.sentence);
    assert.deepEqual(await routed.hosts(), []);
    assert.equal((await rig.containers()).filter(({ state }) => state === 'running').length, 1);
    await nothingToDo(routed);

    await deploy(routed);
    assert.equal((await routed.hosts()).length, 1);
    await rig.remove('shop.yaml');
    await rig.apply({ prune: true });
    assert.deepEqual([await routed.hosts(), await rig.containers()], [[], []]);
  });

  it('is not taken from a stranger: told with its id, and taken over with `adopt: true` only', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig } = routed;
    const { body: stranger } = await routed.api('POST', '/nginx/proxy-hosts', {
      domain_names: [routed.domain],
      forward_scheme: 'http',
      forward_host: '127.0.0.1',
      forward_port: 9,
    });
    const told = await deploy(routed);
    assert.match(told.sentence, new RegExp(`proxy host ${stranger.id}\\b`));
    assert.equal((await routed.hosts())[0]?.forward_port, 9);
    assert.equal((await rig.containers()).filter(({ state }) => state === 'running').length, 1);
    // Before and after a new version: the unit goes on without the route.
    await deploy(routed, { image: testImages.web2 });
    assert.equal((await routed.hosts())[0]?.forward_port, 9);
    const taken = await deploy(routed, { image: testImages.web2, more: 'adopt: true\n' });
    assert.equal(taken.outcome, 'converged', taken.sentence);
    assert.deepEqual(
      (await routed.hosts()).map(({ id }) => id),
      [stranger.id],
    );
    await answers(routed, 'v2');
    await nothingToDo(routed);
  });

  it('leads to the new container where a writable volume lets nothing but recreate', async () => {
    await using routed = await routedController({ reach: 'published' });
    const volume = `volumes: ["${routed.rig.name}-data:/data"]\n`;
    await deploy(routed, { more: volume });
    await routed.rig.write('shop.yaml', shop(routed, { image: testImages.web2, more: volume }));
    const plan = (await routed.rig.plan()).units[0];
    assert.equal(plan?.strategy, 'recreate');
    assert.match(plan?.downtime?.why ?? '', /has one writer/);
    const second = await deploy(routed, { image: testImages.web2, more: volume });
    assert.equal(second.outcome, 'converged', second.sentence);
    await answers(routed, 'v2');
    await nothingToDo(routed);
  });

  it('is rolled one replica at a time', async () => {
    await using routed = await routedController({ reach: 'published' });
    const rolling = 'replicas: 2\nstrategy: rolling\n';
    const first = await deploy(routed, { more: rolling });
    assert.equal(first.outcome, 'converged', first.sentence);
    await nothingToDo(routed);
    const second = await deploy(routed, { image: testImages.web2, more: rolling });
    assert.equal(second.outcome, 'converged', second.sentence);
    for (let i = 0; i < 6; i++) await answers(routed, 'v2');
    await nothingToDo(routed);
  });
});

describe('a routed site', () => {
  it('is served through the proxy, first and after a change', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig } = routed;
    await rig.write(
      'site.yaml',
      `kind: site\nname: ${rig.name}\ncontent: { path: ./public }\ndomains: [${routed.domain}]\ndrain: 0s\n`,
    );
    for (const version of ['one', 'two']) {
      await rig.write('public/index.html', version);
      const status = rig.status(await rig.apply(), rig.name);
      assert.equal(status.outcome, 'converged', status.sentence);
      await answers(routed, version);
      await nothingToDo(routed);
    }
  });
});
