// A routed service of a stack gets another version, the whole product on a real engine, Compose and nginx: nobody notices.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { programPath } from '../../scripts/real-parts/paths.ts';
import { type Lane, startLoad } from '../support/load/load.ts';
import { testImages } from '../support/real/images.ts';
import { makePlace, type Place } from '../support/real/place.ts';
import { type Reach, type RoutedController, routedController } from '../support/real/routed.ts';
import { type StackContainer, stackContainers } from '../support/real/stack.ts';
import { applyOnce } from '../support/real/tinyforge.ts';
import { until } from '../support/real/until.ts';

const SWITCHES = Number(process.env.STACK_SWITCHES ?? 5);
const MOST_ACTIONS = 20;
const LANES: readonly Lane[] = [
  { path: '/', connection: 'kept', clients: 20 },
  { path: '/', connection: 'new', clients: 12 },
];
const VERSIONS = [testImages.web1, testImages.web2, testImages.web3];

interface SwitchedStack extends AsyncDisposable {
  routed: RoutedController;
  env: Record<string, string>;
  /** Writes the Compose file with this image, and more lines of the service. */
  compose(image: string, more?: string): Promise<void>;
  web(): Promise<StackContainer[]>;
  /** Command lines of `up` so far. */
  ups(): string[];
}

async function switchedStack(reach: Reach): Promise<SwitchedStack> {
  const place: Place = await makePlace('switch');
  const log = place.at('children.log');
  const door = place.at('counted-compose');
  writeFileSync(log, '');
  const text = `#!/bin/sh\necho "$*" >> '${log}'\nexec '${programPath('docker-compose')}' "$@"\n`;
  writeFileSync(door, text, { mode: 0o755 });
  const env = { TINYFORGE_COMPOSE: door };
  const routed = await routedController({ reach, env, proxy: { drainMs: 300 } });
  const { rig, domain } = routed;
  await rig.write(
    'app/stack.yaml',
    `kind: stack\nname: ${rig.name}\nservices: { web: { domains: [${domain}], port: 8080 } }\n`,
  );
  return {
    routed,
    env,
    compose: (image, more = '') => rig.write('app/compose.yaml', composeText(image, more)),
    web: async () => (await stackContainers(rig, rig.name)).filter(({ service }) => service === 'web'),
    ups: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => / up -d /.test(line)),
    async [Symbol.asyncDispose]() {
      await routed[Symbol.asyncDispose]();
      await place.remove();
    },
  };
}

function composeText(image: string, more = ''): string {
  return `services:
  web:
    image: ${image}
    init: true
    restart: unless-stopped
    stop_grace_period: 2s
    ports: ["8080"]
    healthcheck: { test: ["CMD", "wget", "-qO-", "http://127.0.0.1:8080/healthz"], interval: 300ms, timeout: 5s, retries: 5 }
${more}`;
}

const tagOf = (image: string): string => image.split(':').at(-1) ?? '';

async function deploy({ routed: { rig } }: SwitchedStack) {
  return rig.status(await rig.apply(), rig.name);
}

for (const reach of ['network', 'published'] satisfies Reach[]) {
  describe(`a routed service of a stack, reached by ${reach === 'network' ? 'name' : 'published port'}`, () => {
    it('gets its route, and another version beside the old one, which the engine takes away', async () => {
      await using stack = await switchedStack(reach);
      const { routed } = stack;
      await stack.compose(testImages.web1);
      const first = await deploy(stack);
      assert.equal(first.outcome, 'converged', first.sentence);
      assert.equal((await routed.get()).body.trim(), 'v1');
      const [old] = await stack.web();
      const before = stack.ups().length;

      await stack.compose(testImages.web2);
      const plan = (await routed.rig.plan()).units[0];
      assert.deepEqual([plan?.strategy, plan?.downtime], ['blue-green', null]);
      const second = await deploy(stack);
      assert.equal(second.outcome, 'converged', second.sentence);
      assert.equal((await routed.get()).body.trim(), 'v2');
      const [only, ...more] = await stack.web();
      assert.deepEqual([more, only?.name], [[], old?.name.replace(/1$/, '2')]);
      const ups = stack.ups().slice(before);
      assert.equal(ups.length, 1, ups.join('\n'));
      assert.match(ups[0] ?? '', /--no-recreate --scale web=2 -- web$/);

      const writes = routed.writes();
      assert.equal((await deploy(stack)).outcome, 'converged');
      assert.deepEqual([routed.writes(), stack.ups().length], [writes, before + 1]);
      assert.deepEqual((await routed.rig.plan()).units[0]?.actions, []);
    });
  });
}

