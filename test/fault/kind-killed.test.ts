// The real process killed between any two steps of a change of kind on the real engine, then started again: converged, the same bytes, nobody left over.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillVolume, volumeChecksum } from '../support/real/checksum.ts';
import { killedStepByStep, kindsOf } from '../support/real/killed.ts';
import { type RoutedController, routedController } from '../support/real/routed.ts';
import { applyOnce } from '../support/real/tinyforge.ts';

const project = ({ rig, domain }: RoutedController) => `kind: project
name: ${rig.name}
image: tinyforge-test/web
tag: v1
port: 8080
domains: [${domain}]
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 20 }
volumes: ["${rig.name}-data:/data"]
shared_volumes: true
stop_grace_period: 1s
drain: 300ms
`;

const site = ({ rig, domain }: RoutedController) =>
  `kind: site\nname: ${rig.name}\ncontent: { path: ./public }\ndomains: [${domain}]\ndrain: 300ms\n`;

const stack = ({ rig, domain }: RoutedController) =>
  `kind: stack\nname: ${rig.name}\nservices: { web: { port: 8080, domains: [${domain}], drain: 300ms, shared_volumes: true } }\n`;

const compose = ({ rig }: RoutedController) => `services:
  web:
    image: tinyforge-test/web:v2
    stop_grace_period: 1s
    ports: ["8080"]
    volumes: ["data:/data"]
    healthcheck: { test: ["CMD", "true"], interval: 300ms }
volumes:
  data: { external: true, name: ${rig.name}-data }
`;

interface House extends AsyncDisposable {
  routed: RoutedController;
  change(kind: 'project' | 'site' | 'stack'): {
    write(): Promise<void>;
    assertDone(when: string): Promise<void>;
  };
}

/** A project with something to lose runs, and is asked for. */
async function house(): Promise<House> {
  const routed = await routedController({ reach: 'published' });
  const { rig } = routed;
  rig.config.keep.revisions = 1;
  const volume = `${rig.name}-data`;
  await rig.write('public/index.html', 'site');
  await rig.write('compose.yaml', compose(routed));
  await rig.write('shop.yaml', project(routed));
  assert.equal((await applyOnce(rig.config)).code, 0);
  await fillVolume(rig, volume);
  const data = await volumeChecksum(rig, volume);
  const text = { project, site, stack };
  return {
    routed,
    change: (kind) => ({
      write: () => rig.write('shop.yaml', text[kind](routed)),
      async assertDone(when) {
        await assertOnly(routed, kind, when);
        assert.equal(await volumeChecksum(rig, volume), data, when);
      },
    }),
    [Symbol.asyncDispose]: () => routed[Symbol.asyncDispose](),
  };
}

const NETWORK = { project: '', site: '', stack: '_default' };
const ANSWER = { project: 'v1', site: 'site', stack: 'v2' };

/** What is of this kind, and nothing of the kind before: one container, its network, one host, and no work. */
async function assertOnly(routed: RoutedController, kind: keyof typeof NETWORK, when: string): Promise<void> {
  const { rig } = routed;
  assert.deepEqual(
    (await rig.containers()).map(({ state, labels }) => [state, labels['tinyforge.workload.kind']]),
    [['running', kind]],
    when,
  );
  const networks = (await rig.docker('GET', '/networks')) as { Name: string }[];
  assert.deepEqual(
    networks.map(({ Name }) => Name).filter((name) => name.startsWith(rig.name)),
    [`${rig.name}${NETWORK[kind]}`],
    when,
  );
  assert.equal((await routed.hosts()).length, 1, when);
  assert.equal((await routed.get()).body.trim(), ANSWER[kind], when);
  const plan = await rig.plan();
  assert.deepEqual(
    [plan.orphans, plan.units.map(({ unit, actions }) => [unit, actions])],
    [[], [[rig.name, []]]],
    when,
  );
}

describe('the process is killed while a workload becomes one of another kind', () => {
  for (const other of ['site', 'stack'] as const)
    it(`a project a ${other} and back, at each step: whoever asks is answered at every moment, by one host, and no byte is lost`, async (test) => {
      await using shop = await house();
      const { routed } = shop;
      const [host] = await routed.hosts();
      await using load = routed.visitors();
      const steps = await killedStepByStep(routed.rig, [shop.change(other), shop.change('project')]);
      const { failures, requests, byVersion } = await load.stop();
      test.diagnostic(
        `${steps.map((each) => `${each.length} kills: ${kindsOf(each).join(', ')}`).join('; ')}; ${requests} requests, ${failures.length} failed`,
      );
      assert.deepEqual(failures, []);
      assert.deepEqual(Object.keys(byVersion).sort(), ['v1', ANSWER[other]].sort());
      assert.ok(requests > 200, `${requests} requests only`);
      assert.deepEqual(
        (await routed.hosts()).map(({ id }) => id),
        [host?.id],
      );
      for (const each of steps)
        assert.ok(kindsOf(each).includes('removing') && kindsOf(each).includes('routing'), each.join());
    });
});
