// What Docker 29 (API 1.52 and newer) really said to others: we read it, and our own house in that version looks like it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { EngineEvent } from '../../src/ports/container-runtime.ts';
import { shapeOf } from '../support/answer-shape.ts';
import { json } from '../support/canned-engine.ts';
import { cannedRuntime } from '../support/canned-engine-runtime.ts';
import { until } from '../support/real/until.ts';

type Fields = Readonly<Record<string, unknown>>;

function fixture<T>(name: string): Readonly<Record<string, T>> {
  return JSON.parse(readFileSync(new URL(`../fixtures/engine-api/${name}.json`, import.meta.url), 'utf8'));
}

const recorded = (call: string) => fixture<{ answer: unknown }>('docker-29')[call]?.answer;

const [nginx, registry, excerpt] = recorded('GET /containers/json') as readonly [Fields, Fields, Fields];
const mongodb = recorded('GET /containers/mongodb/json') as Fields;
const events = recorded('GET /events') as readonly Fields[];
const images = ['alpine', 'lee'].map((name) => recorded(`GET /images/${name}/json`));
const ofOurs = (version: string, call: string) => fixture<unknown>(version)[call];

describe('Docker 29', () => {
  it('says in its list how well each is, in a field of its own', async () => {
    await using canned = await cannedRuntime();
    // The excerpt has three fields of a container alone: the rest is its neighbour's.
    const kafka = { ...registry, ...excerpt, Id: 'a'.repeat(64) };
    canned.engine.answer('GET /containers/json', json([nginx, registry, kafka]));
    const listed = await canned.runtime.listContainers();
    assert.deepEqual(
      listed.map(({ name, state, health, networks }) => [name, state, health, networks.bridge?.ip]),
      [
        ['test-nginx', 'running', 'none', '172.17.0.2'],
        ['registry', 'running', 'none', '172.27.0.2'],
        ['kafka-1', 'running', 'healthy', '172.27.0.2'],
      ],
    );
    assert.deepEqual(
      listed[1]?.ports.map(({ hostIp, published, target }) => [hostIp, published, target]),
      [
        ['127.0.0.1', 5000, 5000],
        ['172.28.1.1', 5000, 5000],
      ],
    );
  });

  it('has the address of a container with its network alone', async () => {
    assert.ok(!('IPAddress' in (mongodb.NetworkSettings as Fields)));
    await using canned = await cannedRuntime();
    canned.engine.answer('GET /containers/mongodb/json', json(mongodb));
    const facts = await canned.runtime.inspectContainer('mongodb');
    assert.deepEqual(facts?.addresses, { 'lemoncode-net': '172.18.0.2' });
    assert.deepEqual(facts.published, [
      { target: 27_017, hostIp: '0.0.0.0', port: 27_017 },
      { target: 27_017, hostIp: '::', port: 27_017 },
    ]);
    assert.deepEqual(
      facts.mounts.map(({ target }) => target),
      ['/data/configdb', '/data/db'],
    );
  });

  it('leaves out what is empty in the settings of an image', async () => {
    await using canned = await cannedRuntime();
    for (const name of ['alpine', 'lee'])
      canned.engine.answer(`GET /images/${name}/json`, json(recorded(`GET /images/${name}/json`)));
    const pulled = await canned.runtime.inspectImage('alpine');
    assert.deepEqual(
      [pulled?.id, pulled?.repoDigests, pulled?.volumes, pulled?.exposedPorts, pulled?.hasHealthcheck],
      [pulled?.id, [`alpine@${pulled?.id}`], [], [], false],
    );
    assert.deepEqual((await canned.runtime.inspectImage('lee'))?.exposedPorts, [8080]);
  });

  it('tells what happens without `status`, `id` and `from`', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('GET /events', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (const event of events) response.write(`${JSON.stringify(event)}\n`);
    });
    const heard: EngineEvent[] = [];
    const stop = canned.runtime.watch({ onEvent: (one) => heard.push(one), onGap() {}, onAway() {} });
    try {
      await until({ what: 'the last of them', look: () => heard.length === events.length || undefined });
    } finally {
      await stop();
    }
    assert.deepEqual(
      heard.map(({ type, action, id, name, exitCode }) => [type, action, id, name, exitCode]),
      [
        ['container', 'create', 'f041', 'runner', null],
        ['container', 'start', 'f041', 'runner', null],
        ['container', 'die', 'f041', 'runner', 3],
        ['network', 'connect', 'n1', 'bridge', null],
      ],
    );
  });
});

describe('our house in API 1.52', () => {
  /** What there is only for some containers and images: a check, a volume, a pull. */
  const OPTIONAL =
    /^(?:\[\]\.)?(?:State\.Health|Config\.(?:Healthcheck|Labels)|ImageManifestDescriptor|Descriptor\.annotations|Mounts)/;
  const calls = [
    { ours: 'GET /containers/json', said: [[nginx, registry, excerpt]] },
    { ours: 'GET /containers/shop-web/json', said: [mongodb] },
    { ours: 'GET /containers/shop-done/json', said: [mongodb] },
    { ours: 'GET /images/web/json', said: images },
    { ours: 'GET /events', said: [events] },
  ];
  for (const { ours, said } of calls)
    describe(ours, () => {
      const theirs = new Set(said.flatMap((answer) => [...shapeOf(answer)]));
      const before = shapeOf(ofOurs('1.51', ours));
      const now = shapeOf(ofOurs('1.52', ours));

      it('has no field that neither Docker 29 nor the version before has said', () => {
        assert.deepEqual(
          [...now].filter((path) => !theirs.has(path) && !before.has(path)),
          [],
        );
      });

      it('has no field of the version before that Docker 29 leaves out', () => {
        const isKnown = (path: string) => OPTIONAL.test(path) || theirs.has(path);
        assert.deepEqual(
          [...now].filter((path) => !isKnown(path)),
          [],
          'left in',
        );
        assert.ok(theirs.size > 5, 'and there is something to compare with');
      });
    });

  it('says of health and of addresses what Docker 29 says', () => {
    const list = shapeOf(ofOurs('1.52', 'GET /containers/json'));
    assert.ok(
      list.has('[].Health.Status') && !shapeOf(ofOurs('1.51', 'GET /containers/json')).has('[].Health'),
    );
    const web = shapeOf(ofOurs('1.52', 'GET /containers/shop-web/json'));
    assert.ok(web.has('NetworkSettings.Networks.*.IPAddress') && !web.has('NetworkSettings.IPAddress'));
    assert.ok(shapeOf(ofOurs('1.51', 'GET /containers/shop-web/json')).has('NetworkSettings.IPAddress'));
  });
});
