// What the planner builds on, held against the real Compose 2.26 and engine 26.1: each test is one fact.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { programPath } from '../../scripts/real-parts/paths.ts';
import { makeStackRig, type StackRig } from '../support/compose-stack-rig.ts';
import { sharedEngine } from '../support/real/engine.ts';
import { loadTestImages, testImages } from '../support/real/images.ts';
import { until } from '../support/real/until.ts';

before(() => loadTestImages(sharedEngine()));

const RUN = `image: ${testImages.shell}, command: [sleep, "1000"], init: true, stop_grace_period: 0s`;

async function withStack(
  purpose: string,
  text: string,
  work: (rig: StackRig) => Promise<void>,
): Promise<void> {
  await using rig = await makeStackRig(purpose);
  await rig.put({ 'app/compose.yaml': text });
  await work(rig);
}

describe('up --no-deps with a list', () => {
  it('starts what is listed in the order of depends_on, and waits for its conditions', () =>
    withStack(
      'order',
      `services:
  a: { ${RUN}, depends_on: { b: { condition: service_healthy } } }
  b: { image: ${testImages.shell}, init: true, stop_grace_period: 0s, depends_on: { c: { condition: service_completed_successfully } }, healthcheck: { test: [CMD, test, -e, /tmp/ready], interval: 100ms, retries: 100 }, command: [sh, -c, "sleep 1; touch /tmp/ready; sleep 1000"] }
  c: { image: ${testImages.shell}, command: [sh, -c, "sleep 1; exit 0"] }
`,
      async ({ converge, desired, containers }) => {
        assert.deepEqual((await converge(desired())).sort(), ['a', 'b', 'c']);
        const [a, b, c] = await containers();
        assert.ok(
          Date.parse(b?.startedAt ?? '') - Date.parse(c?.startedAt ?? '') >= 900,
          'b did not wait for the end of c',
        );
        assert.ok(
          Date.parse(a?.startedAt ?? '') - Date.parse(b?.startedAt ?? '') >= 900,
          'a did not wait for the health of b',
        );
      },
    ));

  it('neither waits for what is not listed nor touches it', () =>
    withStack(
      'unlisted',
      `services:
  a: { ${RUN}, depends_on: { b: { condition: service_healthy } } }
  b: { ${RUN}, healthcheck: { test: [CMD, "false"], interval: 100ms, retries: 1 } }
`,
      async ({ resolver, desired, up, containers }) => {
        await resolver.resolve(desired());
        await up(desired(), ['a']);
        assert.deepEqual(
          (await containers()).map(({ labels }) => labels['com.docker.compose.service']),
          ['a'],
        );
      },
    ));

  it('does nothing to a listed service that is as it should be, but runs an ended one-shot again', () =>
    withStack(
      'unchanged',
      `services: { a: { ${RUN} }, once: { image: ${testImages.shell}, command: [sh, -c, "exit 0"] } }`,
      async ({ converge, desired, up, containers }) => {
        await converge(desired());
        const ended = async () =>
          (await containers()).every(({ name, state }) => name.endsWith('a-1') || state === 'exited');
        await until({ what: 'the one-shot to end', look: ended });
        const first = await containers();
        await up(desired(), ['a', 'once']);
        const second = await containers();
        assert.deepEqual(
          second.map(({ id }) => id),
          first.map(({ id }) => id),
        );
        assert.equal(second[0]?.startedAt, first[0]?.startedAt);
        assert.notEqual(second[1]?.startedAt, first[1]?.startedAt);
      },
    ));

  it('scales up and down by the highest numbers, and keeps the others', () =>
    withStack(
      'scale',
      `services: { a: { ${RUN}, scale: 3 } }`,
      async ({ put, converge, desired, up, resolver, containers }) => {
        await converge(desired());
        const three = await containers();
        assert.equal(three.length, 3);
        await put({ 'app/compose.yaml': `services: { a: { ${RUN}, scale: 1 } }` });
        await resolver.resolve(desired());
        await up(desired(), ['a']);
        const one = await containers();
        assert.deepEqual(
          one.map(({ id, startedAt }) => [id, startedAt]),
          three.slice(0, 1).map(({ id, startedAt }) => [id, startedAt]),
        );
      },
    ));

  it('recreates a service with container_name under that name', () =>
    withStack(
      'named',
      `services: { a: { ${RUN}, container_name: NAME } }`,
      async ({ put, converge, desired, containers }) => {
        const name = `own-${desired().name}`;
        await put({ 'app/compose.yaml': `services: { a: { ${RUN}, container_name: ${name} } }` });
        await converge(desired());
        await put({
          'app/compose.yaml': `services: { a: { ${RUN}, container_name: ${name}, environment: { V: "2" } } }`,
        });
        assert.deepEqual(await converge(desired()), ['a']);
        assert.deepEqual(
          (await containers()).map((container) => [container.name, container.environment.V]),
          [[name, '2']],
        );
      },
    ));

  it('takes over what plain Compose started from the same folder, and keeps its volume', () =>
    withStack(
      'adopt',
      `services: { a: { ${RUN}, volumes: ["data:/data"] } }\nvolumes: { data: {} }`,
      async ({ desired, converge, containers, engine, root, runner }) => {
        const { project } = desired();
        const args = [
          '-p',
          project,
          '--project-directory',
          `${root}/app`,
          '-f',
          `${root}/app/compose.yaml`,
          'up',
          '-d',
        ];
        const plain = spawn(programPath('docker-compose'), args, {
          env: { PATH: root, HOME: root, DOCKER_HOST: engine.dockerHost },
        });
        assert.equal(await new Promise((resolve) => plain.once('exit', resolve)), 0);
        assert.match(await runner.version(), /^2\./);
        const [before] = await containers();
        assert.equal(before?.labels['tinyforge.unit'], undefined);
        assert.deepEqual(await converge(desired()), ['a']);
        const after = await containers();
        assert.deepEqual(
          after.map(({ name, labels }) => [name, labels['tinyforge.unit']]),
          [[`${project}-a-1`, desired().unit]],
        );
        const { CreatedAt } = (await engine.ask({ method: 'GET', path: `/volumes/${project}_data` })) as {
          CreatedAt: string;
        };
        assert.ok(Date.parse(CreatedAt) < Date.parse(after[0]?.startedAt ?? ''));
      },
    ));
});

