// What `doctor` says of the proxy and of the way from it to what runs, and that `run` tells the same without waiting.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { doctor } from '../../src/engine/doctor.ts';
import { findOwnContainer } from '../../src/engine/proxy-container.ts';
import { createProxyWatch } from '../../src/engine/proxy-watch.ts';
import { fault } from '../../src/model/errors.ts';
import type { Prober } from '../../src/ports/prober.ts';
import type { Check } from '../../src/ports/session.ts';
import { createProxyAdmin } from '../../src/wire/create-proxy-admin.ts';
import { createFakeProxy, type FakeProxy } from '../support/fake-proxy.ts';
import { createHouse } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';
import { cli, LOOKS } from '../support/run-cli.ts';
import { PROXY } from '../support/sample-routes.ts';

const SIGNAL = new AbortController().signal;
const SHOP = `kind: project
name: shop
image: example/shop:1
port: 8080
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
domains: [shop.example.com]
`;

interface Place {
  rig: LoopRig;
  proxy: FakeProxy;
  /** Hosts with ports where nobody answers. */
  silent: Set<string>;
  said(subject: string): Promise<string[]>;
  checks(): Promise<Check[]>;
}

/** Everybody answers but these. */
function answering(silent: ReadonlySet<string>): Prober['tcp'] {
  return async ({ host, port }) =>
    silent.has(`${host}:${port}`)
      ? { ok: false, detail: 'connection refused', body: null }
      : { ok: true, detail: 'connected', body: null };
}

async function place(facts: { network?: boolean; own?: boolean } = {}): Promise<Place> {
  const { network = true, own = true } = facts;
  const proxy = createFakeProxy();
  const rig = createLoopRig({ proxy });
  const silent = new Set<string>();
  rig.engine.addStranger({ name: 'npm' });
  if (network) await rig.engine.runtime().ensureNetwork('proxy', {});
  if (network && own) await rig.engine.runtime().connectNetwork('npm', { network: 'proxy', aliases: [] });
  rig.engine.addImage('example/shop:1');
  const checks = () => {
    const deps = rig.deps();
    const prober = { ...deps.prober, tcp: answering(silent) };
    const machine = { program: () => '/usr/bin/x', look: async () => null };
    return doctor({
      ...deps,
      prober,
      machine,
      reaches: new Map(),
      findReaches: async () => undefined,
      ownMounts: () => null,
    });
  };
  return {
    ...{ rig, proxy, silent, checks },
    said: async (subject) =>
      (await checks())
        .filter((check) => check.subject === subject)
        .map(({ status, text, hint }) => `${status}: ${text}${hint === null ? '' : ` | ${hint}`}`),
  };
}

describe('doctor says of the proxy', () => {
  it('nothing more than that where none is configured', async () => {
    const rig = createLoopRig();
    const machine = { program: () => '/usr/bin/x', look: async () => null };
    const checks = await doctor({
      ...{ ...rig.deps(), machine, reaches: new Map() },
      findReaches: async () => undefined,
      ownMounts: () => null,
    });
    assert.deepEqual(
      checks.filter(({ subject }) => subject.startsWith('proxy')),
      [{ status: 'off', subject: 'proxy', text: 'none configured', hint: null }],
    );
  });

  it('that all is well, with one real question through it', async () => {
    const { rig, said, proxy } = await place();
    rig.files.set('shop.yaml', SHOP);
    await rig.settle();
    proxy.forget();
    assert.deepEqual(
      [...(await said('proxy')), ...(await said('proxy traffic')), ...(await said('proxy reach'))],
      [
        'fine: the proxy answers',
        'fine: http://npm:80 and https://npm:443 answer',
        'fine: npm is on network proxy',
        'fine: shop.example.com answers through the proxy (200)',
      ],
    );
    assert.equal(proxy.writes(), 0, 'a look changes nothing');
  });

  it('that it answers for a container that it does not reach', async () => {
    const { rig, said, proxy } = await place();
    rig.files.set('shop.yaml', SHOP);
    await rig.settle();
    proxy.answer(() => ({ status: 502, body: 'bad gateway' }));
    const [, reach] = await said('proxy reach');
    assert.match(
      reach ?? '',
      /^problem: shop\.example\.com answers 502 .* does not reach shop-.* \| tinyforge why shop/,
    );
  });

  it('what is missing of the shared network, with the command', async () => {
    const bare = await place({ network: false });
    assert.match(
      (await bare.said('proxy reach'))[0] ?? '',
      /^problem: engine local has no network proxy.*\| docker network create proxy/,
    );
    const apart = await place({ own: false });
    assert.equal(
      (await apart.said('proxy reach'))[0],
      'problem: npm is not on network proxy | docker network connect proxy npm',
    );
    apart.rig.engine.removeByHand('npm');
    assert.match(
      (await apart.said('proxy reach'))[0] ?? '',
      /^problem: nobody but what we deployed is on network proxy/,
    );
  });

  it('where its traffic cannot be asked: without TLS nothing is proven, with it only such routes are not', async () => {
    const { said, silent } = await place();
    silent.add('npm:443');
    assert.match(
      (await said('proxy traffic'))[0] ?? '',
      /^warning: https:\/\/npm:443 does not answer: connection refused; routes with TLS/,
    );
    silent.add('npm:80');
    assert.match(
      (await said('proxy traffic'))[0] ?? '',
      /^problem: http:\/\/npm:80 does not answer.*`proxy\.traffic\.http`/,
    );
  });

  it('whether the published address answers', async () => {
    const { rig, said, silent } = await place();
    rig.useProxy({ ...PROXY, reach: 'published', network: null, address: '192.0.2.1' });
    assert.deepEqual(await said('proxy reach'), [
      'off: nothing is published at 192.0.2.1 yet',
      'off: no route leads to a running container yet, so none was asked',
    ]);
    rig.files.set('shop.yaml', SHOP);
    await rig.settle();
    const [fine] = await said('proxy reach');
    const port = /^fine: 192\.0\.2\.1:(\d+), where a container is published, answers$/.exec(fine ?? '')?.[1];
    assert.ok(port, fine);
    silent.add(`192.0.2.1:${port}`);
    assert.match(
      (await said('proxy reach'))[0] ?? '',
      /^problem: .*does not answer: connection refused \| Let `proxy\.address`/,
    );
  });

  for (const [name, look] of Object.entries(LOOKS))
    it(`in words for people, on ${name}`, async () => {
      const { proxy, silent, checks } = await place({ own: false });
      silent.add('npm:443');
      proxy.check = async () => [
        {
          ok: false,
          message: 'login refused: the account has two-factor login on.',
          hint: 'Make an account of its own without it (proxy hosts: manage).',
        },
      ];
      const house = createHouse({
        checks: (await checks()).filter(({ subject }) => subject.startsWith('proxy')),
      });
      const { transcript } = await cli(house, ['doctor'], { look });
      assertGolden(`cli/doctor-proxy.${name}.txt`, transcript);
    });
});

