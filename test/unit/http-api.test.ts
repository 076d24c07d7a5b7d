// The API: which keys its answers have, what its filters take, and what a sync does.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createHttpWorld, type HttpWorld } from '../support/http-world.ts';
import { until } from '../support/real/until.ts';

interface Envelope {
  success: boolean;
  data: Record<string, unknown> & { items: Record<string, unknown>[] };
  error: { code: string; reason: string; message: string; hint: string | null };
}

async function json(world: HttpWorld, path: string, init?: Parameters<HttpWorld['ask']>[1]) {
  const answer = await world.ask(path, init);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  return { status: answer.status, ...((await answer.json()) as Envelope) };
}

/** All keys of an answer with their places, lists as one: what a script may hold on to. */
function keysOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((each) => keysOf(each, `${at}[]`)))].sort();
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [`${at}.${key}`, ...keysOf(each, `${at}.${key}`)]);
}

const HEAD = ['.api_version', '.kind', '.generated_at'];
const UNIT = [
  'unit workload_id kind name role host app_id outcome needs_you reason sentence next runs wants digest spec_hash',
  'health health.status health.ready health.total health.detail strategy domains depends_on source',
  'place place.source place.file place.line place.column last_attempted_revision last_applied_revision problems',
  'problems[].severity problems[].reason problems[].message problems[].effect problems[].hint problems[].next',
  'problems[].workload problems[].source problems[].file problems[].line problems[].column problems[].path',
  'since changed_at deploy_id',
]
  .join(' ')
  .split(' ');
const DEPLOY = [
  'id number unit workload_id status from_version to_version spec_hash digest revision cause reason message',
  'started_at finished_at duration_ms proof steps steps[].name steps[].status steps[].started_at steps[].finished_at',
  'steps[].detail',
]
  .join(' ')
  .split(' ');
const CONTAINER = [
  'id workload_id workload_kind role container_id name image_ref host state health port replica release digest',
  'spec_hash exit_code subdomain npm_proxy_id proxy_route_id last_seen_at created_at updated_at',
]
  .join(' ')
  .split(' ');

describe('answers', () => {
  const within = (list: string, keys: readonly string[]) => keys.map((key) => `.${list}[].${key}`);
  const cases: [string, string, string[]][] = [
    [
      '/api/workloads',
      'WorkloadList',
      [
        ...[
          '',
          '[].id',
          '[].kind',
          '[].name',
          '[].app_id',
          '[].outcome',
          '[].created_at',
          '[].updated_at',
        ].map((key) => `.items${key}`),
        '.items[].units',
        ...within('items[].units', UNIT),
      ],
    ],
    ['/api/containers', 'ContainerList', ['.items', ...within('items', CONTAINER)]],
    ['/api/workloads/shop/prod/containers', 'ContainerList', ['.items', ...within('items', CONTAINER)]],
    ['/api/workloads/shop%2Fprod/deploys', 'DeployList', ['.items', ...within('items', DEPLOY)]],
    [
      '/api/events',
      'EventList',
      ['.items', ...within('items', ['id', 'at', 'severity', 'unit', 'reason', 'message'])],
    ],
  ];
  for (const [path, kind, keys] of cases) {
    it(`${path} has these keys and no others`, async () => {
      const { status, success, data, error } = await json(createHttpWorld(), path);
      assert.deepEqual([status, success, error], [200, true, undefined]);
      assert.equal(data.kind, kind);
      assert.equal(data.api_version, 'tinyforge/v1');
      assert.equal(data.generated_at, '2026-11-21T15:02:31.304Z');
      assert.deepEqual(keysOf(data).sort(), [...HEAD, ...keys].sort());
    });
  }

  it('tell a plan without what goes into a container', async () => {
    const { data } = await json(createHttpWorld(), '/api/plan');
    const [first] = data.units as Record<string, unknown>[];
    assert.deepEqual(Object.keys(first ?? {}).sort(), [
      'actions',
      'blocked',
      'cause',
      'downtime_ms',
      'downtime_why',
      'health',
      'host',
      'kind',
      'notices',
      'on_failure',
      'runs',
      'strategy',
      'unit',
      'wants',
    ]);
    const actions = (first?.actions ?? []) as Record<string, unknown>[];
    assert.deepEqual(
      actions.map((action) => Object.keys(action).join()),
      actions.map(() => 'type,phase,cause,text'),
    );
    assert.ok(actions.length > 5);
  });

  for (const [path, file] of [
    ['/api/workloads/shop/deploys', 'deploy-list'],
    ['/api/plan', 'plan'],
  ] as const) {
    it(`${path} fits the schema that the command line keeps to`, async () => {
      const { data } = await json(createHttpWorld(), path);
      const schema = JSON.parse(
        readFileSync(join(import.meta.dirname, `../../schemas/output/${file}.schema.json`), 'utf8'),
      ) as object;
      const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(schema);
      assert.ok(validate(data), JSON.stringify(validate.errors));
    });
  }

  it('hold no reference to a secret and nothing of the open part of a row that is not named', async () => {
    const world = createHttpWorld();
    const paths = [
      '/api/workloads',
      '/api/containers',
      '/api/plan',
      '/api/events',
      '/api/workloads/shop/deploys',
    ];
    for (const path of [...paths, '/', '/workloads/shop/prod', '/workloads/shop/prod/containers']) {
      const text = await (await world.ask(path)).text();
      for (const secret of ['ntfy', '${secret', 'never told', 'hook-secret', 'tf_token'])
        assert.ok(!text.includes(secret), `${secret} at ${path}`);
    }
  });

  it('say null rather than leave out, and times in UTC', async () => {
    const { data } = await json(createHttpWorld(), '/api/workloads/wiki/prod/deploys');
    const [running] = data.items;
    assert.deepEqual(
      [running?.status, running?.finished_at, running?.duration_ms, running?.started_at],
      ['pulling', null, null, '2026-11-21T15:02:15.304Z'],
    );
  });
});

