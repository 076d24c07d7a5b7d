// Deploys of a routed project through Nginx Proxy Manager: what they ask of it, and what is to be true when something of that went wrong.
import assert from 'node:assert/strict';
import { assertToldTruly } from '../told-truly.ts';
import { type NpmLoop, npmLoop } from './loop.ts';

const DOMAIN = 'shop.example.com';

const shop = (tag: string, more = '', route = `domains: [${DOMAIN}]\n`): string => `kind: project
name: shop
image: example/shop
tag: "${tag}"
port: 8080
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
${route}${more}`;

export interface Deploy {
  /** Null where nothing is there before. */
  from: string | null;
  to: string;
  version: string;
  /** Hosts that there are in the end. */
  hosts: number;
  /** Where it is another one than converged, with how the deploy is told. */
  end?: { outcome: 'rolled-back'; told: [status: string, version: string] };
  /** What runs is stopped before its successor starts, as the plan says. */
  hasGap?: true;
}

const update = (more: string) => ({ from: shop('v1', more), to: shop('v2', more), version: 'v2', hosts: 1 });

const CANARY = 'strategy: canary\ncanary: { steps: [{ share: 10%, for: 9s }, { share: 50%, for: 9s }] }\n';

export const DEPLOYS: Readonly<Record<string, Deploy>> = {
  'of what is new': { from: null, to: shop('v1'), version: 'v1', hosts: 1 },
  'blue-green': update('replicas: 2\n'),
  rolling: update('replicas: 2\nstrategy: rolling\n'),
  canary: update('strategy: canary\ncanary: { steps: [{ share: 10%, for: 2s }, { share: 50%, for: 2s }] }\n'),
  'of a canary that fails at its share': {
    ...{ from: shop('v1', CANARY), to: shop('sick', CANARY), version: 'v1', hosts: 1 },
    end: { outcome: 'rolled-back', told: ['rolled_back', 'sick'] },
  },
  recreate: { ...update('strategy: recreate\n'), hasGap: true },
  'that takes the route away': { from: shop('v1'), to: shop('v1', '', ''), version: 'v1', hosts: 0 },
};

export async function stand({ from, to }: Deploy): Promise<NpmLoop> {
  const loop = await npmLoop();
  const { rig } = loop;
  for (const version of ['v1', 'v2', 'sick']) rig.engine.addImage(`example/shop:${version}`);
  if (from !== null) {
    rig.files.set('shop.yaml', from);
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  }
  rig.files.set('shop.yaml', to);
  // A process of its own, which has to log in.
  rig.boot();
  return loop;
}

export interface Call {
  method: string;
  path: string;
  /** Calls of the same kind before it. */
  after: number;
}

/** What a deploy asks of the API when all goes well: found out, not listed here. */
export async function callsOf(deploy: Deploy): Promise<Call[]> {
  await using loop = await stand(deploy);
  const seen = new Map<string, number>();
  const requests = await loop.requestsOf(() => loop.rig.settle());
  const { outcome, sentence } = loop.rig.status('shop');
  assert.equal(outcome, deploy.end?.outcome ?? 'converged', sentence);
  const writes = requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/tokens'));
  assert.ok(writes.length > 0, 'the deploy writes nothing to the proxy');
  return requests.map(({ method, path }) => {
    const key = `${method} ${path}`;
    const after = seen.get(key) ?? 0;
    seen.set(key, after + 1);
    return { method, path, after };
  });
}

function versionsUp({ rig }: NpmLoop): string[] {
  const up = [...rig.engine.state.containers.values()].filter(({ state }) => state === 'running');
  return [...new Set(up.map(({ image }) => image.split(':')[1] ?? ''))];
}

/** Versions that somebody may get who asks for the domain. */
function versionsServed({ hosts, serving }: NpmLoop): string[] {
  const images = hosts().flatMap((row) => serving(row).map(({ image }) => image));
  return [...new Set(images.map((image) => image.split(':')[1] ?? ''))];
}

/** What is told of the unit and of its newest deploy is what the engine and the proxy show. */
export function assertTrue(loop: NpmLoop, { hosts, end }: Deploy, when: string): void {
  const { outcome, runs, sentence } = loop.rig.status('shop');
  const served = hosts === 0 ? versionsUp(loop) : versionsServed(loop);
  if (outcome === 'converged') assert.deepEqual(served, [runs], `${when}: ${sentence}`);
  const [deploy] = loop.rig.store.deploys('shop', { limit: 1 });
  if (deploy?.status === 'success')
    assert.deepEqual(served, [deploy.toVersion], `${when}: told as a success`);
  if (end === undefined)
    assert.deepEqual(loop.rig.control.quarantine('shop'), [], `${when}: the version is blamed`);
}

/** One version, one host, nothing of anything else, and nothing more to write. */
export async function assertConverged(loop: NpmLoop, deploy: Deploy, when: string): Promise<void> {
  const { rig, double, hosts, wrong } = loop;
  const { outcome, sentence } = rig.status('shop');
  assert.equal(outcome, deploy.end?.outcome ?? 'converged', `${when}: ${sentence}`);
  assert.deepEqual(versionsUp(loop), [deploy.version], when);
  assert.deepEqual(
    rig.containers().filter((entry) => !/ (?:running|exited)$|-failed/.test(entry)),
    [],
    when,
  );
  assert.equal(hosts().length, deploy.hosts, `${when}: hosts`);
  for (const row of hosts()) {
    assert.deepEqual([row.domain_names, row.enabled], [[DOMAIN], true], when);
    assert.deepEqual(versionsServed(loop), [deploy.version], when);
  }
  const { redirectionHosts, deadHosts, streams, certificates, accessLists } = double.world.tables;
  for (const table of [redirectionHosts, deadHosts, streams, certificates, accessLists])
    assert.deepEqual(table.all(), [], when);
  if (deploy.hasGap === undefined) assert.deepEqual(wrong, [], when);
  const [newest, ...older] = rig.store.deploys('shop', { limit: 10 });
  if (deploy.hosts > 0)
    assert.deepEqual(
      [newest?.status, newest?.toVersion],
      deploy.end?.told ?? ['success', deploy.version],
      when,
    );
  for (const { status, id } of older)
    assert.ok(['success', 'failed', 'rolled_back'].includes(status), `${when}: deploy ${id} is ${status}`);
  rig.engine.forgetJournal();
  const writes = (await loop.requestsOf(() => rig.settle())).filter(
    ({ method, path }) => method !== 'GET' && !path.endsWith('/tokens'),
  );
  assert.deepEqual([writes, rig.engine.journal()], [[], []], when);
}

/** The next passes, when time has gone by: of a process that waits for answers. */
export async function rest({ rig, relax }: NpmLoop, when: string): Promise<void> {
  relax();
  rig.boot();
  rig.clock.advance(1_200_000);
  await rig.settle();
  assertToldTruly(rig, { unit: 'shop', when: `at rest, ${when}` });
}
