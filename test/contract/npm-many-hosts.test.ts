// Five hundred hosts: a look is one list, and costs hardly more than that list.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { FakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig } from '../support/loop-rig.ts';
import { startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig } from '../support/proxy/npm-rig.ts';

const SIGNAL = new AbortController().signal;
const HOSTS = 500;
const ROUNDS = 15;

it('reads one list of 500 hosts, in at most 1.5 times the time of that list alone', {
  timeout: 120_000,
}, async () => {
  const double = await startNpmDouble({ nginx: 'none' });
  await using rig = createNpmRig({ place: double, close: () => double.close() });
  for (let number = 0; number < HOSTS; number += 1)
    await rig.hands.call('POST', '/nginx/proxy-hosts', {
      domain_names: [`host-${number}.example.test`],
      forward_scheme: 'http',
      forward_host: '127.0.0.1',
      forward_port: 8080,
    });
  const provider = rig.open();
  assert.equal((await provider.list(SIGNAL)).routes.length, HOSTS);
  const before = double.requests.length;
  const [alone, looks] = [[] as number[], [] as number[]];
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(await timed(() => rig.hands.call('GET', '/nginx/proxy-hosts')));
    looks.push(await timed(() => provider.list(SIGNAL)));
  }
  const paths = double.requests.slice(before).map(({ path }) => path);
  assert.deepEqual([...new Set(paths)], ['/api/nginx/proxy-hosts']);
  assert.equal(paths.length, 2 * ROUNDS);
  const ratio = median(looks) / median(alone);
  console.log(
    `a look: ${median(looks).toFixed(1)} ms, its list alone: ${median(alone).toFixed(1)} ms, ${ratio.toFixed(2)} times`,
  );
  assert.ok(ratio <= 1.5, `${ratio.toFixed(2)} times`);

  // The whole of a pass, and nothing of it is asked twice.
  const loop = createLoopRig({ proxy: provider as unknown as FakeProxy }).boot();
  const asked = double.requests.length;
  const [lists, passes] = [[] as number[], [] as number[]];
  for (let round = 0; round < ROUNDS; round += 1) {
    lists.push(await timed(() => rig.hands.call('GET', '/nginx/proxy-hosts')));
    passes.push(await timed(() => loop.look({ prune: 'none', signal: SIGNAL })));
  }
  const all = double.requests.slice(asked).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(all, Array(2 * ROUNDS).fill('GET /api/nginx/proxy-hosts'));
  const ofPass = median(passes) / median(lists);
  console.log(
    `a pass: ${median(passes).toFixed(1)} ms, its list alone: ${median(lists).toFixed(1)} ms, ${ofPass.toFixed(2)} times`,
  );
  assert.ok(ofPass <= 1.5, `a pass takes ${ofPass.toFixed(2)} times its list alone`);
});

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
