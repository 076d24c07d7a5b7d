// Replicas behind a real Caddy: three become one and three again while clients ask, and none of them notices.
import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import { startDeployed } from '../support/load/deployed.ts';
import { CALM_LANES, startLoad } from '../support/load/load.ts';
import { fromOneOf } from '../support/load/versions.ts';
import { loadVersions } from '../support/load/web-image.ts';
import { sharedEngine } from '../support/real/engine.ts';
import { routedByCaddy } from '../support/real/routed-caddy.ts';

const DRAIN_MS = 2_000;
const REPLICAS = 3;

before(() => loadVersions(sharedEngine(), ['v1']));

it('three replicas become one and three again: nobody is asked who leaves, or who cannot answer yet', async (test) => {
  await using routed = await routedByCaddy({ drainMs: DRAIN_MS });
  await using deployed = await startDeployed(routed, {
    replicas: REPLICAS,
    drainMs: DRAIN_MS,
    warmUpS: 0.5,
  });
  await deployed.to('v1');
  const base = routed.traffic.http;
  await using load = startLoad({
    base,
    ownAddress: new URL(base).hostname,
    host: routed.domain,
    lanes: CALM_LANES,
    versionOf: fromOneOf(['v1']),
  });
  await load.reached(1_000);
  const less = await deployed.scale('v1', 1);
  await load.reached(load.counts().requests + 3_000);
  const more = await deployed.scale('v1', REPLICAS);
  await load.reached(load.counts().requests + 1_000);
  const { failures, failed, requests } = await load.stop();
  test.diagnostic(
    `three replicas to one in ${(less.endMs - less.startMs).toFixed(0)} ms, to three in ${(more.endMs - more.startMs).toFixed(0)} ms: ${failed} of ${requests} requests failed`,
  );
  assert.deepEqual(failures.slice(0, 5), []);
  assert.equal(failed, 0);
});
