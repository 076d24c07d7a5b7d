// From manifests to units: defaults, units of measure, stages merged, secrets as references.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalog, createCatalogCache } from '../../src/core/catalog.ts';
import { readers } from '../../src/kinds/readers.ts';
import type { ContainerSpec } from '../../src/model/container-spec.ts';
import type { Desired, DesiredProject, DesiredSite, DesiredStack } from '../../src/model/desired.ts';
import { routeOf } from '../support/desired-route.ts';
import { catalogOf, settings, snapshot } from '../support/manifest-catalog.ts';

function unitsOf(text: string, options: Parameters<typeof catalogOf>[1] = {}): Desired[] {
  const { units, problems } = catalogOf({ 'apps/x.yaml': text }, options);
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  return units;
}

const projectOf = (more: string, options?: Parameters<typeof catalogOf>[1]) =>
  unitsOf(`kind: project\nname: shop\nimage: acme/shop\n${more}`, options)[0] as DesiredProject;
const specOf = (more: string) => projectOf(more).spec;

describe('a project', () => {
  it('of three lines has a default for everything', () => {
    const timing = { intervalMs: 2_000, timeoutMs: 2_000, retries: 5, startPeriodMs: 0 };
    const spec: ContainerSpec = {
      image: 'acme/shop:latest',
      command: null,
      entrypoint: null,
      environment: {},
      labels: {},
      user: null,
      workingDir: null,
      hostname: null,
      ports: [],
      expose: [],
      mounts: [],
      files: [],
      trees: [],
      networks: ['shop'],
      networkMode: null,
      restart: { name: 'unless-stopped', maxRetries: 0 },
      stopSignal: null,
      stopGraceMs: 10_000,
      resources: { memoryBytes: null, memoryReservationBytes: null, cpus: null, pids: null },
      capAdd: [],
      capDrop: [],
      securityOpt: [],
      groupAdd: [],
      devices: [],
      extraHosts: [],
      dns: [],
      readOnly: false,
      init: false,
      privileged: false,
      pid: null,
      ipc: null,
      shmSizeBytes: null,
      ulimits: {},
      sysctls: {},
      logging: null,
      health: { type: 'image', settleMs: 3_000, timing },
    };
    assert.deepEqual(projectOf(''), {
      kind: 'project',
      unit: 'shop',
      workloadId: 'project.shop',
      name: 'shop',
      role: 'default',
      host: 'local',
      app: null,
      source: 'home',
      revision: null,
      place: { source: 'home', file: 'apps/x.yaml', line: 1, column: 1 },
      state: 'running',
      suspend: false,
      prune: true,
      adopt: false,
      dependsOn: [],
      route: null,
      retry: { limit: null, backoffMs: null },
      held: null,
      image: { repository: 'acme/shop', tag: null, digest: null },
      follow: null,
      spec,
      envFiles: [],
      replicas: 1,
      strategy: 'auto',
      canary: [],
      canaryMetrics: [],
      sharedVolumes: false,
      drainMs: 2_000,
      probationMs: 60_000,
    });
  });

  it('is rolled out as it says, a canary by rising steps that a stage can replace', () => {
    const of = (more: string) => {
      const { strategy, canary } = projectOf(`domains: [a.example.com]\n${more}`);
      return [strategy, ...canary.map(({ share, forMs }) => `${share} ${forMs}`)];
    };
    assert.deepEqual(of('strategy: rolling\n'), ['rolling']);
    assert.deepEqual(of('strategy: canary\n'), ['canary', '0.01 300000', '0.1 300000', '0.5 300000']);
    assert.deepEqual(of('canary: [5%, 12.5%]\n'), ['canary', '0.05 300000', '0.125 300000']);
    assert.deepEqual(of('canary: { steps: [{ share: 1%, for: 30s }, 50%], for: 2m }\n'), [
      'canary',
      '0.01 30000',
      '0.5 120000',
    ]);
    assert.deepEqual(of('strategy: recreate\nstages: { prod: { canary: [20%] } }\n'), [
      'canary',
      '0.2 300000',
    ]);
    assert.deepEqual(of('canary: [20%]\nstages: { prod: { strategy: recreate } }\n'), ['recreate']);
  });

  it('is watched for a minute after the switch, or as long as it says', () => {
    assert.equal(projectOf('').probationMs, 60_000);
    assert.equal(projectOf('deploy: { update_config: { monitor: 5m } }\n').probationMs, 300_000);
    assert.equal(projectOf('deploy: { update_config: { monitor: 0s } }\n').probationMs, 0);
  });

  it('takes every key of a service', () => {
    const spec = specOf(`
command: serve --port 80
entrypoint: [/bin/sh, -c]
environment: [A=1, "B=x=y", "C="]
labels: { team: web, count: 3 }
user: 1000
working_dir: /app
hostname: shop
ports: ["127.0.0.1:8080:80"]
expose: ["9000"]
volumes: ["data:/data"]
tmpfs: [/run]
secrets: [shop-db, { source: key, target: /etc/key, mode: "0400" }]
configs: [{ target: /etc/app.conf, content: "level = \${secret:level}" }]
networks: { backend: , front: }
restart: on-failure:3
stop_signal: SIGINT
stop_grace_period: 1m
deploy: { resources: { limits: { cpus: "0.5", memory: 512m, pids: 100 }, reservations: { memory: 64m } } }
cap_add: [CAP_NET_ADMIN, sys_time]
cap_drop: [ALL]
security_opt: ["no-new-privileges:true"]
group_add: [44, video]
devices: ["/dev/dri:/dev/dri"]
extra_hosts: ["a:192.0.2.1", "b=192.0.2.2"]
dns: 192.0.2.53
read_only: true
init: true
privileged: false
pid: host
ipc: shareable
shm_size: 64m
ulimits: { nofile: 1024, nproc: { soft: 1, hard: 2 } }
sysctls: { net.core.somaxconn: 1024 }
logging: { driver: local, options: { max-size: 10m } }
`);
    assert.deepEqual(
      { ...spec, health: null },
      {
        image: 'acme/shop:latest',
        command: ['serve', '--port', '80'],
        entrypoint: ['/bin/sh', '-c'],
        environment: { A: '1', B: 'x=y', C: '' },
        labels: { team: 'web', count: '3' },
        user: '1000',
        workingDir: '/app',
        hostname: 'shop',
        ports: [{ target: 80, published: 8080, hostIp: '127.0.0.1', protocol: 'tcp' }],
        expose: [9000],
        mounts: [
          { type: 'volume', source: 'data', target: '/data', readOnly: false },
          { type: 'tmpfs', source: '', target: '/run', readOnly: false },
        ],
        files: [
          { target: '/run/secrets/shop-db', content: '${secret:shop-db}', mode: 0o444 },
          { target: '/etc/key', content: '${secret:key}', mode: 0o400 },
          { target: '/etc/app.conf', content: 'level = ${secret:level}', mode: 0o444 },
        ],
        trees: [],
        networks: ['backend', 'front'],
        networkMode: null,
        restart: { name: 'on-failure', maxRetries: 3 },
        stopSignal: 'SIGINT',
        stopGraceMs: 60_000,
        resources: { memoryBytes: 536_870_912, memoryReservationBytes: 67_108_864, cpus: 0.5, pids: 100 },
        capAdd: ['NET_ADMIN', 'SYS_TIME'],
        capDrop: ['ALL'],
        securityOpt: ['no-new-privileges:true'],
        groupAdd: ['44', 'video'],
        devices: ['/dev/dri:/dev/dri'],
        extraHosts: ['a:192.0.2.1', 'b:192.0.2.2'],
        dns: ['192.0.2.53'],
        readOnly: true,
        init: true,
        privileged: false,
        pid: 'host',
        ipc: 'shareable',
        shmSizeBytes: 67_108_864,
        ulimits: { nofile: { soft: 1024, hard: 1024 }, nproc: { soft: 1, hard: 2 } },
        sysctls: { 'net.core.somaxconn': '1024' },
        logging: { driver: 'local', options: { 'max-size': '10m' } },
        health: null,
      },
    );
  });

  const timing = { intervalMs: 2_000, timeoutMs: 2_000, retries: 5, startPeriodMs: 0 };
  const checks: [written: string, health: unknown][] = [
    [
      'port: 80\nhealthcheck: { http: /x, interval: 1s, retries: 9 }',
      { type: 'http', path: '/x', port: 80, timing: { ...timing, intervalMs: 1_000, retries: 9 } },
    ],
    [
      'port: 80\nhealthcheck: { http: /x, port: 81, start_period: 10s }',
      { type: 'http', path: '/x', port: 81, timing: { ...timing, startPeriodMs: 10_000 } },
    ],
    [
      'port: 80\nhealthcheck: { tcp: true, timeout: 500ms }',
      { type: 'tcp', port: 80, timing: { ...timing, timeoutMs: 500 } },
    ],
    ['healthcheck: { tcp: 5432 }', { type: 'tcp', port: 5432, timing }],
    [
      'healthcheck: { command: [pg_isready, -q] }',
      { type: 'command', test: ['CMD', 'pg_isready', '-q'], timing },
    ],
    [
      'healthcheck: { command: pg_isready -q }',
      { type: 'command', test: ['CMD-SHELL', 'pg_isready -q'], timing },
    ],
    ['healthcheck: { test: [CMD-SHELL, x] }', { type: 'command', test: ['CMD-SHELL', 'x'], timing }],
    ['healthcheck: { test: x }', { type: 'command', test: ['CMD-SHELL', 'x'], timing }],
    ['healthcheck: { test: [NONE] }', { type: 'none' }],
    ['healthcheck: { disable: true }', { type: 'none' }],
    ['healthcheck: { settle: 10s }', { type: 'image', settleMs: 10_000, timing }],
  ];
  for (const [written, health] of checks) {
    it(`is well by ${written.replace(/\n/g, ', ')}`, () =>
      assert.deepEqual(specOf(`${written}\n`).health, health));
  }

  const images: [written: string, image: unknown, asked: string][] = [
    [
      'image: ghcr.io/acme/shop',
      { repository: 'ghcr.io/acme/shop', tag: null, digest: null },
      'ghcr.io/acme/shop:latest',
    ],
    [
      'image: ghcr.io/acme/shop:2',
      { repository: 'ghcr.io/acme/shop', tag: '2', digest: null },
      'ghcr.io/acme/shop:2',
    ],
    [
      'image: 127.0.0.1:5000/shop\ntag: "3"',
      { repository: '127.0.0.1:5000/shop', tag: '3', digest: null },
      '127.0.0.1:5000/shop:3',
    ],
    ['image: shop:2\ntag: "3"', { repository: 'shop', tag: '3', digest: null }, 'shop:3'],
    [
      `image: shop:2@sha256:${'a'.repeat(64)}`,
      { repository: 'shop', tag: '2', digest: `sha256:${'a'.repeat(64)}` },
      `shop@sha256:${'a'.repeat(64)}`,
    ],
  ];
  for (const [written, image, asked] of images) {
    it(`runs ${written.replace('\n', ', ').slice(0, 60)}`, () => {
      const [unit] = unitsOf(`kind: project\nname: shop\n${written}\n`) as DesiredProject[];
      assert.deepEqual(unit?.image, image);
      assert.equal(unit?.spec.image, asked);
    });
  }

  it('takes numbers and switches out of variables', () => {
    const unit = projectOf(
      'replicas: ${N}\nport: ${P}\ninit: ${ON}\ndrain: ${D}\nenvironment:\n  N: "${N}"\n  M: ${N}\n',
      {
        variables: { N: '3', P: '8080', ON: 'true', D: '5s' },
      },
    );
    assert.equal(unit.replicas, 3);
    assert.equal(unit.spec.init, true);
    assert.equal(unit.drainMs, 5_000);
    assert.deepEqual(unit.spec.environment, { N: '3', M: '3' });
  });

  it('keeps what variables hold as it is, also where it looks like a number', () => {
    const unit = projectOf('tag: ${T}\nenvironment:\n  T: ${T}\n', { variables: { T: '1.10' } });
    assert.equal(unit.image.tag, '1.10');
    assert.equal(unit.spec.environment.T, '1.10');
  });

  it('has network_mode instead of networks', () => {
    const { networks, networkMode } = specOf('network_mode: host\n');
    assert.deepEqual([networks, networkMode], [[], 'host']);
  });
});

