// The promise of no downtime, through Caddy: switches under load, and not one request that notices.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, it } from 'node:test';
import type { CaddySwitches } from '../support/load/caddy-switches.ts';
import { startDeployed, startDeployedStack } from '../support/load/deployed.ts';
import { switchesUnderLoad, VERSIONS } from '../support/load/switches.ts';
import { loadVersions } from '../support/load/web-image.ts';
import { sharedEngine } from '../support/real/engine.ts';
import { inOwnNetwork } from '../support/real/own-network.ts';
import { routedByCaddy } from '../support/real/routed-caddy.ts';

// There is no WebSocket among the clients: Caddy before 2.7 closes them at every change (caddy#4895).
const DRAIN_MS = 2_000;

before(() => loadVersions(sharedEngine(), VERSIONS));

it('twenty deploys under load: no request fails, and none is answered by neither version', async (test) => {
  await using routed = await routedByCaddy({ drainMs: DRAIN_MS });
  await using deployed = await startDeployed(routed, { replicas: 1, drainMs: DRAIN_MS });
  await deployed.to('v1');
  await switchesUnderLoad(test, { routed, deployed });
});

it('twenty deploys of a service of a stack under load: the same', async (test) => {
  await using routed = await routedByCaddy({ drainMs: DRAIN_MS });
  await using deployed = await startDeployedStack(routed, { drainMs: DRAIN_MS });
  await deployed.to('v1');
  await switchesUnderLoad(test, { routed, deployed });
});

it('the switch itself, between two servers that run: no request fails, and none is answered by neither version', async (test) => {
  const { failures, cost, ...counts } = await inOwnNetwork<CaddySwitches>({
    script: join(import.meta.dirname, '../support/load/caddy-switches.ts'),
    // As docs/caddy.md asks for, and doctor: each change of Caddy's closes the socket that new clients wait in.
    settings: { 'net/ipv4/tcp_migrate_req': '1' },
    timeoutMs: 300_000,
  });
  test.diagnostic(JSON.stringify(counts));
  for (const [path, { betweenP99Ms, duringP99Ms, ratio }] of Object.entries(cost))
    test.diagnostic(
      `${path}: p99 ${duringP99Ms.toFixed(0)} ms during a switch, ${betweenP99Ms.toFixed(0)} ms between (${ratio.toFixed(2)} times)`,
    );

  assert.deepEqual(failures.slice(0, 5), []);
  assert.deepEqual([counts.failed, counts.ok], [0, counts.requests]);
  assert.ok(counts.switches >= 20 && counts.requests >= 20_000);
  for (const version of ['v1', 'v2']) assert.ok((counts.byVersion[version] ?? 0) > 1_000);
  for (const [path, { ratio }] of Object.entries(cost))
    assert.ok(ratio <= 3, `p99 of ${path} is ${ratio.toFixed(1)} times as long during a switch`);
});