describe('a Compose that is killed in the middle of a recreate', () => {
  it('leaves a container with the label com.docker.compose.replace, which is to be removed first', () =>
    withStack(
      'killed',
      // The old one takes its time to stop: long enough to kill Compose while the new one is only created.
      `services: { a: { image: ${testImages.ignoresTerm}, stop_grace_period: 20s } }`,
      async ({ put, resolver, desired, converge, containers, engine, root, up }) => {
        await converge(desired());
        const [old] = await containers();
        await put({
          'app/compose.yaml': `services: { a: { image: ${testImages.ignoresTerm}, stop_grace_period: 20s, environment: { V: "2" } } }`,
        });
        await resolver.resolve(desired());
        const { file, discard } = await resolver.render(desired(), 'desired');
        const args = [
          '-p',
          desired().project,
          '--project-directory',
          `${root}/app`,
          '-f',
          file,
          'up',
          '-d',
          '--no-deps',
          'a',
        ];
        const child = spawn(programPath('docker-compose'), args, {
          env: { PATH: root, HOME: root, DOCKER_HOST: engine.dockerHost },
          stdio: 'ignore',
        });
        const leftover = await until({
          what: 'the new container beside the old one',
          look: async () =>
            (await containers()).find(({ labels }) => labels['com.docker.compose.replace'] !== undefined),
        });
        child.kill('SIGKILL');
        await new Promise((resolve) => child.once('exit', resolve));
        await discard();
        assert.match(leftover.name, new RegExp(`^[0-9a-f]{12}_${desired().project}-a-1$`));
        assert.equal(leftover.state, 'created');
        assert.equal(leftover.labels['com.docker.compose.replace'], old?.id);
        assert.equal(leftover.labels['tinyforge.unit'], desired().unit);
        await engine.ask({ method: 'DELETE', path: `/containers/${leftover.id}?force=1` });
        await engine.call({ method: 'POST', path: `/containers/${old?.id}/kill` });
        await until({
          what: 'the old one to stop',
          look: async () => (await containers())[0]?.state === 'exited',
        });
        await up(desired(), ['a']);
        const after = await containers();
        assert.deepEqual(
          after.map(({ name, environment, state }) => [name, environment.V, state]),
          [[`${desired().project}-a-1`, '2', 'running']],
        );
      },
    ));

  it('or fails between create and start leaves a container that lacks its secrets for ever: it is to be removed, not started', () =>
    withStack(
      'created',
      `services: { a: { ${RUN}, secrets: [s] } }\nsecrets: { s: { environment: S } }`,
      async ({ desired, containers, engine, resolver, runner }) => {
        const wish = desired({ environment: { S: 'value' } });
        await resolver.resolve(wish);
        const up = async (change: { variables?: Record<string, string> }) => {
          const { discard, ...rendered } = await resolver.render(wish, 'desired');
          const { project } = wish;
          const { signal } = new AbortController();
          await runner
            .up({ project, ...rendered, ...change, services: ['a'], signal, onLine: () => {} })
            .finally(discard);
        };
        const hasSecret = async () => {
          const [container] = await containers();
          const path = `/containers/${container?.id}/archive?path=/run/secrets/s`;
          return (await engine.call({ method: 'HEAD', path })).status === 200;
        };
        await assert.rejects(up({ variables: {} }), /"S" required by file/);
        assert.deepEqual(
          (await containers()).map(({ state }) => state),
          ['created'],
        );
        await up({});
        assert.deepEqual(
          (await containers()).map(({ state }) => state),
          ['running'],
        );
        assert.equal(await hasSecret(), false);
        await engine.ask({ method: 'DELETE', path: `/containers/${(await containers())[0]?.id}?force=1` });
        await up({});
        assert.equal(await hasSecret(), true);
      },
    ));
});