describe('stages', () => {
  const stages = (more: string) =>
    Object.fromEntries(
      (unitsOf(`kind: project\nname: shop\nimage: acme/shop\n${more}`) as DesiredProject[]).map((unit) => [
        unit.role,
        unit,
      ]),
    );

  it('are units of their own, with places of their own', () => {
    const { staging, prod } = stages(
      'app: front\nstages:\n  staging: { subdomain: s }\n  prod:\n    domains: [Shop.Example.com]\n    port: 80\n    depends_on: [shop/staging]\n',
    );
    assert.deepEqual(
      [staging?.unit, prod?.unit, prod?.workloadId, prod?.app],
      ['shop/staging', 'shop/prod', 'project.shop', 'front'],
    );
    assert.deepEqual([staging?.place.line, prod?.place.line], [6, 7]);
    assert.deepEqual(staging?.route, routeOf({ subdomain: 's' }));
    assert.deepEqual(prod?.route, routeOf({ domains: ['shop.example.com'], port: 80 }));
    assert.deepEqual(prod?.dependsOn, ['shop/staging']);
  });

  it('can have ports and volumes that do not clash', () => {
    const { staging, prod } = stages(
      'ports: ["8080:80", "9000:90"]\nvolumes: ["data:/data"]\nstages:\n  staging: { ports: ["8081:80", "9001:90"], volumes: ["data-staging:/data"] }\n  prod: {}\n',
    );
    assert.deepEqual(
      staging?.spec.ports.map(({ published, target }) => [published, target]),
      [
        [8081, 80],
        [9001, 90],
      ],
    );
    assert.deepEqual(
      prod?.spec.ports.map(({ published, target }) => [published, target]),
      [
        [8080, 80],
        [9000, 90],
      ],
    );
    assert.deepEqual(
      [staging?.spec.mounts[0]?.source, prod?.spec.mounts[0]?.source],
      ['data-staging', 'data'],
    );
  });

  it('add to maps and lists, and replace the rest', () => {
    const { prod } = stages(
      'environment: { A: "1", B: "2" }\nlabels: { a: x }\ncommand: [a, b]\ncap_add: [NET_RAW]\nstages: { prod: { environment: [B=3, C=4], labels: { b: y }, command: [c], cap_add: [SYS_TIME] } }\n',
    );
    assert.deepEqual(prod?.spec.environment, { A: '1', B: '3', C: '4' });
    assert.deepEqual(prod?.spec.labels, { a: 'x', b: 'y' });
    assert.deepEqual(prod?.spec.command, ['c']);
    assert.deepEqual(prod?.spec.capAdd, ['NET_RAW', 'SYS_TIME']);
  });

  it('may be empty, or one called default', () => {
    assert.deepEqual(Object.keys(stages('stages: { prod: }\n')), ['prod']);
    assert.equal(stages('stages: { default: { replicas: 2 } }\n').default?.unit, 'shop');
  });

  const digest = `sha256:${'b'.repeat(64)}`;
  const versions: [base: string, stage: string, asked: string][] = [
    ['tag: "1"', '{}', 'acme/shop:1'],
    ['tag: "1"', '{ tag: "2" }', 'acme/shop:2'],
    [`digest: ${digest}`, '{ tag: "2" }', 'acme/shop:2'],
    [`digest: ${digest}`, '{}', `acme/shop@${digest}`],
    ['tag: "1"', `{ digest: "${digest}" }`, `acme/shop@${digest}`],
    ['tag: "1"', '{ image: "acme/other" }', 'acme/other:1'],
    ['tag: "1"', '{ image: "acme/other:3" }', 'acme/other:3'],
    [`digest: ${digest}`, '{ image: "acme/other:3" }', 'acme/other:3'],
    ['tag: "1"', '{ image: "acme/other:3", tag: "4" }', 'acme/other:4'],
  ];
  for (const [base, stage, asked] of versions) {
    it(`${base.slice(0, 20)} under ${stage.slice(0, 40)} runs ${asked.slice(0, 30)}`, () => {
      assert.equal(stages(`${base}\nstages: { prod: ${stage} }\n`).prod?.spec.image, asked);
    });
  }

  it('check in one way, with the timing of both', () => {
    const { prod } = stages(
      'port: 80\nhealthcheck: { http: /x, interval: 1s, retries: 9 }\nstages: { prod: { healthcheck: { tcp: true, retries: 3 } } }\n',
    );
    assert.deepEqual(prod?.spec.health, {
      type: 'tcp',
      port: 80,
      timing: { intervalMs: 1_000, timeoutMs: 2_000, retries: 3, startPeriodMs: 0 },
    });
  });

  it('leave options of another log driver behind', () => {
    const { same, other } = stages(
      'logging: { driver: local, options: { a: 1, b: 2 } }\nstages:\n  same: { logging: { options: { b: 3 } } }\n  other: { logging: { driver: journald } }\n',
    );
    assert.deepEqual(same?.spec.logging, { driver: 'local', options: { a: '1', b: '3' } });
    assert.deepEqual(other?.spec.logging, { driver: 'journald', options: {} });
  });

  it('choose their network whatever the project said', () => {
    const { prod, staging } = stages(
      'network_mode: host\nstages:\n  prod: { networks: [backend] }\n  staging: {}\n',
    );
    assert.deepEqual([prod?.spec.networks, prod?.spec.networkMode], [['backend'], null]);
    assert.deepEqual([staging?.spec.networks, staging?.spec.networkMode], [[], 'host']);
  });
});

