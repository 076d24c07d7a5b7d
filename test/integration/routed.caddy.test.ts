// A routed project with a real Caddy and a real engine: deployed, switched, refused, healed, cut off from the proxy and back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { UnitStatus } from '../../src/model/status.ts';
import { exchange } from '../../src/proxies/exchange.ts';
import { type RealCaddy, startCaddy } from '../support/real/caddy.ts';
import { type RealController, realController } from '../support/real/controller.ts';
import { testImages } from '../support/real/images.ts';
import { engineWrites } from '../support/real/serving.ts';

const domain = 'shop.localhost';

interface Routed extends AsyncDisposable {
  rig: RealController;
  proxy: RealCaddy;
  /** Writes the manifest and applies it. */
  deploy(image: string, more?: string): Promise<UnitStatus>;
  apply(): Promise<UnitStatus>;
  /** The answer to a client of the domain, as `status body`. */
  answer(): Promise<string>;
  config(): Promise<string>;
}

async function routed(): Promise<Routed> {
  await using stack = new AsyncDisposableStack();
  const proxy = stack.use(await startCaddy());
  const rig = stack.use(await realController());
  rig.config.proxy = proxy.config;
  const apply = async () => rig.status(await rig.apply(), rig.name);
  const kept = stack.move();
  return {
    rig,
    proxy,
    apply,
    async deploy(image, more = '') {
      await rig.write('shop.yaml', shop(rig, image, more));
      return apply();
    },
    async answer() {
      const { status, body } = await exchange({
        ...{ url: new URL(proxy.config.traffic.http), method: 'GET', headers: { host: domain } },
        ...{ timeoutMs: 10_000, maxBytes: 4_096, signal: AbortSignal.timeout(10_000) },
      });
      return `${status} ${body.trim()}`;
    },
    config: async () => JSON.stringify(await proxy.api('GET', '/config/')),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function shop({ name }: RealController, image: string, more: string): string {
  const [repository, tag] = image.split(':');
  return `kind: project
name: ${name}
image: ${repository}
tag: ${tag}
port: 8080
domains: [${domain}]
healthcheck: { http: /healthz, interval: 200ms, timeout: 2s, retries: 5 }
stop_grace_period: 1s
drain: 0s
${more}`;
}

const isConverged = (status: UnitStatus) => assert.equal(status.outcome, 'converged', status.sentence);

describe('a routed project, with Caddy on a real engine', () => {
  it('answers by its name, the route follows each version, and twice is nothing', async () => {
    await using world = await routed();
    isConverged(await world.deploy(testImages.web1, 'replicas: 2\n'));
    assert.equal(await world.answer(), '200 v1');
    isConverged(await world.deploy(testImages.web2, 'replicas: 2\n'));
    assert.equal(await world.answer(), '200 v2');
    const before = await world.config();
    const writes = await engineWrites(world.rig, async () => isConverged(await world.apply()));
    assert.deepEqual(writes, []);
    assert.equal(await world.config(), before);
    assert.deepEqual(
      (await world.rig.plan()).units.flatMap((unit) => unit.actions),
      [],
    );
  });

  it('a version that fails never gets the route', async () => {
    await using world = await routed();
    isConverged(await world.deploy(testImages.web1));
    const before = await world.config();
    const bad = await world.deploy(testImages.neverHealthy);
    assert.equal(bad.outcome, 'rolled-back', bad.sentence);
    assert.equal(await world.answer(), '200 v1');
    assert.equal(await world.config(), before);
  });

  it('a route that was removed or changed by hand is put right', async () => {
    await using world = await routed();
    isConverged(await world.deploy(testImages.web1));
    const route = JSON.parse(await world.config()).apps.http.servers.tinyforge.routes.find(
      (entry: { match?: { host?: string[] }[] }) => entry.match?.[0]?.host?.includes(domain),
    );
    const damages: [string, () => Promise<unknown>][] = [
      ['removed', () => world.proxy.api('DELETE', `/id/${route['@id']}`)],
      [
        'led elsewhere',
        () =>
          world.proxy.api('PATCH', `/id/${route['@id']}`, {
            ...route,
            handle: [{ handler: 'static_response', status_code: 418, body: 'by hand' }],
          }),
      ],
      ['restarted without its routes', () => world.proxy.restart()],
    ];
    for (const [what, damage] of damages) {
      await damage();
      assert.notEqual(await world.answer().catch(() => 'nobody'), '200 v1', what);
      isConverged(await world.apply());
      assert.equal(await world.answer(), '200 v1', what);
    }
  });

  it('a container that comes back on another port is found again', async () => {
    await using world = await routed();
    isConverged(await world.deploy(testImages.web1));
    const [container] = await world.rig.containers();
    await world.rig.docker('POST', `/containers/${container?.id}/stop?t=0`);
    isConverged(await world.apply());
    assert.equal(await world.answer(), '200 v1');
  });

  it('while the proxy is away the old version runs on, and the switch is made when it is back', async () => {
    await using world = await routed();
    isConverged(await world.deploy(testImages.web1));
    const [old] = await world.rig.containers();
    const { url } = world.proxy.config;
    world.rig.config.proxy = { ...world.proxy.config, url: 'http://127.0.0.1:9' };
    const waiting = await world.deploy(testImages.web2);
    assert.deepEqual([waiting.outcome, waiting.reason], ['waiting', 'ProxyAway'], waiting.sentence);
    const [kept] = await world.rig.containers();
    assert.deepEqual([kept?.id, kept?.state], [old?.id, 'running']);
    assert.equal(await world.answer(), '200 v1');
    world.rig.config.proxy = { ...world.proxy.config, url };
    isConverged(await world.apply());
    assert.equal(await world.answer(), '200 v2');
  });

  it('a manifest that is removed takes its route with it', async () => {
    await using world = await routed();
    isConverged(await world.deploy(testImages.web1));
    await world.rig.remove('shop.yaml');
    await world.rig.apply({ prune: true });
    assert.deepEqual(await world.rig.containers(), []);
    assert.match(await world.answer(), /^404 /);
    assert.doesNotMatch(await world.config(), new RegExp(domain.replace('.', '\\.')));
  });
});
