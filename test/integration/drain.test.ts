// How long the old version is kept when the new one took over, on a real engine: no longer than somebody is connected to it.
import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import { createDockerRuntime } from '../../src/adapters/docker/runtime.ts';
import { QUIET_MS } from '../../src/engine/handlers/drain.ts';
import { startDeployed } from '../support/load/deployed.ts';
import { holdSocket } from '../support/load/held-socket.ts';
import { loadVersions } from '../support/load/web-image.ts';
import { sharedEngine } from '../support/real/engine.ts';
import { type RoutedController, routedController } from '../support/real/routed.ts';
import { until } from '../support/real/until.ts';

const DRAIN_MS = 10_000;

before(() => loadVersions(sharedEngine(), ['v1', 'v2']));

/** Milliseconds from the switch in the proxy to the end of the version before. */
async function keptMs({ rig, double }: RoutedController): Promise<number> {
  const switched = double.requests.findLast(({ method }) => method === 'PUT');
  const old = (await rig.containers()).find(({ state }) => state === 'exited');
  const inspected = await rig.docker('GET', `/containers/${old?.id}/json`);
  return (
    Date.parse((inspected as { State: { FinishedAt: string } }).State.FinishedAt) - (switched?.atMs ?? 0)
  );
}

it('nobody is connected to the old version any more: it ends before its time, but not at once', async (test) => {
  await using routed = await routedController({ reach: 'published', proxy: { drainMs: DRAIN_MS } });
  await using deployed = await startDeployed(routed, { replicas: 1, drainMs: DRAIN_MS });
  await deployed.to('v1');
  await deployed.to('v2');
  const ms = await keptMs(routed);
  test.diagnostic(`kept for ${ms} ms of ${DRAIN_MS}`);
  assert.ok(ms >= QUIET_MS && ms < DRAIN_MS, `${ms} ms`);
});

it('somebody is connected to the old version: it is seen, and has all of its time', async (test) => {
  await using routed = await routedController({ reach: 'published', proxy: { drainMs: DRAIN_MS } });
  await using deployed = await startDeployed(routed, { replicas: 1, drainMs: DRAIN_MS });
  await deployed.to('v1');
  const [{ id = '' } = {}] = await routed.rig.containers();
  const { socketPath } = sharedEngine();
  const runtime = createDockerRuntime({ host: 'local', socketPath, controller: 'test' });
  const open = (count: number): Promise<number> =>
    until({
      what: `${count} open`,
      look: async () => ((await runtime.openConnections(id)) === count ? 1 : undefined),
    });
  await open(0);
  const socket = await holdSocket({ base: routed.double.traffic.http, host: routed.domain });
  await open(1);
  await deployed.to('v2');
  const ms = await keptMs(routed);
  test.diagnostic(`kept for ${ms} ms of ${DRAIN_MS}`);
  assert.ok(ms >= DRAIN_MS, `${ms} ms`);
  await socket.closed;
  assert.equal(await runtime.openConnections(id), 0);
  runtime.close();
});
