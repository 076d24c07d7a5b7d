// `renamed_from` by the whole product on a real engine: nobody who asks notices, data are the same bytes, nothing of the old name stays.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startLoad } from '../support/load/load.ts';
import { fillVolume, volumeChecksum } from '../support/real/checksum.ts';
import { type RealController, realController } from '../support/real/controller.ts';
import { type Routed, routedController } from '../support/real/routed.ts';
import { routedByCaddy } from '../support/real/routed-caddy.ts';
import { RUN, realStack } from '../support/real/stack.ts';

const LANES = [
  { path: '/', connection: 'kept', clients: 2 },
  { path: '/', connection: 'new', clients: 2, pauseMs: 10 },
] as const;

const project = (name: string, more: string): string => `kind: project
name: ${name}
image: tinyforge-test/web
tag: v1
port: 8080
healthcheck: { http: /healthz, interval: 200ms, timeout: 2s, retries: 10 }
stop_grace_period: 1s
drain: 300ms
${more}`;

const versionOf = ({ status, body }: { status: number; body: string }): string => {
  if (status !== 200) throw new Error(`answered ${status}`);
  return body.trim();
};

/** Applies, and answers with how the unit stands. */
async function settled(rig: RealController, unit: string) {
  const status = rig.status(await rig.apply(), unit);
  assert.equal(status.outcome, 'converged', status.sentence);
  return status;
}

/** All that is there, as nobody changes it. */
async function stateOf(rig: RealController) {
  return (await rig.containers()).map(({ id, name, state, status }) => [
    id,
    name,
    state,
    state === 'running' ? '' : status.replace(/ .*/, ''),
  ]);
}

async function networksOf(rig: RealController): Promise<string[]> {
  const filters = encodeURIComponent(
    JSON.stringify({ label: [`tinyforge.controller=${rig.config.controller}`] }),
  );
  const found = (await rig.docker('GET', `/networks?filters=${filters}`)) as { Name: string }[];
  return found.map(({ Name }) => Name).sort();
}

async function nothingToDo(rig: RealController): Promise<void> {
  const before = await stateOf(rig);
  assert.deepEqual(
    (await rig.plan()).units.flatMap(({ actions }) => actions.map(({ type }) => type)),
    [],
  );
  await rig.apply();
  assert.deepEqual(await stateOf(rig), before);
}

/** Renames what is deployed while clients ask through the proxy, and answers with what they got. */
async function renamedUnderLoad(
  routed: Routed,
  { write, of }: { write: () => Promise<void>; of: (answer: { status: number; body: string }) => string },
) {
  const { traffic, domain, rig } = routed;
  await using load = startLoad({
    base: traffic.http,
    ownAddress: new URL(traffic.http).hostname,
    host: domain,
    lanes: LANES,
    versionOf: of,
  });
  await load.reached(50);
  await write();
  await rig.apply();
  await load.calm(20);
  return load.stop();
}

const PROXIES: Record<string, () => Promise<Routed>> = {
  'Nginx Proxy Manager, by port': () => routedController({ reach: 'published' }),
  'Nginx Proxy Manager, by name': () => routedController({ reach: 'network' }),
  'Caddy, by name': () => routedByCaddy(),
};

for (const [proxy, open] of Object.entries(PROXIES)) {
  describe(`renamed behind ${proxy}`, () => {
    it('a project: no request fails, one host, and nothing of the old name is left', async (test) => {
      await using routed = await open();
      const { rig, domain } = routed;
      rig.config.keep.revisions = 1;
      const store = `${rig.name}-store`;
      const routes = `domains: [${domain}]\nreplicas: 2\n`;
      await rig.write('shop.yaml', project(rig.name, routes));
      await settled(rig, rig.name);
      const [host] = await routed.hosts();
      await rig.write('shop.yaml', project(store, `renamed_from: ${rig.name}\n${routes}`));
      const plan = await rig.plan();
      assert.deepEqual(
        plan.units.map(({ unit, cause, strategy, downtime }) => [unit, cause?.text, strategy, downtime]),
        [[store, `renamed from ${rig.name}`, 'blue-green', null]],
      );
      const seen = await renamedUnderLoad(routed, { write: async () => {}, of: versionOf });
      test.diagnostic(`${seen.requests} requests, ${seen.failed} failed, ${seen.retried} retried`);
      assert.deepEqual(seen.failures, []);
      await settled(rig, store);
      assert.deepEqual(
        (await rig.containers()).map(({ name, state }) => [name.slice(0, store.length), state]),
        [
          [store, 'running'],
          [store, 'running'],
        ],
      );
      assert.deepEqual(
        (await routed.hosts()).map(({ id, domain_names }) => [id, domain_names]),
        [[host?.id, [domain]]],
      );
      assert.deepEqual(await networksOf(rig), [store]);
      await nothingToDo(rig);
      const written = await routed.written();
      await rig.write('shop.yaml', project(store, routes));
      await nothingToDo(rig);
      assert.deepEqual(await routed.written(), written);
    });

    it('a site: no request fails, and an earlier release comes back under the new name', async (test) => {
      await using routed = await open();
      const { rig, domain } = routed;
      const site = (name: string, more = '') =>
        rig.write(
          'site.yaml',
          `kind: site\nname: ${name}\n${more}content: { path: ./public }\ndrain: 300ms\ndomains: [${domain}]\n`,
        );
      await rig.write('public/index.html', 'one');
      await site(rig.name);
      await settled(rig, rig.name);
      await rig.write('public/index.html', 'two');
      await settled(rig, rig.name);
      const handbook = `${rig.name}-handbook`;
      const seen = await renamedUnderLoad(routed, {
        write: () => site(handbook, `renamed_from: ${rig.name}\n`),
        of: versionOf,
      });
      test.diagnostic(`${seen.requests} requests, ${seen.failed} failed, ${seen.retried} retried`);
      assert.deepEqual(seen.failures, []);
      await settled(rig, handbook);
      assert.equal((await routed.hosts()).length, 1);
      await nothingToDo(rig);
      const pass = await rig.open({ write: true });
      try {
        await pass.controller.plan({ fresh: true, prune: false });
        await pass.controller.rollBack({ unit: handbook, to: 1, by: 'test' });
      } finally {
        await pass.close();
      }
      const back = rig.status(await rig.apply(), handbook);
      assert.equal(back.outcome, 'held', back.sentence);
      assert.equal((await routed.get()).body.trim(), 'one');
      assert.equal((await routed.hosts()).length, 1);
    });
  });
}

