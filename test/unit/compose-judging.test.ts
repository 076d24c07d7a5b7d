// The judgement of resolved models, the owner of a project, and what stands in labels.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adoptedFrom, projectCollision } from '../../src/core/compose-collision.ts';
import { releaseOf } from '../../src/core/compose-labels.ts';
import { readModel } from '../../src/core/compose-model.ts';
import { judge } from '../../src/core/compose-policy.ts';
import { relocate } from '../../src/core/compose-relocate.ts';
import { serviceSpecs } from '../../src/core/compose-spec.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';

const facts = {
  dataDirectory: '/var/lib/tinyforge',
  runDirectory: '/run/tinyforge',
  stackDirectory: '/var/lib/tinyforge/stacks/me',
};

function modelOf(service: object, more: object = {}) {
  const model = readModel({ name: 'p', services: { a: service }, ...more });
  assert.ok(model);
  return model;
}

const refusals = (service: object, more: object = {}) =>
  judge(modelOf(service, more), facts).map(({ reason, path }) => `${path} ${reason}`);

describe('the judgement', () => {
  it('refuses `gpus` where the Compose that is installed does nothing about it', () => {
    const service = { gpus: [{ count: -1 }] };
    const reasons = (composeVersion: string) =>
      judge(modelOf(service), { ...facts, composeVersion }).map(({ reason }) => reason);
    assert.deepEqual(
      ['2.26.1-4', '2.29.7', 'v2.30.0', '5.5.0', ''].map((version) => reasons(version).length),
      [1, 1, 0, 0, 0],
    );
    assert.deepEqual(reasons('2.26.1-4'), ['GpusRefused']);
  });

  const bind = (source: string) => ({ volumes: [{ type: 'bind', source, target: '/x' }] });
  const cases: [string, object, string[]][] = [
    ['nothing', { image: 'x' }, []],
    ['a provider', { provider: { type: 'x' } }, ['services.a.provider ProviderRefused']],
    ['a hook', { post_start: [{ command: 'x' }], pre_stop: [] }, ['services.a.post_start HookRefused']],
    ['a model', { models: ['m'] }, ['services.a.models ModelsRefused']],
    [
      'the engine socket by name',
      { use_api_socket: true },
      ['services.a.use_api_socket EngineSocketRefused'],
    ],
    ['use_api_socket: false', { use_api_socket: false }, []],
    ['our label', { labels: { 'tinyforge.unit': 'x' } }, ['services.a.labels.tinyforge.unit ForgedLabel']],
    [
      'our label in other letters',
      { labels: { ' TinyForge.Unit': 'x' } },
      ['services.a.labels. TinyForge.Unit ForgedLabel'],
    ],
    ['a label like ours', { labels: { tinyforged: 'x', 'x.tinyforge.unit': 'y' } }, []],
    [
      'an annotation of ours',
      { annotations: { 'tinyforge.x': '1' } },
      ['services.a.annotations.tinyforge.x ForgedLabel'],
    ],
    ['the data directory', bind('/var/lib/tinyforge'), ['services.a.volumes[0] BindsOurFolder']],
    ['below it', bind('/var/lib/tinyforge/control/key'), ['services.a.volumes[0] BindsOurFolder']],
    [
      'below it, the long way',
      bind('/var/lib//tinyforge/stacks/me/../../control'),
      ['services.a.volumes[0] BindsOurFolder'],
    ],
    ['the run directory', bind('/run/tinyforge/stacks'), ['services.a.volumes[0] BindsOurFolder']],
    ['another stack', bind('/var/lib/tinyforge/stacks/you'), ['services.a.volumes[0] BindsOurFolder']],
    [
      'a stack with a longer name',
      bind('/var/lib/tinyforge/stacks/me2'),
      ['services.a.volumes[0] BindsOurFolder'],
    ],
    ['its own folder', bind('/var/lib/tinyforge/stacks/me/data'), []],
    ['a folder with a longer name', bind('/var/lib/tinyforge-backup'), []],
    ['a folder of the host', bind('/srv/data'), []],
  ];
  for (const [what, service, expected] of cases) {
    it(`of ${what}: ${expected.length === 0 ? 'fine' : 'refused'}`, () =>
      assert.deepEqual(refusals(service), expected));
  }

  const provider = [
    'ProviderRefused',
    'Compose would start a program on the controller, with all its rights.',
    'Run what the provider makes as a service or outside of this stack.',
  ] as const;
  const hook = [
    'HookRefused',
    'it would not be run each time, for not only Compose starts and stops containers here.',
    'Put it into the command of the image, or into a job that others wait for.',
  ] as const;
  const programs: [key: string, value: unknown, sentence: typeof provider | typeof hook][] = [
    ['provider', { type: 'x' }, provider],
    ['post_start', [{ command: 'x' }], hook],
    ['pre_stop', [{ command: 'x' }], hook],
    ['pre_start', [{ image: 'x', command: 'x' }], hook],
  ];
  for (const [key, value, [reason, why, hint]] of programs)
    it(`refuses \`${key}\`, alone and beside the others, and says why; what is empty asks for nothing`, () => {
      const at = `services.a.${key}`;
      const told = judge(modelOf({ image: 'x', [key]: value }), facts);
      assert.deepEqual(
        told.map((one) => [one.reason, one.message, one.hint, one.path]),
        [[reason, `${at}: ${why}`, hint, at]],
      );
      const all = Object.fromEntries(programs.map(([name, one]) => [name, one]));
      assert.ok(refusals(all).includes(`${at} ${reason}`));
      assert.deepEqual(refusals({ [key]: null }), []);
      if (Array.isArray(value)) assert.deepEqual(refusals({ [key]: [] }), []);
    });

  it('looks at devices of volumes as at binds', () => {
    const volume = (device: string) => ({
      volumes: { v: { driver_opts: { type: 'none', o: 'bind', device } } },
    });
    assert.deepEqual(refusals({}, volume('/var/lib/tinyforge/control')), [
      'volumes.v.driver_opts.device BindsOurFolder',
    ]);
    assert.deepEqual(refusals({}, volume('./x')), ['volumes.v.driver_opts.device PathOutsideTree']);
    assert.deepEqual(refusals({}, volume('/srv/x')), []);
    assert.deepEqual(refusals({}, volume(':/export')), []);
  });
});

