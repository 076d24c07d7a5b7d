// Back to a kept version on the real engine: with git and registry away, held until it is lifted, through kills and by itself.
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { gitConfig } from '../support/git-source-rig.ts';
import { type RealController, realController } from '../support/real/controller.ts';
import { createRepository } from '../support/real/git.ts';
import { loadWebImage, pushTestImage } from '../support/real/images.ts';
import { makePlace } from '../support/real/place.ts';
import { startRegistry } from '../support/real/registry.ts';
import { engineWrites, serve } from '../support/real/serving.ts';
import { PLAIN, RUN, realStack } from '../support/real/stack.ts';
import { type Ended, startTinyforge } from '../support/real/tinyforge.ts';
import { startTraffic } from '../support/real/traffic.ts';
import { until } from '../support/real/until.ts';

const MOST_ACTIONS = 20;

const project = (
  rig: RealController,
  facts: { image?: string; tag: string; more?: string },
): string => `kind: project
name: ${rig.name}
image: "${facts.image ?? 'tinyforge-test/web'}"
tag: ${facts.tag}
port: 8080
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 20 }
stop_grace_period: 1s
drain: 100ms
${facts.more ?? ''}`;

type Command = Ended & { output: string; actions: string[] };

/** `tinyforge …` as a person runs it, to its end. */
async function tinyforge(
  rig: RealController,
  args: string[],
  onAction?: NonNullable<Parameters<typeof startTinyforge>[1]['onAction']>,
): Promise<Command> {
  await using running = await startTinyforge(rig.config, { args, ...(onAction && { onAction }) });
  const ended = await running.ended;
  return { ...ended, output: running.output(), actions: running.actions() };
}

async function converge(rig: RealController, file: string, text: string): Promise<void> {
  await rig.write(file, text);
  await converged(rig);
}

async function converged(rig: RealController): Promise<void> {
  const status = rig.status(await rig.apply(), rig.name);
  assert.equal(status.outcome, 'converged', status.sentence);
}

async function assertHeld(rig: RealController): Promise<void> {
  const status = rig.status(await rig.apply(), rig.name);
  assert.deepEqual([status.outcome, status.reason], ['held', 'RollbackHold'], status.sentence);
}

/** What runs, by the version that its label tells. */
const up = async (rig: RealController): Promise<(string | undefined)[]> =>
  (await rig.live()).map(({ labels }) => labels['tinyforge.release']);

