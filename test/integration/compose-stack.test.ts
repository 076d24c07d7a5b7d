// Stacks on the real Compose and engine, from files to containers.
import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { before, describe, it } from 'node:test';
import type { DesiredStack } from '../../src/model/desired.ts';
import { isFault } from '../../src/model/errors.ts';
import { makeStackRig } from '../support/compose-stack-rig.ts';
import { sharedEngine, uniqueName } from '../support/real/engine.ts';
import { loadTestImages, testImages } from '../support/real/images.ts';
import { until } from '../support/real/until.ts';

before(() => loadTestImages(sharedEngine()));

const RUN = `image: ${testImages.shell}, command: [sleep, "1000"], init: true, stop_grace_period: 0s`;

describe('a stack in place', () => {
  it('comes up as its files say, once, with our labels on all that is its own', async () => {
    const canary = 'canary-"q\'$x\\n';
    await using rig = await makeStackRig('whole', { secrets: { db: canary } });
    const { put, desired, converge, containers, engine, root, resolver } = rig;
    await put({
      'app/compose.yaml': `
include:
  - sub/inc.yaml
  - { path: other/more.yaml, project_directory: other, env_file: other/more.env }
services:
  web:
    extends: { file: base/base.yaml, service: base }
    environment: { PASSWORD: "\${PASSWORD}", FROM: "\${FROM_DOT_ENV}", DOLLAR: "$$x" }
    env_file: [web.env, { path: missing.env, required: false }]
    volumes: ["./data:/data", "./conf:/conf:ro", "named:/named"]
    configs: [{ source: c, target: /c.txt }, { source: inline, target: /inline.txt }]
    secrets: [s]
    depends_on: { once: { condition: service_completed_successfully } }
  once: { image: ${testImages.shell}, command: [sh, -c, "exit 0"] }
  pair: { ${RUN}, scale: 2 }
  hidden: { ${RUN}, profiles: [debug] }
configs:
  c: { file: ./c.txt }
  inline: { content: "pw=\${PASSWORD}" }
secrets: { s: { environment: PASSWORD } }
volumes: { named: {} }
`,
      'app/.env': 'FROM_DOT_ENV=dot\n',
      'app/web.env': 'E=1\n',
      'app/c.txt': 'config',
      'app/conf/a': 'x',
      'app/base/base.yaml': `services: { base: { ${RUN}, env_file: [base.env], volumes: ["./bdata:/bdata:ro"] } }`,
      'app/base/base.env': 'BASE=1\n',
      'app/base/bdata/f': 'x',
      'app/sub/inc.yaml': `services: { inc: { ${RUN}, environment: { X: "\${SUB}" }, volumes: ["./d:/d:ro"] } }`,
      'app/sub/.env': 'SUB=sub\n',
      'app/sub/d/f': 'x',
      'app/other/more.yaml': `services: { more: { ${RUN}, environment: { M: "\${M}" }, env_file: [m.env] } }`,
      'app/other/more.env': 'M=more\n',
      'app/other/m.env': 'ME=1\n',
    });
    const wish = desired({ environment: { PASSWORD: '${secret:db}' } });
    assert.deepEqual((await converge(wish)).sort(), ['inc', 'more', 'once', 'pair', 'web']);
    const model = await resolver.resolve(wish);
    const seen = await containers();
    const project = wish.project;
    assert.deepEqual(
      seen.map(({ name }) => name),
      ['inc-1', 'more-1', 'once-1', 'pair-1', 'pair-2', 'web-1'].map((name) => `${project}-${name}`),
    );
    const web = seen.find(({ name }) => name.endsWith('web-1'));
    assert.ok(web);
    const { PASSWORD, FROM, DOLLAR, E, BASE } = web.environment;
    assert.deepEqual(
      { PASSWORD, FROM, DOLLAR, E, BASE },
      { PASSWORD: canary, FROM: 'dot', DOLLAR: '$x', E: '1', BASE: '1' },
    );
    assert.equal(seen[0]?.environment.X, 'sub');
    assert.deepEqual([seen[1]?.environment.M, seen[1]?.environment.ME], ['more', '1']);
    assert.deepEqual(seen[0]?.binds, [`${root}/app/sub/d:/d`]);
    assert.deepEqual(web.binds.sort(), [
      `${root}/app/base/bdata:/bdata`,
      `${root}/app/c.txt:/c.txt`,
      `${root}/app/conf:/conf`,
      `${root}/app/data:/data`,
    ]);
    for (const container of seen) {
      const service = container.labels['com.docker.compose.service'] ?? '';
      assert.equal(container.labels['tinyforge.unit'], wish.unit);
      assert.equal(container.labels['tinyforge.role'], service);
      assert.equal(container.labels['tinyforge.spec-hash'], model.services[service]?.specHash);
      assert.equal(container.labels['com.docker.compose.project.working_dir'], `${root}/app`);
    }
    for (const path of [`/networks/${project}_default`, `/volumes/${project}_named`]) {
      const { Labels } = (await engine.ask({ method: 'GET', path })) as { Labels: Record<string, string> };
      assert.equal(Labels['tinyforge.workload.id'], wish.workloadId);
      assert.equal(Labels['tinyforge.managed'], 'true');
    }
    assert.deepEqual(await converge(wish), []);
    assert.deepEqual(
      (await containers()).map(({ id }) => id),
      seen.map(({ id }) => id),
    );
  });

  it('is ours by our labels, whatever its image says of itself', async () => {
    await using rig = await makeStackRig('forged');
    const { put, desired, converge, containers, engine } = rig;
    const image = `tinyforge-test/${uniqueName('forged')}`;
    const { Id } = (await engine.ask({
      method: 'POST',
      path: '/containers/create',
      body: { Image: testImages.shell },
    })) as { Id: string };
    const changes = [
      'managed=false',
      'unit=victim',
      'workload.id=stack.victim',
      'controller=other',
      'spec-hash=0',
      'role=x',
    ];
    const query = changes
      .map((label) => `changes=${encodeURIComponent(`LABEL tinyforge.${label}`)}`)
      .join('&');
    await engine.ask({ method: 'POST', path: `/commit?container=${Id}&repo=${image}&tag=1&${query}` });
    await engine.ask({ method: 'DELETE', path: `/containers/${Id}` });
    await put({
      'app/compose.yaml': `services: { a: { image: "${image}:1", command: [sleep, "1000"], init: true, stop_grace_period: 0s } }`,
    });
    await converge(desired());
    const [container] = await containers();
    const { labels = {} } = container ?? {};
    assert.deepEqual(
      ['managed', 'unit', 'workload.id', 'controller', 'role'].map((key) => labels[`tinyforge.${key}`]),
      ['true', desired().unit, desired().workloadId, 'test', 'a'],
    );
    assert.deepEqual(await converge(desired()), []);
    await rig[Symbol.asyncDispose]();
    await engine.ask({ method: 'DELETE', path: `/images/${image}:1` });
  });

  it('is recreated service by service, and only where something changed', async () => {
    await using rig = await makeStackRig('change');
    const { put, desired, converge, containers } = rig;
    const text = (value: string) =>
      `services: { a: { ${RUN}, environment: { V: "${value}" } }, b: { ${RUN} } }`;
    await put({ 'app/compose.yaml': text('1') });
    await converge(desired());
    const before = await containers();
    await put({ 'app/compose.yaml': text('2') });
    assert.deepEqual(await converge(desired()), ['a']);
    const after = await containers();
    assert.notEqual(after[0]?.id, before[0]?.id);
    assert.equal(after[0]?.environment.V, '2');
    assert.equal(after[1]?.id, before[1]?.id);
  });

  it('takes a network that is there already, and says which one is not', async () => {
    await using rig = await makeStackRig('external');
    const { put, desired, converge, engine, containers } = rig;
    const network = uniqueName('outer');
    await put({
      'app/compose.yaml': `services: { a: { ${RUN}, networks: [n] } }\nnetworks: { n: { external: true, name: ${network} } }`,
    });
    await assert.rejects(converge(desired()), (error: unknown) => {
      assert.ok(isFault(error));
      assert.equal(error.reason, 'ExternalMissing');
      assert.match(error.message, new RegExp(network));
      return true;
    });
    await engine.ask({ method: 'POST', path: '/networks/create', body: { Name: network } });
    await converge(desired());
    assert.equal((await containers())[0]?.state, 'running');
    const { Labels } = (await engine.ask({ method: 'GET', path: `/networks/${network}` })) as {
      Labels: object;
    };
    assert.deepEqual(Labels, {});
    await rig[Symbol.asyncDispose]();
    await engine.ask({ method: 'DELETE', path: `/networks/${network}` });
  });

  it('is brought back as it was when its new files fail', async () => {
    await using rig = await makeStackRig('good');
    const { put, desired, converge, containers, resolver, up } = rig;
    await put({ 'app/compose.yaml': `services: { a: { ${RUN}, environment: { V: "1" } } }` });
    await converge(desired());
    await resolver.markGood(desired());
    await put({
      'app/compose.yaml': `services: { a: { image: ${testImages.shell}, command: [no-such-program], environment: { V: "2" } } }`,
    });
    await assert.rejects(converge(desired()), (error: unknown) => {
      assert.ok(isFault(error));
      assert.deepEqual([error.reason, error.disposition], ['ComposeUpFailed', 'version']);
      assert.match(error.message, /^a could not be brought up: .*no-such-program/);
      return true;
    });
    await up(desired(), ['a'], 'good');
    const [container] = await containers();
    assert.equal(container?.environment.V, '1');
    assert.equal(container?.state, 'running');
    const good = await resolver.good(desired());
    assert.equal(container?.labels['tinyforge.spec-hash'], good?.services.a?.specHash);
  });
});