describe('moving paths', () => {
  it('takes the copy off, maps what is inside, and refuses the rest', () => {
    const copy = '/run/tf/check/1-1';
    const service = {
      command: ['/run/tf/check/1-10/opt/x'],
      volumes: [
        { type: 'bind', source: `${copy}/opt/stacks/app/data`, target: '/d' },
        { type: 'bind', source: `${copy}/opt/stacks/a$$b`, target: '/e' },
        { type: 'bind', source: `${copy}/opt/other`, target: '/o' },
        { type: 'bind', source: '/srv', target: '/s' },
        { type: 'bind', source: '/run/tf/local/no-home/.ssh', target: '/h' },
      ],
      security_opt: [`seccomp=${copy}/opt/stacks/x.json`],
    };
    const { model, problems } = relocate(modelOf(service), {
      copy,
      runDirectory: '/run/tf',
      root: '/opt/stacks',
      target: (path) => `/data/stacks/me/${path}`,
    });
    const moved = model.services.a as { volumes: { source: string }[]; command: string[] };
    assert.deepEqual(
      moved.volumes.slice(0, 2).map(({ source }) => source),
      ['/data/stacks/me/app/data', '/data/stacks/me/a$$b'],
    );
    assert.equal(moved.volumes[3]?.source, '/srv');
    assert.deepEqual(moved.command, ['/run/tf/check/1-10/opt/x']);
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        'services.a.volumes[2].source "/opt/other": a relative path leaves the source\'s folder.',
        'services.a.volumes[4].source "~/.ssh": `~` is the controller\'s home, not yours.',
        'services.a.security_opt[0] "seccomp=/opt/stacks/x.json": the path cannot be told from others.',
      ],
    );
  });
});