describe('config', () => {
  it('shows what hides behind a profile only when asked for all of them', () =>
    withStack(
      'profiles',
      `services: { a: { ${RUN} }, b: { ${RUN}, profiles: [p] } }`,
      async ({ runner, root, desired }) => {
        const services = async (profiles: string[]) => {
          const json = await runner.config(
            {
              project: desired().project,
              files: [`${root}/app/compose.yaml`],
              projectDirectory: `${root}/app`,
              variables: {},
              profiles,
            },
            new AbortController().signal,
          );
          return Object.keys((json as { services: object }).services);
        };
        assert.deepEqual(await services([]), ['a']);
        assert.deepEqual(await services(['*']), ['a', 'b']);
      },
    ));

  it('is needed once for a resolve and its up', () =>
    withStack('once', `services: { a: { ${RUN} } }`, async ({ converge, desired, real, resolver }) => {
      await converge(desired());
      await resolver.resolve(desired());
      await resolver.markGood(desired());
      const kinds = real.calls().map((line) => / (config|up) /.exec(line)?.[1] ?? 'version');
      assert.deepEqual(kinds, ['version', 'config', 'up', 'config']);
    }));
});

describe('a race', () => {
  it('between our check and Compose, 1,000 swaps long, never lets the other file through', async () => {
    await using rig = await makeStackRig('race');
    const { put, desired, root, place } = rig;
    const good = `services: { a: { ${RUN}, environment: { V: good } } }`;
    const bad = `services: { a: { ${RUN}, env_file: [${place.path}/outside.env], privileged: true, environment: { V: bad } } }`;
    writeFileSync(place.at('outside.env'), 'STOLEN=canary\n');
    await put({ 'app/compose.yaml': good, 'app/good': good, 'app/bad': bad, 'app/x.env': 'A=1' });
    const swapper = spawn(process.execPath, ['-e', SWAP_FOR_EVER, `${root}/app`, place.at('swaps')], {
      stdio: 'ignore',
    });
    const verdicts = new Map<string, number>();
    try {
      const swaps = () =>
        existsSync(place.at('swaps')) ? Number(readFileSync(place.at('swaps'), 'utf8')) : 0;
      for (let turn = 0; turn < 25 || swaps() < 1_000; turn++) {
        const verdict = await attempt();
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      }
    } finally {
      swapper.kill('SIGKILL');
    }
    assert.ok((verdicts.get('good') ?? 0) > 0, JSON.stringify([...verdicts]));
    assert.ok((verdicts.get('refused') ?? 0) > 0, JSON.stringify([...verdicts]));
    assert.deepEqual(
      [...verdicts.keys()].filter((verdict) => !['good', 'refused'].includes(verdict)),
      [],
    );

    async function attempt(): Promise<string> {
      // With nothing remembered, so that Compose is asked each time.
      rig.stores.cache.clear();
      const resolver = rig.restarted();
      try {
        await resolver.resolve(desired());
        const { file } = await resolver.render(desired(), 'desired');
        const text = readFileSync(file, 'utf8');
        return /canary|STOLEN|privileged|"V":"bad"/.test(text) ? 'let through' : 'good';
      } catch {
        return 'refused';
      }
    }
  });
});

const SWAP_FOR_EVER = `
  const { copyFileSync, renameSync, writeFileSync } = require('node:fs');
  const [folder, count] = process.argv.slice(1);
  for (let swaps = 1; ; swaps++) {
    copyFileSync(folder + '/' + (swaps % 2 ? 'bad' : 'good'), folder + '/next');
    renameSync(folder + '/next', folder + '/compose.yaml');
    writeFileSync(count, String(swaps));
  }`;
