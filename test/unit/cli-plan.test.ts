// `plan`, `diff`, `validate` and `doctor`: they look and change nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problem } from '../../src/core/problem.ts';
import type { ContainerSpec } from '../../src/model/container-spec.ts';
import type { DesiredProject } from '../../src/model/desired.ts';
import type { Check } from '../../src/ports/session.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createHouse, type House } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { cli, LOOKS } from '../support/run-cli.ts';
import * as plans from '../support/sample-plans.ts';
import { NOW_MS, REVISION } from '../support/sample-status.ts';

describe('plan', () => {
  const several = () => createHouse({ plan: plans.planOf(plans.blueGreen, plans.recreate, plans.prune) });
  for (const [name, look] of Object.entries(LOOKS))
    it(`on ${name}`, async () => {
      const ran = await cli(several(), ['plan'], { look });
      assertGolden(`cli/plan.${name}.txt`, ran.transcript);
    });
  const codes: [string, House['plan'], number][] = [
    ['0 for nothing to do', plans.planOf(...plans.calm(3)), 0],
    ['2 for changes', plans.planOf(plans.driftHeal), 2],
    ['2 for changes that wait', plans.planOf(plans.waitsForDatabase), 2],
    ['1 for what is held', plans.planOf(plans.blockedByPort, plans.driftHeal), 1],
    [
      '1 for a file that cannot be read',
      { ...plans.planOf(plans.driftHeal), problems: [problem({ reason: 'YamlUnreadable', message: 'x' })] },
      1,
    ],
    [
      '2 where something is only worth a warning',
      {
        ...plans.planOf(plans.driftHeal),
        problems: [problem({ severity: 'warning', reason: 'SecretTooShort', message: 'x' })],
      },
      2,
    ],
  ];
  for (const [name, plan, code] of codes)
    it(`exits ${name}`, async () => assert.equal((await cli(createHouse({ plan }), ['plan'])).code, code));
  it('of some', async () => {
    const ran = await cli(several(), ['plan', 'shop', '-o', 'name']);
    assert.equal(ran.stdout, 'shop/prod\n');
  });
  it('for programs', async () => {
    const ran = await cli(several(), ['plan', '-o', 'json']);
    const { kind, units } = JSON.parse(ran.stdout);
    assert.equal(kind, 'Plan');
    assert.equal(units[0].actions.length, plans.blueGreen.actions.length);
  });
  it('says what it waits for when that takes a while, on a terminal', async () => {
    const clock = createFakeClock({ startMs: NOW_MS });
    const slow = several();
    const { plan } = slow;
    Object.defineProperty(slow, 'plan', { get: () => clock.sleep(1_500).then(() => plan) });
    const running = cli(slow, ['plan'], { look: LOOKS.tty80, clock });
    while (clock.sleeping() < 2) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(2_000);
    assert.equal((await running).stderr, 'Reading sources and looking at engines …\n');
  });
  it('of nobody', async () => {
    const ran = await cli(several(), ['plan', 'minflux']);
    assert.match(ran.stderr, /No workload is called minflux\. Did you mean miniflux\?/);
    assert.equal(ran.code, 64);
  });
});

function wish(facts: Partial<DesiredProject>, spec: Partial<ContainerSpec> = {}): DesiredProject {
  return {
    unit: 'shop/prod',
    workloadId: 'project.shop',
    kind: 'project',
    name: 'shop',
    role: 'prod',
    host: 'local',
    app: null,
    source: 'home',
    revision: REVISION,
    place: { source: 'home', file: 'forge.d/shop.yaml', line: 14, column: 5 },
    state: 'running',
    suspend: false,
    prune: true,
    adopt: false,
    dependsOn: [],
    route: null,
    retry: { limit: null, backoffMs: null },
    held: null,
    image: { repository: 'ghcr.io/acme/shop', tag: '2.1.3', digest: null },
    follow: null,
    spec: {
      environment: { LOG_LEVEL: 'info', DB_PASSWORD: `\${secret:shop-db}` },
      stopGraceMs: 10_000,
      dns: ['192.0.2.1'],
      ...spec,
    } as ContainerSpec,
    envFiles: [],
    replicas: 2,
    strategy: 'auto',
    canary: [],
    canaryMetrics: [],
    sharedVolumes: false,
    drainMs: 10_000,
    probationMs: 60_000,
    ...facts,
  };
}

