// The promise of no downtime, through a real nginx as Nginx Proxy Manager drives it: real deploys under load, and what Compose alone does.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { before, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { programPath } from '../../scripts/real-parts/paths.ts';
import { startDeployed, startDeployedStack } from '../support/load/deployed.ts';
import { npmWitness } from '../support/load/npm-witness.ts';
import { loadOn, switchesUnderLoad, VERSIONS } from '../support/load/switches.ts';
import { loadImageOf, loadVersions } from '../support/load/web-image.ts';
import { sharedEngine } from '../support/real/engine.ts';
import { makePlace } from '../support/real/place.ts';
import { acceptsConnections, freePort } from '../support/real/program.ts';
import { type Reach, routedController } from '../support/real/routed.ts';
import { until } from '../support/real/until.ts';

/** Longer than the longest answer takes. */
const DRAIN_MS = 2_000;

before(() => loadVersions(sharedEngine(), VERSIONS));

for (const reach of ['published', 'network'] satisfies Reach[]) {
  const how = reach === 'network' ? 'name on a shared network' : 'published port';
  it(`twenty deploys under load, by ${how}: no request fails, and none is answered by neither version`, async (test) => {
    await using routed = await routedController({ reach, proxy: { drainMs: DRAIN_MS } });
    await using deployed = await startDeployed(routed, { replicas: 1, drainMs: DRAIN_MS });
    await deployed.to('v1');
    const witness = npmWitness(routed);
    await switchesUnderLoad(test, { routed, deployed, witness });
    witness.assertHeld(test, DRAIN_MS);
  });
}

it('twenty deploys of a service of a stack under load: the same', async (test) => {
  await using routed = await routedController({ reach: 'published', proxy: { drainMs: DRAIN_MS } });
  await using deployed = await startDeployedStack(routed, { drainMs: DRAIN_MS });
  await deployed.to('v1');
  const witness = npmWitness(routed);
  await switchesUnderLoad(test, { routed, deployed, witness });
  witness.assertHeld(test, DRAIN_MS);
});

it('the same load sees what `docker compose up -d` with a changed image costs', composeUnderLoad);

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