describe('a project is rolled back by hand', () => {
  it('from its kept container, with git and registry away, in one sentence and with exit code 0; --to goes further', async () => {
    await using place = await makePlace('rollback');
    await using registry = await startRegistry();
    const repository = await createRepository({ folder: place.path, name: 'infra' });
    await using rig = await realController({ sources: [gitConfig({ url: repository.url })] });
    const image = `${registry.address}/acme/${rig.name}`;
    for (const tag of ['v1', 'v2', 'v3']) {
      await pushTestImage(rig.engine, { reference: `tinyforge-test/web:${tag}`, target: `${image}:${tag}` });
      await repository.commit({ files: { 'shop.yaml': project(rig, { image, tag }) } });
      await converged(rig);
    }
    const kept = await rig.containers();
    assert.equal(kept.length, 3);
    await rename(repository.directory, `${repository.directory}.away`);
    await registry.pause();

    await using client = await startTraffic(rig, { alias: rig.name });
    let back: Command | undefined;
    const writes = await engineWrites(rig, async () => {
      back = await tinyforge(rig, ['rollback', rig.name]);
    });
    assert.equal(back?.code, 0, back?.output);
    assert.match(
      back?.output ?? '',
      new RegExp(
        `${rig.name} runs v2 again \\(.*\\)\\. v3 is held until ${rig.name} changes; \`tinyforge resume ${rig.name}\` lifts it\\.`,
      ),
    );
    assert.match(
      back?.output ?? '',
      /Back went image, environment and configuration; not secrets and data\./,
    );
    assert.deepEqual(
      writes.filter((line) => /container (?:create|destroy)|image/.test(line)),
      [],
    );
    assert.deepEqual(await up(rig), ['v2']);
    assert.deepEqual(
      (await rig.containers()).map(({ id }) => id),
      kept.map(({ id }) => id),
    );
    const further = await tinyforge(rig, ['rollback', rig.name, '--to', '1']);
    assert.equal(further.code, 0, further.output);
    assert.deepEqual(await up(rig), ['v1']);
    const refused = await tinyforge(rig, ['rollback', rig.name, '--to', '3']);
    assert.notEqual(refused.code, 0, refused.output);
    assert.match(refused.output, /is what the manifest of .* asks for, so it is no rollback/);
    const traffic = await client.stop();
    assert.deepEqual(traffic.failures, []);
    assert.deepEqual(traffic.versions, ['v3', 'v2', 'v1']);

    const resumed = await tinyforge(rig, ['resume', rig.name]);
    assert.equal(resumed.code, 0, resumed.output);
    await rig.apply();
    assert.deepEqual(await up(rig), ['v3']);
  });

  it('and stays there while something else changes, until its own manifest does', async () => {
    await using rig = await realController();
    await converge(rig, 'shop.yaml', project(rig, { tag: 'v1' }));
    await converge(rig, 'shop.yaml', project(rig, { tag: 'v2' }));
    assert.equal((await tinyforge(rig, ['rollback', rig.name])).code, 0);
    await rig.write('shop.yaml', `# a word about it\n${project(rig, { tag: 'v2' })}`);
    await rig.write(
      'other.yaml',
      `kind: project\nname: ${rig.name}-other\nimage: tinyforge-test/web\ntag: v3\nport: 8080\nhealthcheck: { disable: true }\n`,
    );
    await assertHeld(rig);
    assert.deepEqual((await up(rig)).sort(), ['v1', 'v3']);
    await converge(rig, 'shop.yaml', project(rig, { tag: 'v3' }));
    assert.deepEqual(await up(rig), ['v3', 'v3']);
  });

  it('killed at each of its steps: somebody answers at every moment, and the next pass ends it', async () => {
    await using rig = await realController();
    await converge(rig, 'shop.yaml', project(rig, { tag: 'v1' }));
    await converge(rig, 'shop.yaml', project(rig, { tag: 'v2' }));
    await using client = await startTraffic(rig, { alias: rig.name });
    const steps: string[] = [];
    for (let step = 1; ; step++) {
      assert.ok(step < MOST_ACTIONS, 'the rollback does not end');
      const back = await tinyforge(rig, ['rollback', rig.name, '-v'], (count, kill) => {
        if (count === step) kill('SIGKILL');
      });
      const action = back.actions[step - 1];
      if (action !== undefined) steps.push(action.split(' ')[2] ?? '');
      if (back.signal !== 'SIGKILL') assert.equal(back.code, 0, back.output);
      await assertHeld(rig);
      assert.deepEqual(await up(rig), ['v1'], `killed at ${action}`);
      const resumed = await tinyforge(rig, ['resume', rig.name]);
      assert.equal(resumed.code, 0, resumed.output);
      await converged(rig);
      assert.deepEqual(await up(rig), ['v2'], `killed at ${action}`);
      if (action === undefined) break;
    }
    const traffic = await client.stop();
    assert.deepEqual(traffic.failures, []);
    assert.ok(steps.includes('starting') && steps.includes('stopping'), steps.join());
  });
});

describe('a stack is rolled back by hand', () => {
  it('to its files and to the very images that ran, though a tag means something else by now', async () => {
    await using rig = await realStack();
    const moving = `tinyforge-test/${rig.name}:moving`;
    const compose = (word: string): string => `services:
  web: { image: "${moving}", stop_grace_period: 1s, environment: { WORD: ${word} } }
  side: { ${PLAIN}, volumes: ["./conf:/conf:ro"] }
`;
    await loadWebImage(rig.engine, { reference: moving, version: 'one' });
    await rig.manifest();
    await rig.write('app/conf/words', 'one');
    assert.equal((await rig.applied(compose('one'))).outcome, 'converged');
    const imageOf = async (): Promise<unknown> => {
      const web = (await rig.seen()).find(({ service }) => service === 'web');
      assert.equal(web?.state, 'running');
      const { Image } = (await rig.docker('GET', `/containers/${web?.id}/json`)) as { Image: string };
      return [Image, web?.environment.WORD];
    };
    const first = await imageOf();
    const { side } = await rig.ids();
    await loadWebImage(rig.engine, { reference: moving, version: 'two' });
    assert.equal((await rig.applied(compose('two'))).outcome, 'converged');
    assert.notDeepEqual(await imageOf(), first);
    const back = await tinyforge(rig, ['rollback', rig.name]);
    assert.equal(back.code, 0, back.output);
    assert.deepEqual(await imageOf(), first);
    await assertHeld(rig);
    assert.deepEqual(await imageOf(), first);
    assert.equal((await tinyforge(rig, ['resume', rig.name])).code, 0);
    await converged(rig);
    assert.notDeepEqual(await imageOf(), first);
    assert.deepEqual((await rig.ids()).side, side, 'what is the same in both versions is left alone');
  });
});