describe('diff', () => {
  function house(after: DesiredProject | null, plan = plans.planOf(plans.blueGreen)): House {
    const made = createHouse({ plan });
    const before = wish({});
    const applied = { unit: 'shop/prod', source: 'home', file: 'forge.d/shop.yaml', revision: REVISION };
    made.control.saveLastApplied({
      ...applied,
      desired: before,
      specHash: 'old',
      digest: '',
      release: '2.1.3',
    });
    if (after !== null) made.wishes.set('shop/prod', after);
    return made;
  }
  it('value by value, lists without shifts, secrets by name', async () => {
    const after = wish(
      { image: { repository: 'ghcr.io/acme/shop', tag: '2.1.4', digest: null }, replicas: 3 },
      {
        environment: {
          LOG_LEVEL: 'debug',
          DB_PASSWORD: `\${secret:shop-db-2}`,
          NEW: `postgres://u:\${secret:pw}@db`,
        },
        stopGraceMs: 20_000,
        dns: ['192.0.2.9', '192.0.2.1'],
      },
    );
    const ran = await cli(house(after), ['diff', 'shop/prod']);
    assertGolden('cli/diff.pipe.txt', ran.transcript);
    assert.equal(ran.code, 2);
  });
  it('says where the manifest is the same and something behind it is not', async () => {
    const changed = plans.unitPlan('shop/prod', {
      cause: { type: 'change', text: 'its specification changed' },
      runs: '2.1.3',
      wants: '2.1.3',
      generation: { specHash: 'new', digest: '' },
      actions: plans.driftHeal.actions,
    });
    const ran = await cli(house(wish({}), plans.planOf(changed)), ['diff', 'shop/prod']);
    assertGolden('cli/diff-secret.pipe.txt', ran.transcript);
  });
  it('is nothing where only the commit is another one', async () => {
    const calm = plans.planOf(plans.unitPlan('shop/prod', { runs: '2.1.3', wants: '2.1.3' }));
    const ran = await cli(house(wish({ revision: 'f'.repeat(40) }), calm), ['diff']);
    assert.equal(ran.stdout, 'Nothing differs: 1 workload is as last applied.\n');
    assert.equal(ran.code, 0);
  });
  it('of a workload that is gone', async () => {
    const ran = await cli(house(null, plans.planOf()), ['diff', 'shop/prod']);
    assert.match(ran.stdout, /no manifest declares it any more/);
    assert.match(ran.stdout, /- environment\.DB_PASSWORD: \(secret shop-db\)/);
  });
});

describe('validate', () => {
  const TEXTS: Record<string, string> = {
    'immich.yaml': [
      'kind: stack',
      'name: immich',
      'compose: [immich/compose.yaml]',
      `enviroment: { DB_PASSWORD: "\${secret:immich-db}" }`,
      'profiles: [ml]',
    ].join('\n'),
    'shop.yaml': 'kind: project\nname: shop\nstages:\n  prod:\n    replicas: two\n',
  };
  function broken(): House {
    const common = { source: 'home', severity: 'error' as const };
    return createHouse({
      validation: {
        files: 11,
        units: 22,
        fileText: (_source, file) => TEXTS[file] ?? null,
        problems: [
          problem({
            ...common,
            reason: 'WrongType',
            message: 'must be a whole number from 0, for example 2',
            file: 'shop.yaml',
            line: 5,
            column: 15,
            path: 'project shop › stages › prod › replicas',
          }),
          problem({
            ...common,
            reason: 'UnknownKey',
            message: 'not a key of stack. Did you mean `environment`?',
            hint: 'All keys: `tinyforge schema stack`.',
            file: 'immich.yaml',
            line: 4,
            column: 1,
            path: 'stack immich › enviroment',
          }),
        ],
      },
    });
  }
  for (const [name, look] of Object.entries(LOOKS))
    it(`on ${name}`, async () => {
      const ran = await cli(broken(), ['validate'], { look });
      assertGolden(`cli/validate.${name}.txt`, ran.transcript);
    });
  it('as annotations', async () => {
    const ran = await cli(broken(), ['validate', '-o', 'github']);
    assertGolden('cli/validate.github.txt', ran.transcript);
  });
  it('says that all is well', async () => {
    const well = createHouse({ validation: { files: 11, units: 24, problems: [], fileText: () => null } });
    const ran = await cli(well, ['validate']);
    assert.equal(ran.stdout, 'No problems in 11 files: 24 workloads are fine.\n');
    assert.equal(ran.code, 0);
  });
});

describe('doctor', () => {
  const checks: Check[] = [
    { status: 'fine', subject: 'engine local', text: 'Docker 26.1.4, API 1.45, 31 containers', hint: null },
    { status: 'fine', subject: 'source home', text: 'main at a1b2c3d, fetched 40 s ago', hint: null },
    {
      status: 'warning',
      subject: 'probes',
      text: 'they take published ports',
      hint: 'Run Tinyforge on the host.',
    },
    {
      status: 'problem',
      subject: 'secrets',
      text: '/run/secrets cannot be read',
      hint: 'chmod 0500 /run/secrets',
    },
    { status: 'off', subject: 'webhooks', text: 'none configured', hint: null },
  ];
  for (const [name, look] of Object.entries(LOOKS))
    it(`on ${name}`, async () => {
      const ran = await cli(createHouse({ checks }), ['doctor'], { look });
      assertGolden(`cli/doctor.${name}.txt`, ran.transcript);
    });
  it('exits 0 for warnings', async () => {
    assert.equal((await cli(createHouse({ checks: checks.slice(0, 3) }), ['doctor'])).code, 0);
  });
});