describe('addresses of workloads', () => {
  const units = async (address: string) => {
    const { status, data } = await json(createHttpWorld(), `/api/workloads/${address}`);
    return status === 200 ? (data.units as { unit: string }[]).map(({ unit }) => unit) : status;
  };
  for (const [address, expected] of [
    ['project.shop', ['shop/prod', 'shop/staging']],
    ['shop', ['shop/prod', 'shop/staging']],
    ['shop/prod', ['shop/prod']],
    ['shop%2Fprod', ['shop/prod']],
    ['immich', ['immich']],
    ['stack.immich', ['immich']],
    ['shop/nope', 404],
    ['project.immich', 404],
    ['__proto__', 404],
  ] as const) {
    it(`${address} is ${expected}`, async () => assert.deepEqual(await units(address), expected));
  }

  it('that nobody knows come with the nearest one', async () => {
    const { error } = await json(createHttpWorld(), '/api/workloads/imich');
    assert.equal(error.message, 'No workload is called "imich". Did you mean `immich`?');
  });

  it('of a stage leave the other stages out', async () => {
    const world = createHttpWorld();
    const roles = async (path: string) => {
      const { data } = await json(world, path);
      return [...new Set(data.items.map(({ role }) => role))].sort();
    };
    assert.deepEqual(await roles('/api/workloads/shop/staging/containers'), ['staging']);
    assert.deepEqual(await roles('/api/workloads/shop/containers'), ['prod', 'staging']);
    assert.deepEqual(await roles('/api/workloads/immich/containers'), ['immich-server']);
  });
});

describe('filters', () => {
  for (const [query, names] of [
    ['state=failed', ['shop-prod-77ab01-1-failed']],
    ['kind=stack', ['immich-immich-server-1']],
    ['workload_id=project.shop&state=failed', ['shop-prod-77ab01-1-failed']],
    ['workload_id=', null],
    ['app_id=storefront&kind=project', null],
    ['app_id=nothing', []],
  ] as const) {
    it(`?${query}`, async () => {
      const { status, data } = await json(createHttpWorld(), `/api/containers?${query}`);
      assert.equal(status, 200);
      if (names === null) assert.ok(data.items.length > 0);
      else
        assert.deepEqual(
          data.items.map(({ name }) => name),
          names,
        );
    });
  }

  for (const [path, message, hint] of [
    [
      '/api/containers?stat=failed',
      '"stat" is not a filter here. Did you mean `state`?',
      'Known are workload_id, kind, state, app_id.',
    ],
    [
      '/api/containers?state=runing',
      '"runing" is not a state. Did you mean `running`?',
      'Known are running, stopped, failed, removing, missing.',
    ],
    ['/api/containers?kind=vm', '"vm" is not a kind.', 'Known are project, stack, site, proxy.'],
    ['/api/containers?state=running&state=failed', '`state` is given 2 times.', 'Give it once.'],
    ['/api/plan?fresh=yes', '"yes" is not a value of fresh.', 'Known are true, false.'],
    ['/api/events?limit=0', '"0" is not a whole number from 1 to 500.', '`limit` is a number.'],
    ['/api/workloads?q=x', '"q" is not a filter here.', 'There are none here.'],
    ['/api/containers?%00%1b=1', '"??" is not a filter here.', 'Known are workload_id, kind, state, app_id.'],
  ] as const) {
    it(`${path} is refused`, async () => {
      const { status, success, error } = await json(createHttpWorld(), path);
      assert.deepEqual([status, success, error.message, error.hint], [400, false, message, hint]);
      assert.match(error.code, /^[A-Z_]+$/);
    });
  }

  it('of events page backwards', async () => {
    const world = createHttpWorld();
    const ids = async (query: string) =>
      (await json(world, `/api/events?${query}`)).data.items.map(({ id }) => id);
    const all = await ids('limit=500');
    const [first, second] = [await ids('limit=2'), await ids(`limit=2&before_id=${all[1]}`)];
    assert.deepEqual([...first, ...second], all.slice(0, 4));
    assert.ok((await ids('unit=immich')).length < all.length);
  });
});

