// A network is removed from under what does not run: an engine refuses to start such a container, so the pass has to see it before.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RealController, realController } from '../support/real/controller.ts';
import { RUN, realStack } from '../support/real/stack.ts';
import { applyOnce, startTinyforge } from '../support/real/tinyforge.ts';

/** What a person did to the network while the container was down. */
const DEEDS = {
  'is gone': (rig: RealController, network: string) => rig.docker('DELETE', `/networks/${network}`),
  // As another workload's pass or Compose makes it, with the marks that it had.
  'was made anew under its name': async (rig: RealController, network: string) => {
    const { Labels } = (await rig.docker('GET', `/networks/${network}`)) as { Labels: object };
    await rig.docker('DELETE', `/networks/${network}`);
    await rig.docker('POST', '/networks/create', { Name: network, Labels });
  },
} as const;

/** What each kind is written as, with its version in it; `network` is what it makes for itself. */
const KINDS = {
  project: {
    network: (rig: RealController) => rig.name,
    write: (rig: RealController, version: string, more = '') =>
      rig.write(
        'shop.yaml',
        `kind: project
name: ${rig.name}
image: tinyforge-test/web
tag: ${version}
port: 8080
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 20 }
stop_grace_period: 1s
drain: 0s
${more}`,
      ),
  },
  site: {
    network: (rig: RealController) => rig.name,
    async write(rig: RealController, version: string, more = '') {
      await rig.write('public/index.html', version);
      await rig.write(
        'site.yaml',
        `kind: site\nname: ${rig.name}\ncontent: { path: ./public }\ndrain: 0s\n${more}`,
      );
    },
  },
  stack: {
    network: (rig: RealController) => `${rig.name}_default`,
    async write(rig: RealController, version: string, more = '') {
      await rig.write('app/stack.yaml', `kind: stack\nname: ${rig.name}\n${more}`);
      await rig.write('app/compose.yaml', `services: { web: { ${RUN}, environment: { V: "${version}" } } }`);
    },
  },
} as const;

async function assertConverged(rig: RealController): Promise<void> {
  const status = rig.status(await rig.apply(), rig.name);
  assert.equal(status.outcome, 'converged', status.sentence);
  await assertAtRest(rig);
}

/** One container runs, on a network that is there, and there is nothing more to do. */
async function assertAtRest(rig: RealController): Promise<void> {
  const running = await rig.live();
  assert.deepEqual(
    running.map(({ state }) => state),
    ['running'],
  );
  const seen = (await rig.docker('GET', `/containers/${running[0]?.id}/json`)) as {
    NetworkSettings: { Networks: Record<string, { NetworkID: string; IPAddress: string }> };
  };
  const endpoints = Object.values(seen.NetworkSettings.Networks);
  assert.ok(endpoints.length > 0 && endpoints.every(({ IPAddress }) => IPAddress !== ''));
  assert.deepEqual(
    (await rig.plan()).units.flatMap(({ actions }) => actions),
    [],
  );
}

const byKind = Object.entries(KINDS).map(([kind, how]) => ({ kind, ...how }));
const byDeed = Object.entries(DEEDS).map(([deed, act]) => ({ deed, act }));

for (const { kind, network, write } of byKind) {
  describe(`a ${kind} that is down`, () => {
    for (const { deed, act } of byDeed) {
      it(`by \`state: stopped\` runs again when it is to, though its network ${deed}`, async () => {
        await using rig = kind === 'stack' ? await realStack() : await realController();
        await write(rig, 'v1');
        await assertConverged(rig);
        await write(rig, 'v1', 'state: stopped\n');
        await rig.apply();
        assert.deepEqual(await rig.live(), []);
        await act(rig, network(rig));
        await write(rig, 'v1');
        await assertConverged(rig);
      });

      it(`because it ended runs again, though its network ${deed}`, async () => {
        await using rig = kind === 'stack' ? await realStack() : await realController();
        await write(rig, 'v1');
        await assertConverged(rig);
        const [own] = await rig.live();
        await rig.docker('POST', `/containers/${own?.id}/stop?t=0`);
        await act(rig, network(rig));
        await assertConverged(rig);
      });
    }

    it('runs again, though a further network that somebody had put it on is gone', async () => {
      await using rig = kind === 'stack' ? await realStack() : await realController();
      await write(rig, 'v1');
      await assertConverged(rig);
      const [own] = await rig.live();
      const further = `${rig.name}-further`;
      await rig.docker('POST', '/networks/create', { Name: further });
      await rig.docker('POST', `/networks/${further}/connect`, { Container: own?.id });
      await rig.docker('POST', `/containers/${own?.id}/stop?t=0`);
      await rig.docker('DELETE', `/networks/${further}`);
      await assertConverged(rig);
    });
  });
}

for (const { kind, network, write } of byKind.filter(({ kind }) => kind !== 'stack'))
  describe(`a kept version of a ${kind}`, () => {
    for (const { deed, act } of byDeed)
      it(`is rolled back to from its own container, though its network ${deed}`, async () => {
        await using rig = await realController();
        for (const version of ['v1', 'v2']) {
          await write(rig, version);
          await assertConverged(rig);
        }
        const [own] = await rig.live();
        const kept = (await rig.containers()).find(({ id }) => id !== own?.id);
        assert.equal(kept?.state, 'exited');
        await rig.docker('POST', `/networks/${network(rig)}/disconnect`, { Container: own?.id, Force: true });
        await act(rig, network(rig));
        const back = await startTinyforge(rig.config, { args: ['rollback', rig.name] });
        assert.equal((await back.ended).code, 0, back.output());
        assert.equal((await applyOnce(rig.config)).code, 0);
        await assertAtRest(rig);
        assert.deepEqual(
          (await rig.live()).map(({ id }) => id),
          [kept?.id],
        );
      });
  });