describe('renamed with data', () => {
  it('a project keeps its named volume, byte for byte, also back again', async () => {
    await using rig = await realController();
    const store = `${rig.name}-store`;
    const volume = `${rig.name}-data`;
    const mount = `volumes: ["${volume}:/data"]\n`;
    await rig.write('shop.yaml', project(rig.name, mount));
    await settled(rig, rig.name);
    await fillVolume(rig, volume);
    const before = await volumeChecksum(rig, volume);
    await rig.write('shop.yaml', project(store, `renamed_from: ${rig.name}\n${mount}`));
    const [plan] = (await rig.plan()).units;
    assert.equal(plan?.strategy, 'recreate');
    assert.match(plan?.downtime?.why ?? '', /has one writer/);
    await settled(rig, store);
    assert.equal(await volumeChecksum(rig, volume), before);
    await nothingToDo(rig);
    await rig.write('shop.yaml', project(rig.name, `renamed_from: ${store}\n${mount}`));
    await settled(rig, rig.name);
    assert.equal(await volumeChecksum(rig, volume), before);
    const volumes = (await rig.docker('GET', '/volumes')) as { Volumes: { Name: string }[] };
    assert.deepEqual(
      volumes.Volumes.filter(({ Name }) => Name.startsWith(rig.name)).map(({ Name }) => Name),
      [volume],
    );
    await nothingToDo(rig);
  });

  it('a stack goes on as it runs: no container restarts, its volume and Compose project keep their names', async () => {
    await using rig = await realStack();
    const compose = (word: string): string => `services:
  db: { ${RUN}, command: [sleep, "1000"], volumes: ["files:/files"] }
  web: { ${RUN}, command: [sleep, "1000"], environment: { WORD: ${word} } }
volumes: { files: {} }
`;
    await rig.manifest();
    const first = await rig.applied(compose('one'));
    assert.equal(first.outcome, 'converged', first.sentence);
    const volume = `${rig.name}_files`;
    await fillVolume(rig, volume);
    const data = await volumeChecksum(rig, volume);
    const seen = await rig.seen();
    const store = `${rig.name}-store`;
    await rig.write('app/stack.yaml', `kind: stack\nname: ${store}\nrenamed_from: ${rig.name}\n`);
    const plan = (await rig.plan()).units;
    assert.deepEqual(
      plan.map(({ unit, cause, actions, downtime }) => [
        unit,
        cause?.text,
        actions.map(({ type }) => type),
        downtime,
      ]),
      [[store, `renamed from ${rig.name}`, ['takeName'], null]],
    );
    const writes = await rig.writesDuring(() => settled(rig, store));
    assert.deepEqual(writes, []);
    assert.deepEqual(await rig.seen(), seen);
    assert.equal(await volumeChecksum(rig, volume), data);
    // The key is history by now.
    await rig.write('app/stack.yaml', `kind: stack\nname: ${store}\n`);
    assert.deepEqual(await rig.writesDuring(() => settled(rig, store)), []);
    // A real change makes one service anew, in the same project, beside the same volume, under the new name.
    await rig.compose(compose('two'));
    await settled(rig, store);
    const after = await rig.seen();
    assert.deepEqual(
      after.map(({ name, id }) => [name, id === seen.find((one) => one.name === name)?.id]),
      [
        [`${rig.name}-db-1`, true],
        [`${rig.name}-web-1`, false],
      ],
    );
    assert.equal(after[1]?.labels['tinyforge.unit'], store);
    assert.equal(await volumeChecksum(rig, volume), data);
    assert.deepEqual(await rig.writesDuring(() => settled(rig, store)), []);
    // Back again, and there once more.
    await rig.write('app/stack.yaml', `kind: stack\nname: ${rig.name}\nrenamed_from: ${store}\n`);
    assert.deepEqual(await rig.writesDuring(() => settled(rig, rig.name)), []);
    await rig.write('app/stack.yaml', `kind: stack\nname: ${store}\nrenamed_from: ${rig.name}\n`);
    assert.deepEqual(await rig.writesDuring(() => settled(rig, store)), []);
    // Taken away, it goes as a whole.
    await rig.write(
      'app/stack.yaml',
      'kind: project\nname: other\nimage: tinyforge-test/shell:1\nstate: stopped\n',
    );
    await rig.apply();
    assert.deepEqual(await rig.seen(), []);
    assert.equal(await volumeChecksum(rig, volume), data);
    assert.deepEqual(await networksOf(rig), []);
  });
});