describe('a stack', () => {
  it('has defaults', () => {
    const [unit] = unitsOf('kind: stack\nname: immich\n') as DesiredStack[];
    assert.deepEqual(unit, {
      kind: 'stack',
      unit: 'immich',
      workloadId: 'stack.immich',
      name: 'immich',
      role: '',
      host: 'local',
      app: null,
      source: 'home',
      revision: null,
      place: { source: 'home', file: 'apps/x.yaml', line: 1, column: 1 },
      state: 'running',
      suspend: false,
      prune: true,
      adopt: false,
      dependsOn: [],
      route: null,
      retry: { limit: null, backoffMs: null },
      held: null,
      project: 'immich',
      compose: ['apps/compose.yaml'],
      envFiles: [],
      environment: {},
      profiles: [],
      root: '/srv/forge',
      inPlace: true,
      services: {},
    });
  });

  it('takes what it may have', () => {
    const text = `kind: stack
name: immich
host: attic
state: stopped
suspend: true
adopt: true
prune: false
depends_on: [immich-db]
retry: { limit: 3, backoff: 10s }
project: immich-app
compose: [../immich/compose.yaml, ./override.yaml]
env_file: [.env.local]
environment: { DB_PASSWORD: "\${secret:immich-db}", N: 3 }
profiles: [ml]
services: { immich-server: { domains: [Photos.example.com], port: 2283 }, worker: {} }
---
kind: project
name: immich-db
image: x
`;
    const [unit] = unitsOf(text, { type: 'git' }).filter(({ kind }) => kind === 'stack') as DesiredStack[];
    assert.deepEqual(
      [
        unit?.host,
        unit?.state,
        unit?.suspend,
        unit?.adopt,
        unit?.prune,
        unit?.dependsOn,
        unit?.retry,
        unit?.project,
        unit?.inPlace,
      ],
      [
        'attic',
        'stopped',
        true,
        true,
        false,
        ['immich-db'],
        { limit: 3, backoffMs: 10_000 },
        'immich-app',
        false,
      ],
    );
    assert.deepEqual(
      [unit?.compose, unit?.envFiles, unit?.profiles],
      [['immich/compose.yaml', 'apps/override.yaml'], ['apps/.env.local'], ['ml']],
    );
    assert.deepEqual(unit?.environment, { DB_PASSWORD: '${secret:immich-db}', N: '3' });
    assert.deepEqual(unit?.services, {
      'immich-server': {
        route: routeOf({ domains: ['photos.example.com'], port: 2283 }),
        follow: null,
        sharedVolumes: false,
        drainMs: 2_000,
      },
      worker: { route: null, follow: null, sharedVolumes: false, drainMs: 2_000 },
    });
  });
});

