// Replicas behind Nginx Proxy Manager: what clients notice when one of three is killed, by shared name and by weights.
import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import { startDeployed } from '../support/load/deployed.ts';
import { CALM_LANES, startLoad } from '../support/load/load.ts';
import { durations, percentile } from '../support/load/percentiles.ts';
import { fromOneOf } from '../support/load/versions.ts';
import { loadVersions } from '../support/load/web-image.ts';
import { sharedEngine } from '../support/real/engine.ts';
import { type Reach, routedController } from '../support/real/routed.ts';
import { until } from '../support/real/until.ts';

const DRAIN_MS = 2_000;
const REPLICAS = 3;

before(() => loadVersions(sharedEngine(), ['v1', 'v2']));

for (const reach of ['network', 'published'] satisfies Reach[]) {
  it(`three replicas become one and three again, by ${reach}: nobody is asked who leaves, or who cannot answer yet`, async (test) => {
    await using routed = await routedController({ reach, proxy: { drainMs: DRAIN_MS } });
    await using deployed = await startDeployed(routed, {
      replicas: REPLICAS,
      drainMs: DRAIN_MS,
      warmUpS: 0.5,
    });
    await deployed.to('v1');
    const base = routed.double.traffic.http;
    await using load = startLoad({
      base,
      ownAddress: new URL(base).hostname,
      host: routed.domain,
      lanes: CALM_LANES,
      versionOf: fromOneOf(['v1']),
    });
    await load.reached(1_000);
    const span = await deployed.scale('v1', 1);
    // Longer than nginx keeps an address that it looked up.
    await load.reached(load.counts().requests + 5_000);
    const more = await deployed.scale('v1', REPLICAS);
    await load.reached(load.counts().requests + 1_000);
    const { failures, failed, requests } = await load.stop();
    test.diagnostic(
      `three replicas to one in ${(span.endMs - span.startMs).toFixed(0)} ms, to three in ${(more.endMs - more.startMs).toFixed(0)} ms: ${failed} of ${requests} requests failed`,
    );
    assert.deepEqual(failures.slice(0, 5), []);
    assert.equal(failed, 0);
  });

  const how = reach === 'network' ? 'one name for all of them' : 'weights by request';
  it(`three replicas, ${how}: a deploy loses nothing, and one that is killed is healed`, async (test) => {
    await using routed = await routedController({ reach, proxy: { drainMs: DRAIN_MS } });
    await using deployed = await startDeployed(routed, { replicas: REPLICAS, drainMs: DRAIN_MS });
    await deployed.to('v1');
    const base = routed.double.traffic.http;
    const versionOf = fromOneOf(['v1', 'v2']);
    const ask = () =>
      startLoad({
        base,
        ownAddress: new URL(base).hostname,
        host: routed.domain,
        lanes: CALM_LANES,
        versionOf,
      });
    await using load = ask();
    await load.reached(500);
    await deployed.to('v2');
    await load.reached(load.counts().requests + 500);
    const switched = await load.stop();
    test.diagnostic(`a deploy: ${switched.failed} of ${switched.requests} requests failed`);

    await using after = ask();
    await after.reached(500);
    const up = async () => (await routed.rig.containers()).filter(({ state }) => state === 'running');
    const [one] = await up();
    await routed.rig.docker('POST', `/containers/${one?.id}/kill`);
    const killedMs = performance.now();
    await until({
      what: 'all to run',
      look: async () => (await up()).length === REPLICAS,
      timeoutMs: 60_000,
    });
    const healedMs = performance.now() - killedMs;
    await after.reached(after.counts().requests + 3_000);
    const killed = await after.stop();
    const p99Ms = percentile(durations(killed.samples.filter(({ path }) => path === '/small')), 0.99);
    const kinds = [...new Set(killed.failures.map((why) => why.replace(/^.*?: /, '').slice(0, 30)))];
    test.diagnostic(
      `one of ${REPLICAS} killed: healed after ${healedMs.toFixed(0)} ms, ${killed.failed} of ${killed.requests} requests failed (${kinds.join('; ') || 'none'}), p99 of small ones ${p99Ms.toFixed(0)} ms`,
    );
    assert.deepEqual(switched.failures.slice(0, 5), []);
    assert.ok(switched.requests > 1_000 && killed.requests > 3_000);
  });
}
