// What people write in Compose files, key by key: it works through the real Compose and engine, or is told in one sentence.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { testImages } from '../support/real/images.ts';
import { CHECKED, PLAIN, type RealStack, RUN, realStack, stackContainers } from '../support/real/stack.ts';

interface Inspected {
  Name: string;
  Id: string;
  State: {
    Pid: number;
    Status: string;
    ExitCode: number;
    StartedAt: string;
    FinishedAt: string;
    Health?: { Status: string };
  };
  Config: {
    Healthcheck?: { Test: string[] };
    Env: string[];
    Labels: Record<string, string>;
    User: string;
    WorkingDir: string;
    StopSignal?: string;
    Hostname: string;
  };
  HostConfig: {
    NetworkMode: string;
    ReadonlyRootfs: boolean;
    Memory: number;
    Tmpfs?: Record<string, string>;
    LogConfig: { Type: string };
    CapDrop: string[] | null;
    Ulimits: { Name: string; Soft: number }[] | null;
  };
  NetworkSettings: { Networks: Record<string, { Aliases: string[] | null; Links: string[] | null }> };
}

/** One service each, and what is seen of its containers. */
const ROWS: Record<
  string,
  [
    written: string,
    seen: (all: Inspected[], rig: RealStack, others: (service: string) => Inspected[]) => void,
  ]