describe('the first account of a proxy', () => {
  it('is made when somebody says so, and told', async () => {
    const house = createHouse({ makeProxyAdmin: async () => 'bot@example.com' });
    const { transcript, code } = await cli(house, ['doctor', '--create-proxy-admin']);
    assert.equal(code, 0);
    assert.match(transcript, /bot@example\.com is the first account of the proxy now\./);
  });

  it('is not made where there are accounts, or where a proxy has none', async () => {
    const taken = fault({
      ...{ code: 'PROXY_ALREADY_SET_UP', reason: 'ProxyAlreadySetUp', disposition: 'stalled' },
      message: 'Nginx Proxy Manager at http://npm:81 has accounts already',
      hint: 'Make one for Tinyforge on its page.',
    });
    const house = createHouse({ makeProxyAdmin: () => Promise.reject(taken) });
    const ran = await cli(house, ['doctor', '--create-proxy-admin']);
    assert.notEqual(ran.code, 0);
    assert.match(ran.transcript, /has accounts already/);
    await assert.rejects(createProxyAdmin(createFakeProxy(), SIGNAL), { reason: 'ProxyHasNoAccounts' });
    await assert.rejects(createProxyAdmin(null, SIGNAL), { reason: 'NoProxy' });
  });
});

describe('at the start of run', () => {
  it('what is missing is a problem of the overview and a line of the log, until it is mended', async () => {
    const { rig } = await place({ network: false });
    const watch = createProxyWatch({
      ...rig.deps(),
      prober: { ...rig.deps().prober, tcp: answering(new Set()) },
    });
    assert.deepEqual(watch.problems(), []);
    assert.equal(await watch.look(SIGNAL), true);
    const [first] = watch.problems();
    assert.match(first?.message ?? '', /has no network proxy/);
    assert.equal(first?.severity, 'warning');
    assert.ok(rig.log.records.some((line) => JSON.stringify(line).includes('has no network proxy')));
    await rig.engine.runtime().ensureNetwork('proxy', {});
    await rig.engine.runtime().connectNetwork('npm', { network: 'proxy', aliases: [] });
    assert.equal(await watch.look(SIGNAL), false, 'not asked again at once');
    rig.clock.advance(30_000);
    assert.equal(await watch.look(SIGNAL), true);
    assert.deepEqual(watch.problems(), []);
    rig.clock.advance(30_000);
    assert.equal(await watch.look(SIGNAL), false, 'well is not asked again');
  });

  it('the loop tells it, and converges all the same', async () => {
    const { rig } = await place({ own: false });
    rig.files.set('shop.yaml', SHOP);
    const stop = new AbortController();
    const loop = rig.boot();
    const told = Promise.withResolvers<void>();
    const unsubscribe = loop.subscribe(() => {
      const { problems, units } = loop.overview();
      if (problems.some(({ reason }) => reason === 'ProxyCannotReach') && units[0]?.outcome === 'converged')
        told.resolve();
    });
    const served = loop.serve(stop.signal);
    await told.promise;
    unsubscribe();
    stop.abort();
    await served;
  });
});

describe("the proxy's own container", () => {
  it('is told by the name in its address, or by the port of this machine', async () => {
    const { rig } = await place();
    rig.engine.addStranger({ name: 'other', port: 8181 });
    const containers = await rig.engine.runtime().listContainers();
    const named = (url: string) => findOwnContainer(url, containers)?.name ?? null;
    assert.equal(named('http://npm:81'), 'npm');
    assert.equal(named('http://127.0.0.1:8181'), 'other');
    assert.equal(named('http://proxy.example.com:81'), null);
  });
});
