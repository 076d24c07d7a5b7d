// A routed service of a stack gets another version, or fewer replicas, under load through a real nginx: nobody notices.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { programPath } from '../../scripts/real-parts/paths.ts';
import { type Lane, startLoad } from '../support/load/load.ts';
import { testImages } from '../support/real/images.ts';
import { makePlace } from '../support/real/place.ts';
import {
  composeText,
  deploy,
  type SwitchedStack,
  switchedStack,
  tagOf,
  VERSIONS,
} from '../support/real/switched-stack.ts';
import { until } from '../support/real/until.ts';

const SWITCHES = Number(process.env.STACK_SWITCHES ?? 5);
const LANES: readonly Lane[] = [
  { path: '/', connection: 'kept', clients: 20 },
  { path: '/', connection: 'new', clients: 12 },
];

const versionOf = ({ status, body }: { status: number; body: string }): string => {
  if (status !== 200) throw new Error(`answered ${status}`);
  if (!VERSIONS.map(tagOf).includes(body.trim()))
    throw new Error(`an answer of no version: ${body.slice(0, 80)}`);
  return body.trim();
};

describe('replicas', () => {
  it('become fewer: who leaves the shared name is asked no more before it is stopped', async (test) => {
    await using stack = await switchedStack('network');
    const { routed } = stack;
    await stack.compose(testImages.web1, '    scale: 3\n');
    const first = await deploy(stack);
    assert.equal(first.outcome, 'converged', first.sentence);
    assert.equal((await stack.web()).length, 3);
    const base = routed.double.traffic.http;
    const ownAddress = new URL(base).hostname;
    await using load = startLoad({ base, ownAddress, host: routed.domain, lanes: LANES, versionOf });
    await load.reached(300);
    await stack.compose(testImages.web1, '    scale: 1\n');
    const second = await deploy(stack);
    assert.equal(second.outcome, 'converged', second.sentence);
    assert.equal((await stack.web()).length, 1);
    await load.reached(load.counts().requests + 3_000);
    const { failures, samples: _samples, ...counts } = await load.stop();
    test.diagnostic(`three replicas of a service to one: ${JSON.stringify(counts)}`);
    assert.deepEqual(failures.slice(0, 5), []);
    assert.deepEqual((await routed.rig.plan()).units[0]?.actions, []);
  });
});

describe('load', () => {
  it('sees no failed request over several switches, where a plain `up` with another image fails some', async (test) => {
    await using stack = await switchedStack('published');
    const { routed } = stack;
    await stack.compose(testImages.web1);
    await deploy(stack);
    await using load = startLoad({
      base: routed.double.traffic.http,
      host: routed.domain,
      lanes: LANES,
      versionOf,
    });
    await load.reached(300);
    for (let index = 1; index <= SWITCHES; index++) {
      await stack.compose(VERSIONS[index % VERSIONS.length] ?? '');
      const status = await deploy(stack);
      assert.equal(status.outcome, 'converged', status.sentence);
    }
    await load.reached(Number(process.env.STACK_REQUESTS ?? 2_000));
    const { failures, samples: _samples, ...counts } = await load.stop();
    test.diagnostic(`${SWITCHES} switches: ${JSON.stringify(counts)}`);
    assert.deepEqual(failures.slice(0, 5), []);
    assert.deepEqual([counts.failed, counts.ok], [0, counts.requests]);
    for (const version of VERSIONS.map(tagOf)) assert.ok((counts.byVersion[version] ?? 0) > 0, version);
    test.diagnostic(`a plain up: ${JSON.stringify(await plainUp(stack, versionOf))}`);
  });
});

/** What people do without us, to the same service behind the same proxy, which they then point at the new port by hand. */
async function plainUp(
  { routed }: SwitchedStack,
  versionOf: Parameters<typeof startLoad>[0]['versionOf'],
): Promise<{ requests: number; failed: number }> {
  const { rig, double, api } = routed;
  await using place = await makePlace('plain');
  const name = `${rig.name}-plain`;
  const domain = `plain.${routed.domain}`;
  const port = 20_000 + (process.pid % 20_000);
  const up = async (image: string) => {
    writeFileSync(
      join(place.path, 'compose.yaml'),
      composeText(image).replace('"8080"', `"127.0.0.1:${port}:8080"`),
    );
    await promisify(execFile)(programPath('docker-compose'), ['-p', name, 'up', '-d', '--wait'], {
      cwd: place.path,
      env: { ...process.env, DOCKER_HOST: rig.engine.dockerHost },
    });
  };
  await up(testImages.web1);
  const host = {
    domain_names: [domain],
    forward_scheme: 'http',
    forward_host: '127.0.0.1',
    forward_port: port,
  };
  await api('POST', '/nginx/proxy-hosts', host);
  await double.settled();
  await until({
    what: 'the plain one',
    look: async () => (await routed.get({ domain })).body.trim() === 'v1',
  });
  await using load = startLoad({ base: double.traffic.http, host: domain, lanes: LANES, versionOf });
  await load.reached(300);
  await up(testImages.web2);
  await load.reached(load.counts().requests + 300);
  const { requests, failed } = await load.stop();
  assert.ok(failed > 0, 'the baseline shows what a switch avoids');
  return { requests, failed };
}
