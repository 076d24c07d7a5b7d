// The same small house as engines of four ages tell it: whatever their answers look like, we see the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { digestOf } from '../../src/adapters/docker/image-name.ts';
import type { EngineEvent } from '../../src/ports/container-runtime.ts';
import { json } from '../support/canned-engine.ts';
import { type CannedRuntime, cannedRuntime } from '../support/canned-engine-runtime.ts';
import { until } from '../support/real/until.ts';

/** `about` says where they are from; all else is a call and its answer. */
type Answers = Readonly<Record<string, unknown>>;

interface Told {
  readonly Id: string;
}

const IMAGE = 'tinyforge-test/web-checked:v1';

for (const version of ['1.41', '1.45', '1.51', '1.52'])
  describe(`an engine that speaks ${version}`, () => {
    const path = new URL(`../fixtures/engine-api/${version}.json`, import.meta.url);
    const answers = JSON.parse(readFileSync(path, 'utf8')) as Answers;
    const web = answers['GET /containers/shop-web/json'] as Told;
    const done = answers['GET /containers/shop-done/json'] as Told;

    async function engine(): Promise<CannedRuntime> {
      const canned = await cannedRuntime();
      for (const [call, answer] of Object.entries(answers))
        if (call !== 'about' && call !== 'GET /events') canned.engine.answer(call, json(answer));
      canned.engine.answer(`GET /containers/${web.Id}/json`, json(web));
      canned.engine.answer(
        `GET /images/${encodeURIComponent(IMAGE)}/json`,
        json(answers['GET /images/web/json']),
      );
      return canned;
    }

    it('is asked in its own version, and says what it is', async () => {
      await using canned = await engine();
      const info = await canned.runtime.info();
      assert.equal(info.apiVersion, version);
      assert.equal(canned.engine.requests.at(-1)?.url.split('/')[1], `v${version}`);
      const { id, os, swarm, liveRestore, bridgeGateway } = info;
      assert.deepEqual(
        { hasId: id !== '', os, swarm, liveRestore, bridgeGateway },
        { hasId: true, os: 'linux', swarm: 'inactive', liveRestore: false, bridgeGateway: '172.17.255.1' },
      );
    });

    it('lists its containers', async () => {
      await using canned = await engine();
      const listed = await canned.runtime.listContainers();
      const seen = listed.map((container) => ({
        ...{ name: container.name, image: container.image, state: container.state },
        ...{ health: container.health, exitCode: container.exitCode, ports: container.ports },
        isUp: container.upSeconds !== null,
        unit: container.ours?.unit ?? null,
        ips: Object.fromEntries(Object.entries(container.networks).map(([name, { ip }]) => [name, ip])),
        aliases: container.networks.shop?.aliases ?? null,
      }));
      const port = { target: 8080, published: 32768, hostIp: '127.0.0.1', protocol: 'tcp' };
      assert.deepEqual(
        seen.sort((a, b) => (a.name < b.name ? -1 : 1)),
        [
          {
            ...{ name: 'shop-done', image: 'tinyforge-test/web:exits', state: 'exited', health: 'none' },
            ...{ exitCode: 3, ports: [], isUp: false, unit: null, ips: { none: '' }, aliases: null },
          },
          {
            ...{ name: 'shop-web', image: IMAGE, state: 'running', health: 'healthy', exitCode: null },
            ...{
              ports: [port],
              isUp: true,
              unit: 'shop/prod',
              ips: { shop: '172.17.0.2' },
              aliases: ['web'],
            },
          },
        ],
      );
    });

    it('tells of one container', async () => {
      await using canned = await engine();
      const facts = await canned.runtime.inspectContainer('shop-web');
      assert.ok(facts !== null && facts.startedAtMs !== null);
      assert.deepEqual(
        { ...facts, mounts: facts.mounts.toSorted((a, b) => (a.target < b.target ? -1 : 1)) },
        {
          id: web.Id,
          state: 'running',
          running: true,
          exitCode: 0,
          oomKilled: false,
          error: '',
          restartCount: 0,
          startedAtMs: facts.startedAtMs,
          health: { status: 'healthy', lastOutput: '' },
          addresses: { shop: '172.17.0.2' },
          published: [{ target: 8080, hostIp: '127.0.0.1', port: 32768 }],
          aliases: { shop: ['web'] },
          mounts: [
            { target: '/data', source: '/var/lib/docker/volumes/shop-data/_data' },
            { target: '/etc/seen', source: '/etc/hosts' },
          ],
          onHostNetwork: false,
        },
      );
      const ended = await canned.runtime.inspectContainer('shop-done');
      assert.deepEqual(
        [ended?.id, ended?.state, ended?.exitCode, ended?.health, ended?.addresses, ended?.published],
        [done.Id, 'exited', 3, { status: 'none', lastOutput: null }, {}, []],
      );
    });

    it('tells of an image, networks and volumes', async () => {
      await using canned = await engine();
      const image = await canned.runtime.inspectImage(IMAGE);
      assert.ok(image !== null);
      assert.deepEqual(
        [image.hasHealthcheck, image.volumes, image.exposedPorts, image.sizeBytes],
        [true, [], [8080], (answers['GET /images/web/json'] as { Size: number }).Size],
      );
      // In the image store of Docker 29 an image is its manifest; before, what nobody has pushed has its id alone.
      assert.equal(digestOf(IMAGE, image), image.id);
      const networks = await canned.runtime.listNetworks();
      assert.deepEqual(networks.map(({ name, controller, gateway }) => [name, controller, gateway]).sort(), [
        ['bridge', null, '172.17.255.1'],
        ['host', null, null],
        ['none', null, null],
        ['shop', 'default', '172.17.0.1'],
      ]);
      assert.deepEqual(await canned.runtime.listVolumes(), [
        { name: 'shop-data', controller: 'default', workloadId: 'project.shop' },
      ]);
    });

    it('tells what happens', async () => {
      await using canned = await engine();
      canned.engine.answer('GET /events', (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        for (const event of answers['GET /events'] as readonly object[])
          response.write(`${JSON.stringify(event)}\n`);
      });
      const events: EngineEvent[] = [];
      const stop = canned.runtime.watch({
        onEvent: (event) => events.push(event),
        onGap: () => {},
        onAway: () => {},
      });
      try {
        await until({
          what: 'the health of the container',
          look: () => events.some(({ action }) => action === 'health_status: healthy') || undefined,
        });
      } finally {
        await stop();
      }
      const of = (id: string) =>
        events
          .filter((event) => event.id === id)
          .map(({ action, name, unit, exitCode }) => [action, name, unit, exitCode]);
      assert.deepEqual(of(web.Id), [
        ['create', 'shop-web', 'shop/prod', null],
        ['start', 'shop-web', 'shop/prod', null],
        ['health_status: healthy', 'shop-web', 'shop/prod', null],
      ]);
      assert.deepEqual(of(done.Id), [
        ['create', 'shop-done', null, null],
        ['start', 'shop-done', null, null],
        ['die', 'shop-done', null, 3],
      ]);
      const made = events.filter(({ type }) => type === 'network' || type === 'volume');
      assert.ok(made.some(({ type, name }) => type === 'network' && name === 'shop'));
    });
  });

it('an engine of 1.52 has health in a field of its own, which goes over its sentence', async () => {
  const path = new URL('../fixtures/engine-api/1.52.json', import.meta.url);
  const answers = JSON.parse(readFileSync(path, 'utf8')) as Answers;
  await using canned = await cannedRuntime();
  const list = (answers['GET /containers/json'] as readonly object[]).map((element) => ({
    ...element,
    Status: 'Up 5 minutes (Paused)',
    Health: { Status: 'unhealthy', FailingStreak: 3 },
  }));
  canned.engine.answer('GET /containers/json', json(list));
  const listed = await canned.runtime.listContainers();
  assert.deepEqual(new Set(listed.map(({ health }) => health)), new Set(['unhealthy']));
});