describe('the spec of a service', () => {
  const specOf = (service: object, more: object = {}) =>
    serviceSpecs(modelOf(service, more), { contents: {}, variables: {} }).a;

  it('does not change with what says nothing, nor with how Compose prints nothing', () => {
    const plain = specOf({ image: 'x', networks: { default: null } });
    for (const noise of [
      { command: null },
      { scale: 3 },
      { pull_policy: 'always' },
      { depends_on: { b: {} } },
      { deploy: { replicas: 2, placement: {} } },
      { logging: {} },
      { profiles: ['p'] },
    ]) {
      assert.equal(
        specOf({ image: 'x', networks: { default: null }, ...noise }),
        plain,
        JSON.stringify(noise),
      );
    }
  });

  it('changes with what makes another container', () => {
    const networks = { networks: { default: { name: 'p_default' } } };
    const plain = specOf({ image: 'x', networks: { default: null } }, networks);
    const others = [
      specOf({ image: 'y', networks: { default: null } }, networks),
      specOf({ image: 'x', networks: { default: null }, entrypoint: [] }, networks),
      specOf({ image: 'x', networks: { default: null } }, { networks: { default: { name: 'other' } } }),
      specOf({ image: 'x', networks: { default: { aliases: ['q'] } } }, networks),
      specOf({ image: 'x', networks: { default: null }, environment: { A: '' } }, networks),
    ];
    assert.equal(new Set([plain, ...others]).size, 6);
  });
});

describe('the owner of a project', () => {
  const container = (changes: Partial<ObservedContainer>, compose: object = {}) =>
    ({
      name: 'shop-web-1',
      ours: null,
      compose: {
        project: 'shop',
        service: 'web',
        number: 1,
        oneOff: false,
        workingDir: '/opt/shop',
        configFiles: '/opt/shop/compose.yaml',
        replaces: null,
        ...compose,
      },
      ...changes,
    }) as ObservedContainer;
  const stack = { unit: 'shop', project: 'shop', projectDirectory: '/srv/shop', isOpen: () => false };
  const ours = { unit: 'shop' } as ObservedContainer['ours'];

  it('is us by our label, and nobody where there is no such project', () => {
    assert.equal(projectCollision([], stack), null);
    assert.equal(projectCollision([container({ ours })], stack), null);
    assert.equal(projectCollision([container({}, { project: 'other' })], stack), null);
    assert.equal(projectCollision([container({ compose: null })], stack), null);
  });

  it('is a stranger without our label, unless we adopt', () => {
    assert.deepEqual(projectCollision([container({})], stack), {
      container: 'shop-web-1',
      workingDir: '/opt/shop',
    });
    assert.equal(projectCollision([container({})], { ...stack, isOpen: () => true }), null);
  });

  it('is nobody for what a person runs once in its folder, and a stranger for what is run elsewhere', () => {
    const once = (workingDir: string) => container({}, { oneOff: true, workingDir });
    assert.equal(projectCollision([once('/srv/shop/')], stack), null);
    assert.notEqual(projectCollision([once('/opt/shop')], stack), null);
    assert.notEqual(projectCollision([once('/srv/shop'), container({})], stack), null);
  });

  it('is told with its folder where that is another one', () => {
    const from = (projectDirectory: string, of = container({})) =>
      adoptedFrom([of], { project: 'shop', projectDirectory });
    assert.equal(from('/opt/shop/'), null);
    assert.equal(from('/var/lib/tinyforge/stacks/shop'), '/opt/shop');
    assert.equal(from('/elsewhere', container({}, { workingDir: '' })), null);
    assert.equal(from('/elsewhere', container({ ours })), null);
  });

  it('is another unit of ours, whatever we adopt', () => {
    const other = { unit: 'shop2' } as ObservedContainer['ours'];
    assert.notEqual(projectCollision([container({ ours: other })], { ...stack, isOpen: () => true }), null);
  });
});

describe('the release', () => {
  it('is what people call a version', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const images = [
      'shop:1.2',
      'reg:5000/shop',
      'reg:5000/a/shop:v3',
      `shop@${digest}`,
      `shop:2@${digest}`,
      '',
    ];
    assert.deepEqual(images.map(releaseOf), ['1.2', 'latest', 'v3', 'aaaaaaa', '2', 'latest']);
  });
});
