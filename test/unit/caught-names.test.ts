// A workload that answers to a neighbour's name on a network of both would get the neighbour's requests: it is not made.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { caughtName, type NetworkNames } from '../../src/core/generation/caught-names.ts';
import { ledNames } from '../../src/core/route/led-names.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import type { UnitWorld } from '../../src/model/world.ts';
import { createFakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig } from '../support/loop-rig.ts';
import { proxyUnit, proxyWorld } from '../support/proxy-worlds.ts';
import { observed, PROXY } from '../support/sample-routes.ts';

const NETWORK = 'proxy';

function container(
  name: string,
  {
    on = NETWORK,
    aliases = null,
    ...change
  }: Partial<ObservedContainer> & { on?: string; aliases?: string[] | null } = {},
): ObservedContainer {
  return {
    id: name,
    name,
    image: 'x:1',
    imageId: 'sha256:0',
    state: 'running',
    health: 'none',
    exitCode: null,
    upSeconds: 1,
    createdAtMs: 0,
    ports: [],
    networks: { [on]: { endpointId: `e-${name}`, networkId: on, ip: '192.0.2.2', aliases } },
    ours: null,
    compose: null,
    ...change,
  };
}

const compose = (project: string, service: string): ObservedContainer['compose'] => ({
  project,
  service,
  number: 1,
  oneOff: false,
  workingDir: '/',
  configFiles: '',
  replaces: null,
});

const ours = (unit: string, kind: string): ObservedContainer['ours'] => ({
  controller: 'default',
  unit,
  workloadId: `${kind}.${unit}`,
  kind,
  role: '',
  replica: 1,
  specHash: '4be1c0ffee',
  imageDigest: '',
  release: '1',
});

/** Everybody on the network of the proxy, and what the proxy leads to. */
const NEIGHBOURS: readonly ObservedContainer[] = [
  container('shop-prod-4be1c0-1', { ours: ours('shop/prod', 'project'), aliases: ['shop-prod-4be1c0'] }),
  container('immich-server-1', { ours: ours('immich', 'stack'), compose: compose('immich', 'server') }),
  container('cloud-web-1', { compose: compose('cloud', 'web') }),
  container('cloud-cache-1', { compose: compose('cloud', 'cache') }),
  container('npm-app-1', { compose: compose('npm', 'npm') }),
  container('other-db-1', { compose: compose('other', 'db'), on: 'elsewhere' }),
];
const LEADS = ledNames(
  [
    observed({
      id: 'proxy-host/5',
      traffic: { main: [{ scheme: 'http', host: 'web', port: 80 }], canary: null },
    }),
    observed({
      id: 'proxy-host/6',
      traffic: { main: [{ scheme: 'http', host: 'photos', port: 80 }], canary: null },
    }),
    observed({
      id: 'proxy-host/7',
      owner: { controller: 'default', unit: 'nas', key: 'nas' },
      traffic: { main: [{ scheme: 'http', host: 'evil-later', port: 80 }], canary: null },
    }),
  ],
  PROXY,
  'default',
);

function world({ adopt = false, mine = [] as ObservedContainer[] } = {}): UnitWorld {
  const some = proxyWorld(proxyUnit()) as UnitWorld;
  return {
    ...some,
    desired: { ...some.desired, unit: 'evil', adopt },
    host: { ...some.host, containers: [...NEIGHBOURS, ...mine] },
    mine,
    proxy: some.proxy === null ? null : { ...some.proxy, network: NETWORK, leads: LEADS },
  };
}

function told(
  name: string,
  { from = 'given' as NetworkNames['names'][number]['from'], network = NETWORK, in: at = world() } = {},
): string | null {
  const mine = new Set(at.mine.map(({ id }) => id));
  return caughtName([{ network, names: [{ name, from }] }], at, mine)?.message ?? null;
}

describe('names of neighbours on a network of both', () => {
  const rows: Record<string, [name: string, from: 'given' | 'unit' | 'service']> = {
    'the name of a container of ours': ['shop-prod-4be1c0-1', 'given'],
    'what the proxy calls a project’s containers': ['shop-prod-4be1c0', 'given'],
    'what it will call the next ones': ['shop-prod-0a1b2c', 'given'],
    'a project itself, though it has not that alias here': ['shop-prod', 'given'],
    'what the proxy calls a stack’s service': ['immich-server-0a1b2c', 'given'],
    'a service of another stack, on purpose': ['cache', 'given'],
    'a service that a route leads to': ['web', 'service'],
    'the container of a stranger': ['cloud-web-1', 'service'],
    'the same, by the unit’s own name': ['cloud-cache-1', 'unit'],
    'the proxy, which is told our password': ['npm', 'service'],
    'where a stranger’s route leads, whoever that is': ['photos', 'service'],
  };
  for (const [what, [name, from]] of Object.entries(rows))
    it(`${what} cannot be had`, () => {
      assert.match(told(name, { from }) ?? '', new RegExp(`answer to ${name} on network ${NETWORK}`));
      assert.equal(
        told(name, { from, network: 'own' }),
        null,
        'on a network of its own it may be called anything',
      );
    });

  it('is free where nobody is asked by it', () => {
    assert.equal(told('cache', { from: 'service' }), null, 'two stacks may both have a cache');
    assert.equal(told('db'), null, 'it is somebody’s on another network');
    assert.equal(told('evil-later'), null, 'a manifest of ours may lead to what comes later');
  });

  it('is free for who has it already, and for who is said to take it over', () => {
    const own = container('evil-photos-1', { compose: compose('evil', 'photos') });
    assert.equal(told('photos', { in: world({ mine: [own] }) }), null);
    assert.equal(told('photos', { in: world({ adopt: true }) }), null);
    assert.notEqual(told('web', { in: world({ adopt: true }) }), null, 'somebody else answers to it');
  });
});

describe('a project with a name of its neighbours', () => {
  for (const [what, more] of [
    ['as the name of its host', 'hostname: cloud'],
    ['as its own', ''],
  ])
    it(`${what} is not made, and nothing is stopped`, async () => {
      const rig = createLoopRig({ proxy: createFakeProxy() });
      rig.engine.addImage('x:1');
      const name = more === '' ? 'cloud' : 'evil';
      rig.engine.addStranger({ name: 'cloud' });
      const runtime = rig.engine.runtime();
      await runtime.ensureNetwork('front', {});
      await runtime.connectNetwork('cloud', { network: 'front', aliases: [] });
      rig.files.set(
        'a.yaml',
        `kind: project\nname: ${name}\nimage: x:1\nport: 80\nnetworks: [front]\n${more}\n`,
      );
      await rig.settle();
      assert.equal(rig.status(name).reason, 'AliasTaken', rig.status(name).sentence);
      assert.deepEqual(rig.containers(), ['cloud running']);
    });
});
