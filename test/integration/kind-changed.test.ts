// A workload of another kind under the same name, behind a real nginx: who asks is answered all along, and no data goes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startLoad } from '../support/load/load.ts';
import { type RoutedController, routedController } from '../support/real/routed.ts';

const project = ({ rig, domain }: RoutedController, more = '') =>
  `kind: project\nname: ${rig.name}\nimage: tinyforge-test/web\ntag: v1\nport: 8080\ndomains: [${domain}]\nhealthcheck: { http: /healthz, interval: 200ms }\nstop_grace_period: 1s\ndrain: 0s\n${more}`;
const site = ({ rig, domain }: RoutedController) =>
  `kind: site\nname: ${rig.name}\ncontent: { path: ./public }\ndomains: [${domain}]\ndrain: 0s\n`;
const stack = ({ rig, domain }: RoutedController) =>
  `kind: stack\nname: ${rig.name}\nservices: { web: { port: 8080, domains: [${domain}], drain: 0s } }\n`;
const proxy = ({ rig, domain }: RoutedController, to: string) =>
  `kind: proxy\nname: ${rig.name}\ndomains: [${domain}]\nforward: ${to}\n`;

const versionOf = ({ status, body }: { status: number; body: string }): string => {
  if (status !== 200) throw new Error(`answered ${status}`);
  return body.trim();
};

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

describe('a workload whose kind changes', () => {
  it('from project to site and back: every request is answered', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig, double, domain } = routed;
    await rig.write('app/public/index.html', 'site');
    await changed(routed, project(routed));
    const lanes = [{ path: '/', connection: 'new', clients: 2, pauseMs: 20 }] as const;
    await using load = startLoad({ base: double.traffic.http, host: domain, lanes, versionOf });
    await changed(routed, site(routed));
    await settled(routed);
    assert.equal((await routed.get()).body.trim(), 'site');
    await changed(routed, project(routed));
    await settled(routed);
    const { failures, byVersion } = await load.stop();
    assert.deepEqual(failures, []);
    assert.deepEqual(Object.keys(byVersion).sort(), ['site', 'v1']);
  });

  it('from project to stack and back: the gap is told before, what the kind before made leaves, data stays', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig } = routed;
    await rig.write(
      'app/compose.yaml',
      'services: { web: { image: tinyforge-test/web:v2, stop_grace_period: 1s, volumes: ["./data:/data"], ports: ["8080"], healthcheck: { test: ["CMD", "true"], interval: 300ms } } }\n',
    );
    await rig.write('app/data/row', 'theirs');
    for (const [manifest, text, version] of [
      [project(routed), null, 'v1'],
      [stack(routed), 'a project becomes a stack', 'v2'],
      [project(routed), 'a stack becomes a project', 'v1'],
    ] as const) {
      await rig.write('app/shop.yaml', manifest);
      const [plan] = (await rig.plan()).units;
      assert.equal(plan?.downtime?.why.split(':')[0] ?? null, text);
      if (text !== null) assert.equal(plan?.cause?.text, text);
      await changed(routed, manifest);
      await settled(routed);
      assert.equal((await routed.get()).body.trim(), version);
      assert.equal((await rig.live()).length, 1);
      assert.equal(await readFile(join(rig.directory, 'app', 'data', 'row'), 'utf8'), 'theirs');
    }
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
      ['putRoute', 'stopContainer', 'removeContainer'],
    );
    await rig.apply();
    await settled(routed);
    assert.deepEqual(await rig.containers(), []);
    assert.equal(await sum(), before);
  });
});
