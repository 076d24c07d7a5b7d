// The promise of no downtime, through a real nginx as Nginx Proxy Manager drives it: real deploys under load, and what Compose alone does.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { before, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { programPath } from '../../scripts/real-parts/paths.ts';
import { startDeployed } from '../support/load/deployed.ts';
import { holdSocket } from '../support/load/held-socket.ts';
import { CALM_LANES, type Load, startLoad } from '../support/load/load.ts';
import { type Span, switchCost } from '../support/load/percentiles.ts';
import { fromOneOf } from '../support/load/versions.ts';
import { loadImageOf, loadVersions } from '../support/load/web-image.ts';
import { sharedEngine } from '../support/real/engine.ts';
import { makePlace } from '../support/real/place.ts';
import { acceptsConnections, freePort } from '../support/real/program.ts';
import { type RoutedController, routedController } from '../support/real/routed.ts';
import { until } from '../support/real/until.ts';

const SWITCHES = 20;
const REQUESTS = 20_000;
/** Longer than the longest answer takes. */
const DRAIN_MS = 2_000;
const VERSIONS = ['v1', 'v2'] as const;

before(() => loadVersions(sharedEngine(), VERSIONS));

function loadOn({ double, domain }: RoutedController): Load {
  const base = double.traffic.http;
  const ownAddress = new URL(base).hostname;
  return startLoad({ base, ownAddress, host: domain, lanes: CALM_LANES, versionOf: fromOneOf(VERSIONS) });
}

it('twenty deploys under load: no request fails, and none is answered by neither version', async (test) => {
  await using routed = await routedController({ reach: 'published', proxy: { drainMs: DRAIN_MS } });
  await using deployed = await startDeployed(routed, { replicas: 1, drainMs: DRAIN_MS });
  await deployed.to('v1');
  await using load = loadOn(routed);
  const spans: Span[] = [];
  const held: number[] = [];
  for (let count = 1; count <= SWITCHES; count++) {
    await load.reached(Math.max(load.counts().requests + 200, (REQUESTS * count) / (SWITCHES + 1)));
    const socket = await holdSocket({ base: routed.double.traffic.http, host: routed.domain });
    const { length } = routed.double.requests;
    spans.push(await deployed.to(count % 2 === 0 ? 'v1' : 'v2'));
    const put = routed.double.requests.slice(length).findLast(({ method }) => method === 'PUT');
    assert.ok(put !== undefined && socket.echoed() > 0);
    const closedMs = await socket.closed;
    held.push(closedMs - put.atMs);
  }
  await load.reached(Math.max(load.counts().requests + 200, REQUESTS));
  const { samples, failures, ...counts } = await load.stop();
  test.diagnostic(JSON.stringify(counts));
  const took = spans.map(({ startMs, endMs }) => endMs - startMs).sort((a, b) => a - b);
  test.diagnostic(`${SWITCHES} deploys, the median took ${took[SWITCHES / 2]?.toFixed(0)} ms`);
  for (const path of new Set(samples.map((sample) => sample.path))) {
    const ofPath = samples.filter((sample) => sample.path === path);
    const { betweenP99Ms, duringP99Ms, ratio } = switchCost(ofPath, spans);
    test.diagnostic(
      `${path}: p99 ${duringP99Ms.toFixed(0)} ms during a deploy, ${betweenP99Ms.toFixed(0)} ms between (${ratio.toFixed(2)} times)`,
    );
    assert.ok(ratio <= 3, `p99 of ${path} is ${ratio.toFixed(1)} times as long during a deploy`);
  }
  test.diagnostic(`an upgraded connection lived on for ${Math.min(...held)} ms or more after the switch`);
  assert.deepEqual(failures.slice(0, 5), []);
  assert.deepEqual([counts.failed, counts.ok], [0, counts.requests]);
  assert.ok(counts.requests >= REQUESTS);
  for (const version of VERSIONS) assert.ok((counts.byVersion[version] ?? 0) > 1_000);
  assert.ok(Math.min(...held) >= DRAIN_MS, `closed ${Math.min(...held)} ms after the switch`);
  await composeUnderLoad(test);
});

/** What the same clients see of `docker compose up -d` with a changed image, behind the same nginx. */
async function composeUnderLoad(test: TestContext): Promise<void> {
  await using routed = await routedController({ reach: 'published' });
  const { rig, double, domain } = routed;
  await using place = await makePlace('compose');
  const port = await freePort();
  const up = async (version: string): Promise<void> => {
    const service = `    image: ${loadImageOf(version)}\n    ports: ["127.0.0.1:${port}:8080"]\n    stop_grace_period: 1s\n`;
    await writeFile(place.at('compose.yaml'), `name: ${rig.name}\nservices:\n  web:\n${service}`);
    await promisify(execFile)(programPath('docker-compose'), ['up', '-d'], {
      cwd: place.path,
      env: { ...process.env, DOCKER_HOST: rig.engine.dockerHost },
    });
    await until({ what: `${version} to listen`, look: () => acceptsConnections(port) });
  };
  await up('v1');
  await routed.api('POST', '/nginx/proxy-hosts', {
    domain_names: [domain],
    forward_scheme: 'http',
    forward_host: '127.0.0.1',
    forward_port: port,
    allow_websocket_upgrade: true,
  });
  await double.settled();
  await using load = loadOn(routed);
  const ups = 3;
  for (let count = 1; count <= ups; count++) {
    await load.reached(load.counts().requests + 300);
    await up(count % 2 === 0 ? 'v1' : 'v2');
  }
  await load.reached(load.counts().requests + 300);
  const { failed, requests } = await load.stop();
  test.diagnostic(
    `the same under \`docker compose up -d\`: ${failed} of ${requests} requests failed in ${ups} changes of the image`,
  );
  assert.ok(failed > 0, 'the load sees no downtime where there is some');
}
