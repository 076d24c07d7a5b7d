// A blue-green deploy by the running controller, against the bare calls that it must make, at the same engine and the same proxy.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadImageOf, loadVersions } from '../test/support/load/web-image.ts';
import { probeEveryMs, startBareDeploys } from './bare-deploy.ts';
import { startChild } from './child.ts';
import { removeWith } from './engine.ts';
import type { ProxyPlace } from './proxy-child.ts';
import { secretsOf, writeHouse } from './proxy-hosts.ts';
import { type Bench, inTurns, type Lab, rowOf } from './row.ts';
import { type RunningController, startController } from './running-controller.ts';

const versions = ['v1', 'v2'] as const;
const hangMs = 60_000;

export const deploy: Bench = {
  name: 'deploy',
  async measure(lab) {
    await loadVersions({ socketPath: lab.socketPath }, versions);
    const proxy = startChild(join(import.meta.dirname, 'proxy-child.ts'), ['process', '0']);
    const ends: (() => Promise<void>)[] = [() => proxy.end()];
    try {
      const place = JSON.parse(await proxy.line()) as ProxyPlace;
      // Passes are made for a reason alone, so that none goes beside what is measured by chance.
      const workloads = { 'shop.yaml': manifest('v1') };
      const configuration = writeHouse(lab, { place, workloads, resync: '1h' });
      const bare = await startBareDeploys(lab, { place, proxy });
      ends.push(bare.end);
      const controller = await startController(lab, configuration, {
        environment: secretsOf(place),
        passes: 1,
      });
      ends.push(() => removeWith(lab, 'tinyforge.controller=bench-proxy'), controller.stop);
      let count = 0;
      const ours = async (): Promise<number> => {
        const version = versions[++count % 2] ?? 'v1';
        return deployTo(manifest(version, count), { lab, controller });
      };
      const baseline = () => controller.frozenDuring(bare.next);
      // Until the compiler has seen all sides, they are slower.
      for (let warmUp = 0; warmUp < 2; warmUp++) {
        await ours();
        await baseline();
      }
      const measured = await inTurns({ ...lab, ours, baseline });
      return [rowOf({ name: 'a blue-green deploy', ...measured, unit: 'ms', target: 1.2 })];
    } finally {
      for (const end of ends.toReversed()) await end();
    }
  },
};

/** Each is a generation of its own: an earlier one would be started again, not made. */
function manifest(version: string, number = 0): string {
  const [image, tag] = loadImageOf(version).split(':');
  return `kind: project
name: shop
image: ${image}
tag: ${tag}
environment: { RELEASE: "${number}" }
port: 8080
domains: [shop.example.test]
healthcheck: { http: /healthz, interval: ${probeEveryMs}ms, timeout: 2s, retries: 50 }
stop_grace_period: 1s
drain: 0s
`;
}

interface Deploy {
  readonly status: string;
  readonly to_version: string;
  readonly started_at: string;
  readonly duration_ms: number | null;
}

/** From the beginning of the deploy to its end, as the controller wrote it down. */
async function deployTo(
  text: string,
  { lab, controller }: { lab: Lab; controller: RunningController },
): Promise<number> {
  const file = join(lab.directory, 'forge.d', 'shop.yaml');
  // The other side's containers come and go at the same engine, and are news here as well.
  await controller.rest();
  const writtenMs = Date.now();
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
  for (;;) {
    if (Date.now() > writtenMs + hangMs) throw new Error('Nothing was deployed.');
    await delay(200);
    const response = await fetch(`${controller.url}/api/workloads/shop/deploys?limit=1`);
    const text = await response.text();
    if (!response.ok) throw new Error(`The controller answered ${response.status}: ${text}`);
    const { items } = (JSON.parse(text) as { data: { items: readonly Deploy[] } }).data;
    const [newest] = items;
    if (newest === undefined || newest.duration_ms === null || Date.parse(newest.started_at) < writtenMs)
      continue;
    if (newest.status !== 'success') throw new Error(`The deploy ended as ${newest.status}.`);
    return newest.duration_ms;
  }
}