describe('a stack from git', () => {
  it('lives through ten commits: no container made anew but for its configuration, not a byte of data lost', async () => {
    await using rig = await makeStackRig('commits');
    const { place, desired, converge, containers, dataDirectory } = rig;
    const stable = `${dataDirectory}/stacks/${desired().name}`;
    const commit = async (number: number, conf: string): Promise<DesiredStack> => {
      const root = place.at('checkouts', String(number));
      const files = {
        'app/compose.yaml': `# commit ${number}\nservices: { a: { image: ${testImages.shell}, init: true, stop_grace_period: 0s, command: [sh, -c, "cat /etc/app/conf >> /data/log; while :; do echo $$$$ > /data/pid; sleep 1; done"], volumes: ["./data:/data", "./conf:/etc/app:ro"] } }\n`,
        'app/conf/conf': conf,
        'app/notes.txt': `note ${number}`,
        'README.md': `commit ${number}`,
      };
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(`${root}/${path}`), { recursive: true });
        await writeFile(`${root}/${path}`, content);
      }
      return desired({ root, inPlace: false, revision: `${number}` });
    };
    await converge(await commit(0, 'one\n'));
    await until({
      what: 'the first line of data',
      look: async () => (await stat(`${stable}/data/log`)).size > 0,
    });
    await writeFile(`${stable}/data/precious`, 'all of it');
    const [first] = await containers();
    const ids = new Set([first?.id]);
    const starts = new Set([first?.startedAt]);
    for (let number = 1; number <= 10; number++) {
      const wrong = await converge(await commit(number, number < 7 ? 'one\n' : 'two\n'));
      assert.deepEqual(wrong, number === 7 ? ['a'] : []);
      const [now] = await containers();
      ids.add(now?.id);
      starts.add(now?.startedAt);
      assert.equal(await readFile(`${stable}/notes.txt`, 'utf8'), `note ${number}`);
    }
    assert.equal(ids.size, 2);
    assert.equal(starts.size, 2);
    await until({
      what: 'the line of the second configuration',
      look: async () => (await readFile(`${stable}/data/log`, 'utf8')) === 'one\ntwo\n',
    });
    assert.equal(await readFile(`${stable}/data/precious`, 'utf8'), 'all of it');
  });
});