describe('a site', () => {
  it('has a folder beside its manifest, and the web server of the settings', () => {
    const [unit] = unitsOf(
      'kind: site\nname: docs\ncontent: { path: ./public }\nnot_found: errors/404.html\n',
    ) as DesiredSite[];
    assert.deepEqual(
      [unit?.content, unit?.root, unit?.spa, unit?.notFound, unit?.image, unit?.drainMs],
      [
        { type: 'path', path: 'apps/public' },
        '/srv/forge',
        false,
        'errors/404.html',
        'nginx:stable-alpine',
        2_000,
      ],
    );
  });
  it('may have its own', () => {
    const [unit] = unitsOf(
      'kind: site\nname: docs\ncontent: { path: . }\nspa: true\nimage: nginx:1\ndrain: 0s\n',
    ) as DesiredSite[];
    assert.deepEqual(
      [unit?.content, unit?.spa, unit?.notFound, unit?.image, unit?.drainMs],
      [{ type: 'path', path: 'apps' }, true, null, 'nginx:1', 0],
    );
  });
});

describe('the engine of a unit', () => {
  const hostOf = (hosts: string[], more = '') =>
    catalog({
      snapshots: [snapshot({ 'a.yaml': `kind: stack\nname: a\n${more}` })],
      variables: {},
      readers,
      settings: { ...settings, hosts },
      cache: createCatalogCache(),
    }).units[0]?.host;

  it('is the one it names, else the usual one, else the first', () => {
    assert.equal(hostOf(['nas', 'local']), 'local');
    assert.equal(hostOf(['nas', 'attic']), 'nas');
    assert.equal(hostOf(['nas', 'attic'], 'host: attic\n'), 'attic');
    assert.equal(hostOf(['nas'], 'host: local\n'), undefined);
  });
});