describe('a version that never gets well', () => {
  it('is taken away by the engine; the old one never stopped, and Compose does not run for it', async () => {
    await using stack = await switchedStack('network');
    await stack.compose(testImages.web1);
    await deploy(stack);
    const [old] = await stack.web();
    const before = stack.ups().length;
    await stack.compose(testImages.neverHealthy);
    const status = await deploy(stack);
    assert.equal(status.outcome, 'rolled-back', status.sentence);
    assert.deepEqual(
      (await stack.web()).map(({ id, startedAt, state }) => [id, startedAt, state]),
      [[old?.id, old?.startedAt, 'running']],
    );
    assert.equal(stack.ups().length, before + 1);
    assert.equal((await stack.routed.get()).body.trim(), 'v1');
    assert.deepEqual((await stack.routed.rig.plan()).units[0]?.actions, []);
  });
});

describe('a service that cannot run twice', () => {
  it('is made anew by Compose, and the plan says for how long and why', async () => {
    await using stack = await switchedStack('network');
    const volume = '    volumes: ["data:/data"]\nvolumes: { data: {} }\n';
    await stack.compose(testImages.web1, volume);
    await deploy(stack);
    await stack.compose(testImages.web2, volume);
    const plan = (await stack.routed.rig.plan()).units[0];
    assert.equal(plan?.strategy, 'compose');
    assert.match(plan?.downtime?.why ?? '', /web: volume data has one writer/);
    assert.equal((await deploy(stack)).outcome, 'converged');
    assert.equal((await stack.routed.get()).body.trim(), 'v2');
  });
});

describe('the process is killed', () => {
  it('at each step of a switch: the restart converges with one generation, and no `up` ran while there were two', async () => {
    await using stack = await switchedStack('network');
    const { routed, env } = stack;
    await stack.compose(testImages.web1);
    await deploy(stack);
    const steps: string[] = [];
    for (let step = 1; ; step++) {
      assert.ok(step < MOST_ACTIONS, 'the deploy does not end');
      const image = VERSIONS[step % VERSIONS.length] ?? '';
      await stack.compose(image);
      const started = stack.ups().length;
      const killed = await applyOnce(routed.rig.config, {
        env,
        onAction: (count, kill) => {
          if (count === step) kill('SIGKILL');
        },
      });
      const action = killed.actions[step - 1];
      if (action === undefined) {
        assert.equal(killed.code, 0, killed.output);
        break;
      }
      steps.push(action.split(' ')[2] ?? '');
      const when = `killed at step ${step} (${action})`;
      // Compose outlives us: what it does then is seen by the next start, which waits for it.
      const isTwo = (await stack.web()).length === 2;
      const before = stack.ups().length;
      const again = await applyOnce(routed.rig.config, { env });
      assert.equal(again.code, 0, `${when}\n${again.output}`);
      if (isTwo) assert.equal(stack.ups().length, before, when);
      assert.ok(
        stack
          .ups()
          .slice(started)
          .every((line) => line.includes(' --no-recreate --scale web=2 ')),
        when,
      );
      const left = await stack.web();
      assert.deepEqual(
        left.map(({ image: of, state }) => [of, state]),
        [[image, 'running']],
        when,
      );
      assert.equal((await routed.get()).body.trim(), tagOf(image), when);
      assert.deepEqual((await routed.rig.plan()).units[0]?.actions, [], when);
    }
    for (const verb of [
      'bringing',
      'waiting',
      'giving',
      'asking',
      'routing',
      'letting',
      'stopping',
      'removing',
    ])
      assert.ok(steps.includes(verb), `${verb} is not among ${steps.join()}`);
  });
});

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
    const load = startLoad({
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