> = {
  anchors: ['{ <<: *base, environment: { <<: *env, B: two } }', ([one]) => has(one, { A: 'one', B: 'two' })],
  extended: [
    '{ extends: { file: common.yaml, service: common }, environment: { B: two } }',
    ([one]) => has(one, { A: 'common', B: 'two' }),
  ],
  profiled: [`{ ${RUN}, profiles: [on] }`, (all) => assert.equal(all.length, 1)],
  unprofiled: [`{ ${RUN}, profiles: [off] }`, (all) => assert.equal(all.length, 0)],
  checked: [`{ ${RUN}, ${CHECKED} }`, ([one]) => assert.equal(one?.State.Health?.Status, 'healthy')],
  waits: [
    `{ ${RUN}, depends_on: { checked: { condition: service_healthy } } }`,
    ([one], _rig, others) => {
      // The check passes 300 ms after its start at the soonest.
      const waitedMs = startedMs(one) - startedMs(others('checked')[0]);
      assert.ok(waitedMs >= 300, `${waitedMs} ms after it`);
    },
  ],
  job: [
    `{ image: ${testImages.shell}, command: [sh, -c, "sleep 0.3"] }`,
    ([one]) => assert.deepEqual([one?.State.Status, one?.State.ExitCode], ['exited', 0]),
  ],
  after: [
    `{ ${RUN}, depends_on: { job: { condition: service_completed_successfully } } }`,
    ([one], _rig, others) =>
      assert.ok(startedMs(one) >= Date.parse(others('job')[0]?.State.FinishedAt ?? '')),
  ],
  optional: [
    `{ ${RUN}, depends_on: { unprofiled: { condition: service_started, required: false } } }`,
    (all) => assert.equal(all.length, 1),
  ],
  short: [
    `{ ${RUN}, depends_on: [checked, job] }`,
    ([one], _rig, others) => assert.ok(startedMs(one) >= startedMs(others('checked')[0])),
  ],
  'env-files': [
    `{ ${RUN}, env_file: [one.env, { path: two.env }, { path: none.env, required: false }], environment: [C=three, "D"] }`,
    ([one]) => has(one, { A: 'one', B: "it's two", C: 'three' }),
  ],
  'env-file': [`{ ${RUN}, env_file: one.env }`, ([one]) => has(one, { A: 'one' })],
  interpolated: [
    `{ ${RUN}, environment: { A: "\${FROM_ENV}", B: "\${NONE:-default}", C: "\${FROM_ENV:+set}", D: "$$PATH" } }`,
    ([one]) => has(one, { A: 'from .env', B: 'default', C: 'set', D: '$PATH' }),
  ],
  configs: [
    `{ ${RUN}, configs: [{ source: text, target: /text, mode: 0440 }, file] }`,
    ([one]) => assert.deepEqual([inside(one, '/text'), inside(one, '/file')], ['from .env', 'a file']),
  ],
  secrets: [
    `{ ${RUN}, secrets: [own, { source: variable, target: other }] }`,
    ([one]) =>
      assert.deepEqual(
        [inside(one, '/run/secrets/own'), inside(one, '/run/secrets/other')],
        ['a file', 'from .env'],
      ),
  ],
  replicas: [
    `{ ${RUN}, deploy: { replicas: 2, resources: { limits: { memory: 64m } } } }`,
    (all) => {
      assert.equal(all.length, 2);
      assert.equal(all[0]?.HostConfig.Memory, 64 * 1024 ** 2);
    },
  ],
  scaled: [`{ ${RUN}, scale: 2 }`, (all) => assert.equal(all.length, 2)],
  none: [`{ ${RUN}, scale: 0 }`, (all) => assert.equal(all.length, 0)],
  reset: [
    `{ ${RUN}, environment: { A: one, B: two }, labels: { gone: "1" }, command: [sleep, "1000"] }`,
    ([one]) => {
      has(one, { A: 'over' });
      assert.ok(!one?.Config.Env.includes('B=two'), '!override replaces');
      assert.equal(one?.Config.Labels.gone, undefined, '!reset drops');
    },
  ],
  merged: [`{ ${RUN}, environment: { A: one, B: two } }`, ([one]) => has(one, { A: 'over', B: 'two' })],
  watched: [
    `{ ${RUN}, develop: { watch: [{ path: ./src, action: sync, target: /src }] } }`,
    (all) => assert.equal(all.length, 1),
  ],
  extensions: [`{ ${RUN}, x-mine: { any: thing } }`, (all) => assert.equal(all.length, 1)],
  container: [
    `{ ${RUN}, container_name: "\${NAME}-own", hostname: host }`,
    ([one], rig) => assert.deepEqual([one?.Name, one?.Config.Hostname], [`/${rig.name}-own`, 'host']),
  ],
  networks: [
    `{ ${RUN}, networks: { default: { aliases: [other] }, back: } }`,
    ([one]) => {
      const joined = Object.entries(one?.NetworkSettings.Networks ?? {});
      assert.equal(joined.length, 2);
      assert.ok(joined.some(([, { Aliases }]) => Aliases?.includes('other')));
    },
  ],
  linked: [
    `{ ${RUN}, links: ["networks:linked-name"] }`,
    ([one]) => {
      const links = Object.values(one?.NetworkSettings.Networks ?? {}).flatMap(({ Links }) => Links ?? []);
      assert.ok(
        links.some((link) => link.endsWith(':linked-name')),
        links.join(),
      );
    },
  ],
  namespace: [
    `{ ${PLAIN}, network_mode: "service:networks" }`,
    ([one], _rig, others) =>
      assert.equal(one?.HostConfig.NetworkMode, `container:${others('networks')[0]?.Id}`),
  ],
  hardened: [
    `{ ${RUN}, read_only: true, user: "1000:1000", working_dir: /tmp, cap_drop: [ALL], tmpfs: ["/tmp:size=1m"], ulimits: { nofile: 512 }, stop_signal: SIGINT, logging: { driver: json-file, options: { max-size: 1m } } }`,
    ([one]) => {
      assert.deepEqual(
        [one?.HostConfig.ReadonlyRootfs, one?.Config.User, one?.Config.WorkingDir, one?.HostConfig.CapDrop],
        [true, '1000:1000', '/tmp', ['ALL']],
      );
      assert.deepEqual(
        [one?.Config.StopSignal, one?.HostConfig.LogConfig.Type, one?.HostConfig.Ulimits?.[0]?.Soft],
        ['SIGINT', 'json-file', 512],
      );
      assert.ok('/tmp' in (one?.HostConfig.Tmpfs ?? {}));
    },
  ],
  unchecked: [
    `{ ${RUN}, healthcheck: { disable: true } }`,
    ([one]) => assert.deepEqual(one?.Config.Healthcheck?.Test, ['NONE']),
  ],
  'label-file': [`{ ${RUN}, label_file: ./one.env }`, ([one]) => assert.equal(one?.Config.Labels.A, 'one')],
  'pull-policy': [`{ ${RUN}, pull_policy: never }`, (all) => assert.equal(all.length, 1)],
};

function startedMs(container: Inspected | undefined): number {
  return Date.parse(container?.State.StartedAt ?? '');
}

function has(container: Inspected | undefined, expected: Record<string, string>): void {
  for (const [name, value] of Object.entries(expected))
    assert.ok(
      container?.Config.Env.includes(`${name}=${value}`),
      `${name}=${value}: ${container?.Config.Env}`,
    );
}

function inside(container: Inspected | undefined, path: string): string {
  return readFileSync(`/proc/${container?.State.Pid}/root${path}`, 'utf8').trim();
}

