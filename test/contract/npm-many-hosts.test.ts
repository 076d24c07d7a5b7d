// Five hundred hosts: a look is one list. What it costs beside that list is a row of the benchmarks (`proxy-hosts`).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { FakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig } from '../support/loop-rig.ts';
import { startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig } from '../support/proxy/npm-rig.ts';

const SIGNAL = new AbortController().signal;
const HOSTS = 500;
const ROUNDS = 3;

it('reads one list of 500 hosts, and a pass nothing else', {
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
  for (let round = 0; round < ROUNDS; round += 1) await provider.list(SIGNAL);
  const paths = double.requests.slice(before).map(({ path }) => path);
  assert.deepEqual(paths, Array(ROUNDS).fill('/api/nginx/proxy-hosts'));

  // The whole of a pass, and nothing of it is asked twice.
  const loop = createLoopRig({ proxy: provider as unknown as FakeProxy }).boot();
  const asked = double.requests.length;
  for (let round = 0; round < ROUNDS; round += 1) await loop.look({ prune: 'none', signal: SIGNAL });
  const all = double.requests.slice(asked).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(all, Array(ROUNDS).fill('GET /api/nginx/proxy-hosts'));

  // The first that may write asks once what whoever ran before has left.
  const written = double.requests.length;
  for (let round = 0; round < ROUNDS; round += 1)
    await loop.settle({ prune: 'none', units: [], signal: SIGNAL });
  const asks = double.requests.slice(written).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(
    [asks.filter((one) => one === 'GET /api/nginx/certificates').length, new Set(asks).size],
    [1, 2],
  );
});
