// A workload of another kind under the same name, behind a real nginx: who asks is answered all along, and no data goes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type RoutedController, routedController } from '../support/real/routed.ts';
import { freePort } from '../support/real/stack.ts';

const project = ({ rig, domain }: RoutedController, more = '') =>
  `kind: project\nname: ${rig.name}\nimage: tinyforge-test/web\ntag: v1\nport: 8080\ndomains: [${domain}]\nhealthcheck: { http: /healthz, interval: 200ms }\nstop_grace_period: 1s\ndrain: 0s\n${more}`;
const site = ({ rig, domain }: RoutedController) =>
  `kind: site\nname: ${rig.name}\ncontent: { path: ./public }\ndomains: [${domain}]\ndrain: 0s\n`;
const stack = ({ rig, domain }: RoutedController) =>
  `kind: stack\nname: ${rig.name}\nservices: { web: { port: 8080, domains: [${domain}], drain: 0s } }\n`;
const proxy = ({ rig, domain }: RoutedController, to: string) =>
  `kind: proxy\nname: ${rig.name}\ndomains: [${domain}]\nforward: ${to}\n`;

const compose = (ports: string) =>
  `services: { web: { image: tinyforge-test/web:v2, stop_grace_period: 1s, volumes: ["./data:/data"], ports: ${ports}, healthcheck: { test: ["CMD", "true"], interval: 300ms } } }\n`;

async function changed(routed: RoutedController, manifest: string): Promise<void> {
  const { rig } = routed;
  await rig.write('app/shop.yaml', manifest);
  const status = rig.status(await rig.apply(), rig.name);
  assert.equal(status.outcome, 'converged', status.sentence);
}

async function settled({ rig, hosts }: RoutedController): Promise<void> {
  assert.deepEqual(
    (await rig.plan()).units.flatMap(({ actions }) => actions),
    [],
  );
  assert.equal((await hosts()).length, 1, 'one host for the name');
}

async function noNetworkLeft({ rig }: RoutedController): Promise<void> {
  const networks = (await rig.docker('GET', '/networks')) as { Name: string }[];
  const used = new Set((await rig.live()).flatMap(({ networks }) => networks));
  assert.deepEqual(
    networks.map(({ Name }) => Name).filter((name) => name.startsWith(rig.name) && !used.has(name)),
    [],
    'no network is left',
  );
}

describe('a workload whose kind changes', () => {
  it('from project to site and back: every request is answered', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig } = routed;
    await rig.write('app/public/index.html', 'site');
    await changed(routed, project(routed));
    await using load = routed.visitors();
    await changed(routed, site(routed));
    await settled(routed);
    await noNetworkLeft(routed);
    assert.equal((await routed.get()).body.trim(), 'site');
    await changed(routed, project(routed));
    await settled(routed);
    await noNetworkLeft(routed);
    const { failures, byVersion } = await load.stop();
    assert.deepEqual(failures, []);
    assert.deepEqual(Object.keys(byVersion).sort(), ['site', 'v1']);
  });

  it('from project to stack and back: every request is answered, nothing of the kind before is left, data stays', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig } = routed;
    await rig.write('app/compose.yaml', compose('["8080"]'));
    await rig.write('app/data/row', 'theirs');
    await changed(routed, project(routed));
    await using load = routed.visitors();
    for (const [manifest, text, version] of [
      [stack(routed), 'a project becomes a stack', 'v2'],
      [project(routed), 'a stack becomes a project', 'v1'],
    ] as const) {
      await rig.write('app/shop.yaml', manifest);
      const [plan] = (await rig.plan()).units;
      assert.deepEqual([plan?.downtime, plan?.cause?.text], [null, text]);
      await changed(routed, manifest);
      await settled(routed);
      await noNetworkLeft(routed);
      assert.equal((await routed.get()).body.trim(), version);
      assert.equal((await rig.live()).length, 1);
      assert.equal(await readFile(join(rig.directory, 'app', 'data', 'row'), 'utf8'), 'theirs');
    }
    const { failures, byVersion } = await load.stop();
    assert.deepEqual(failures, []);
    assert.deepEqual(Object.keys(byVersion).sort(), ['v1', 'v2']);
  });

  it('from project to a stack that wants the same port of the host: the gap and its reason are told before', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig } = routed;
    const port = await freePort();
    await rig.write('app/compose.yaml', compose(`["${port}:8080"]`));
    await changed(routed, project(routed, `ports: ["${port}:8080"]\n`));
    await rig.write('app/shop.yaml', stack(routed));
    const [plan] = (await rig.plan()).units;
    assert.equal(
      plan?.downtime?.why,
      `a project becomes a stack: port ${port} of the host can be held by one only`,
    );
    await changed(routed, stack(routed));
    await settled(routed);
    await noNetworkLeft(routed);
    assert.equal((await routed.get()).body.trim(), 'v2');
  });

  it('to one that fails: what the kind before made serves on', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig } = routed;
    await rig.write(
      'app/compose.yaml',
      compose('["8080"]').replace('test: ["CMD", "true"]', 'retries: 2, test: ["CMD", "false"]'),
    );
    await changed(routed, project(routed));
    const [before] = await rig.live();
    await using load = routed.visitors();
    await rig.write('app/shop.yaml', stack(routed));
    const { outcome, sentence } = rig.status(await rig.apply(), rig.name);
    assert.equal(outcome, 'rolled-back', sentence);
    assert.deepEqual(
      (await rig.live()).map(({ id }) => id),
      [before?.id],
    );
    await settled(routed);
    // As it was: nothing is to be done for what never left.
    await changed(routed, project(routed));
    await settled(routed);
    const { failures, byVersion } = await load.stop();
    assert.deepEqual([failures, Object.keys(byVersion)], [[], ['v1']]);
  });

  it('from project to a stand-alone proxy: its containers leave once the route leads elsewhere, its volume stays', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig } = routed;
    await changed(routed, project(routed, `volumes: ["${rig.name}-data:/data"]\n`));
    const volume = (await rig.docker('GET', `/volumes/${rig.name}-data`)) as { Mountpoint: string };
    await writeFile(join(volume.Mountpoint, 'row'), 'theirs');
    const sum = async () =>
      createHash('sha256')
        .update(await readFile(join(volume.Mountpoint, 'row')))
        .digest('hex');
    const before = await sum();
    await rig.write('app/shop.yaml', proxy(routed, 'http://127.0.0.1:9'));
    const [plan] = (await rig.plan()).units;
    assert.deepEqual(
      plan?.actions.map(({ type }) => type),
      ['putRoute', 'stopContainer', 'removeContainer', 'removeNetwork'],
    );
    await rig.apply();
    await settled(routed);
    await noNetworkLeft(routed);
    assert.deepEqual(await rig.containers(), []);
    assert.equal(await sum(), before);
  });
});