/** What the Compose of this test is too old to know is told in its words. */
const TOLD: Record<string, [written: string, words: RegExp]> = {
  'a provider': ['{ provider: { type: awesomecloud } }', /provider/],
  'a hook after the start': [`{ ${RUN}, post_start: [{ command: "true" }] }`, /post_start/],
  'a hook before the stop': [`{ ${RUN}, pre_stop: [{ command: "true" }] }`, /pre_stop/],
  'devices that this Compose does not give': [
    `{ ${RUN}, gpus: all }`,
    /gpus: Compose 2\.26.* gives no device/,
  ],
  models: [`{ ${RUN}, models: [llm] }`, /models/],
  'the engine’s socket': [`{ ${RUN}, use_api_socket: true }`, /use_api_socket/],
  'an unknown key': [`{ ${RUN}, colour: blue }`, /colour/],
  'extends of a file elsewhere': [
    '{ extends: { file: /etc/base.yaml, service: a } }',
    /extends\.file.*does not hold/,
  ],
  'extends of a service that is not there': ['{ extends: { service: nobody } }', /nobody/],
  'an env file that is not there': [`{ ${RUN}, env_file: nowhere.env }`, /nowhere\.env.*does not exist/],
  'a config that is not there': [`{ ${RUN}, configs: [nobody] }`, /nobody/],
  'a dependency that is not there': [`{ ${RUN}, depends_on: [nobody] }`, /nobody/],
  'a dependency behind a profile': [`{ ${RUN}, depends_on: [off] }`, /off is behind a profile that is off/],
  'a condition that nobody knows': [
    `{ ${RUN}, depends_on: { off: { condition: service_happy } } }`,
    /service_happy|condition/,
  ],
  'a variable that has to be set': [
    `{ ${RUN}, environment: { A: "\${NEEDED:?write it into .env}" } }`,
    /write it into \.env/,
  ],
  'neither image nor build': ['{ command: "true" }', /neither an image nor a build/],
};

async function discovered(): Promise<RealStack> {
  const rig = await realStack();
  for (const source of rig.config.sources) source.discover = 'compose';
  return rig;
}

describe('every key that people write in a Compose file', () => {
  it('works', async () => {
    await using rig = await discovered();
    const name = `${rig.name}-keys`;
    const services = Object.entries(ROWS).map(([service, [written]]) => `  ${service}: ${written}\n`);
    const files = {
      'compose.yaml': `version: "3.8"
x-base: &base { ${RUN} }
x-env: &env { A: one }
include: [inc/compose.yaml]
services:
${services.join('')}networks: { back: {} }
configs: { text: { content: "\${FROM_ENV}" }, file: { file: ./file.txt } }
secrets: { own: { file: ./file.txt }, variable: { environment: FROM_ENV } }
`,
      'compose.override.yaml': `services:
  reset: { environment: !override { A: over }, labels: !reset null, command: !reset null }
  merged: { environment: { A: over } }
`,
      'common.yaml': `services: { common: { ${RUN}, environment: { A: common, B: common } } }\n`,
      'inc/compose.yaml': `services: { included: { ${RUN}, environment: { A: "\${OWN}" } } }\n`,
      'inc/.env': 'OWN=of the included\n',
      '.env': `COMPOSE_PROFILES=on\nNAME=${rig.name}\nexport FROM_ENV="from .env" # a comment\n`,
      'one.env': 'A=one\n',
      'two.env': 'B="it\'s two"\n',
      'file.txt': 'a file',
    };
    for (const [file, text] of Object.entries(files)) await rig.write(`${name}/${file}`, text);
    const status = rig.status(await rig.apply(), name);
    assert.equal(status.outcome, 'converged', status.sentence);
    const seen = await stackContainers(rig, name);
    const rows: typeof ROWS = {
      ...ROWS,
      included: ['', ([one]) => has(one, { A: 'of the included' })],
    };
    const inspected = await Promise.all(
      seen.map(async ({ id, service }) => ({
        service,
        one: (await rig.docker('GET', `/containers/${id}/json`)) as Inspected,
      })),
    );
    const of = (service: string) =>
      inspected.filter((entry) => entry.service === service).map(({ one }) => one);
    for (const [service, [, look]] of Object.entries(rows)) {
      try {
        look(of(service), rig, of);
      } catch (error) {
        throw new Error(`${service}: ${(error as Error).message}`, { cause: error });
      }
    }
    assert.deepEqual(
      (await rig.plan()).units.flatMap(({ actions }) => actions),
      [],
      'and is as declared then',
    );
  });

  it('or is told in one sentence, before anything is made', async () => {
    await using rig = await discovered();
    const name = `${rig.name}-told`;
    for (const [what, [written, words]] of Object.entries(TOLD)) {
      await rig.write(
        `${name}/compose.yaml`,
        `services:\n  web: ${written}\n  off: { ${RUN}, profiles: [off] }\n`,
      );
      await rig.write(`${name}/one.env`, 'A=1\n');
      const [plan] = (await rig.plan()).units;
      const said = plan?.blocked?.problem;
      assert.match(said?.message ?? 'nothing', words, `${what}: ${said?.message}`);
      assert.deepEqual(plan?.actions, [], what);
      assert.ok(
        (said?.message.length ?? 999) <= 300 && !said?.message.includes('\n'),
        `${what}: ${said?.message}`,
      );
    }
    assert.deepEqual(await stackContainers(rig, name), []);
  });
});