describe('sync', () => {
  const sync = (world: HttpWorld, body?: unknown) =>
    json(world, '/api/sync', {
      method: 'POST',
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });

  for (const [name, body, expected] of [
    ['nothing is all', undefined, { units: [], sources: [] }],
    ['an empty object is all', {}, { units: [], sources: [] }],
    ['a unit', { units: ['shop/prod'] }, { units: ['shop/prod'], sources: [] }],
    [
      'a workload is all of its units',
      { units: ['shop'] },
      { units: ['shop/prod', 'shop/staging'], sources: [] },
    ],
    ['a source', { sources: ['home'], units: [] }, { units: [], sources: ['home'] }],
    ['twice is once', { units: ['immich', 'stack.immich'] }, { units: ['immich'], sources: [] }],
  ] as const) {
    it(`${name}, answered at once`, async () => {
      const world = createHttpWorld();
      const { status, data } = await sync(world, body);
      assert.deepEqual([status, data.kind, data.settled], [202, 'Sync', false]);
      const why = 'asked for over the API';
      assert.deepEqual(world.controller.triggers, [{ why, refresh: true, prune: false, ...expected }]);
    });
  }

  it('confirms a held pruning when it says so', async () => {
    const world = createHttpWorld();
    await sync(world, { prune: true });
    assert.equal(world.controller.triggers[0]?.prune, true);
  });

  for (const [body, reason] of [
    [{ units: ['shopp'] }, 'WorkloadUnknown'],
    [{ sources: ['hme'] }, 'SourceUnknown'],
    [{ unit: 'shop' }, 'UnknownKey'],
    [{ units: 'shop' }, 'WrongType'],
    [{ units: [1] }, 'WrongType'],
    [{ wait: 'yes' }, 'WrongType'],
    [{ prune: 1 }, 'WrongType'],
    [{ timeout_ms: -1 }, 'WrongType'],
    [{ timeout_ms: 1e9 }, 'WrongType'],
  ] as const) {
    it(`refuses ${JSON.stringify(body)} and wakes nobody`, async () => {
      const world = createHttpWorld();
      const { status, error } = await sync(world, body);
      assert.deepEqual([status, error.reason], [400, reason]);
      assert.deepEqual(world.controller.triggers, []);
    });
  }

  it('with wait answers 200 when the units are at rest', async () => {
    const world = createHttpWorld();
    const answer = sync(world, { units: ['shop/prod'], wait: true });
    await until({ what: 'the trigger', look: () => world.controller.triggers.length === 1 });
    assert.equal(world.clock.sleeping(), 1, 'the wait is bounded');
    world.controller.rest();
    const { status, data } = await answer;
    assert.deepEqual([status, data.settled, data.items.map(({ unit }) => unit)], [200, true, ['shop/prod']]);
    assert.equal(world.clock.sleeping(), 0, 'nothing is left behind');
  });

  it('with wait answers 202 when the time is over', async () => {
    const world = createHttpWorld();
    const answer = sync(world, { wait: true, timeout_ms: 5_000 });
    await until({ what: 'the trigger', look: () => world.controller.triggers.length === 1 });
    await world.clock.advance(5_000);
    const { status, data } = await answer;
    assert.deepEqual([status, data.settled], [202, false]);
    assert.equal(world.clock.sleeping(), 0);
  });
});

describe('health', () => {
  it('is alive while it is not ready, and says why it is not', async () => {
    const world = createHttpWorld();
    world.controller.setReadiness({ ready: false, reason: 'no pass has ended for 190 s' });
    assert.equal((await world.ask('/healthz')).status, 200);
    const { status, error } = await json(world, '/readyz');
    assert.deepEqual([status, error.message], [503, 'no pass has ended for 190 s']);
  });

  it('gives the numbers in the form that is asked for', async () => {
    const answer = await createHttpWorld().ask('/metrics', {
      headers: { accept: 'application/openmetrics-text' },
    });
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4');
    assert.equal(await answer.text(), '# accept application/openmetrics-text\n');
  });
});