describe('a site is rolled back by hand', () => {
  const site = (name: string): string =>
    `kind: site\nname: ${name}\ncontent: { path: ./public }\ndrain: 100ms\n`;
  const words = async (rig: RealController): Promise<string> => {
    const [only, ...more] = await rig.live();
    assert.deepEqual(more, []);
    const seen = (await rig.docker('GET', `/containers/${only?.id}/json`)) as {
      NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
    };
    const address = Object.values(seen.NetworkSettings.Networks)[0]?.IPAddress;
    return (await (await fetch(`http://${address}/`)).text()).trim();
  };

  it('from its kept container, and is never made from other files under the name of the release that is gone', async () => {
    await using rig = await realController();
    await rig.write('site.yaml', site(rig.name));
    for (const text of ['one', 'two']) await converge(rig, 'public/index.html', text);
    const back = await tinyforge(rig, ['rollback', rig.name]);
    assert.equal(back.code, 0, back.output);
    assert.equal(await words(rig), 'one');
    await assertHeld(rig);
    for (const { id } of await rig.live()) await rig.docker('DELETE', `/containers/${id}?force=1`);
    const lost = rig.status(await rig.apply(), rig.name);
    assert.equal(lost.reason, 'FilesGone', lost.sentence);
    assert.deepEqual(await rig.live(), []);
    // The very files again, in another place and at another time, are the release.
    await rig.write('public/index.html', 'one');
    const mended = rig.status(await rig.apply(), rig.name);
    assert.notEqual(mended.reason, 'FilesGone', mended.sentence);
    assert.equal(await words(rig), 'one');
  });

  it('is refused where its files and its container are gone, and what runs stays', async () => {
    await using rig = await realController();
    await rig.write('site.yaml', site(rig.name));
    for (const text of ['one', 'two']) await converge(rig, 'public/index.html', text);
    for (const { id, state } of await rig.containers())
      if (state === 'exited') await rig.docker('DELETE', `/containers/${id}`);
    const back = await tinyforge(rig, ['rollback', rig.name]);
    assert.notEqual(back.code, 0);
    assert.match(back.output, /cannot be brought back: the files of .* are not kept any more/);
    assert.equal(await words(rig), 'two');
    await converged(rig);
  });
});

describe('a version that falls ill right after it took over', () => {
  it('is put away, and the one before comes back from its kept container', async () => {
    await using rig = await realController();
    const more = 'deploy: { update_config: { monitor: 10m } }\n';
    await rig.write('shop.yaml', project(rig, { tag: 'v1', more }));
    await using controller = await serve(rig);
    await controller.converged(rig.name, 'v1');
    const [old] = await rig.live();
    await rig.write('shop.yaml', project(rig, { tag: 'v2', more }));
    await controller.converged(rig.name, 'v2');
    await controller.rested();
    const [ill] = await rig.live();
    assert.notEqual(ill?.id, old?.id);
    const { Id } = (await rig.docker('POST', `/containers/${ill?.id}/exec`, {
      Cmd: ['touch', '/run/unhealthy'],
    })) as { Id: string };
    await rig.docker('POST', `/exec/${Id}/start`, { Detach: true });
    const status = await controller.sees(
      rig.name,
      'rolled back',
      ({ outcome, runs, health }) =>
        outcome === 'rolled-back' && runs === 'v1' && health.status === 'healthy',
    );
    assert.equal(status.reason, 'UnhealthyAfterSwitch', status.sentence);
    await controller.rested();
    assert.deepEqual(
      (await rig.live()).map(({ id }) => id),
      [old?.id],
    );
    const [deploy] = controller.pass.store.deploys(rig.name, { limit: 1 });
    assert.equal(deploy?.status, 'rolled_back');
  });

  it('of a stack is put away too: the files, images and containers of the version before serve again, and it is not tried again', async () => {
    await using rig = await realStack();
    await rig.manifest();
    const compose = (word: string): string => `services:
  web:
    ${RUN.replaceAll(', ', '\n    ')}
    environment: { WORD: ${word} }
    healthcheck: { test: ["CMD", "test", "!", "-e", "/tmp/ill"], interval: 200ms, timeout: 5s, retries: 2 }
`;
    for (const word of ['one', 'two']) assert.equal((await rig.applied(compose(word))).outcome, 'converged');
    const web = async () => {
      const [only, ...more] = await rig.seen();
      assert.ok(only !== undefined && more.length === 0);
      return only;
    };
    const { id } = await web();
    const { Id } = (await rig.docker('POST', `/containers/${id}/exec`, { Cmd: ['touch', '/tmp/ill'] })) as {
      Id: string;
    };
    await rig.docker('POST', `/exec/${Id}/start`, { Detach: true });
    await until({
      what: 'the engine to find it ill',
      look: async () => {
        const seen = (await rig.docker('GET', `/containers/${id}/json`)) as {
          State: { Health: { Status: string } };
        };
        return seen.State.Health.Status === 'unhealthy';
      },
    });
    const status = await rig.settle();
    assert.deepEqual(
      [status.outcome, status.reason],
      ['rolled-back', 'UnhealthyAfterSwitch'],
      status.sentence,
    );
    const { environment, state } = await web();
    assert.deepEqual([environment.WORD, state], ['one', 'running']);
    const writes = await rig.writesDuring(async () =>
      assert.equal((await rig.settle()).outcome, 'rolled-back'),
    );
    assert.deepEqual(writes, []);
  });
});
