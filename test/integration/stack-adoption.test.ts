// A folder of stacks that run already become ours: nothing is restarted, no request is lost, no byte of data changes.
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  askAll,
  checksums,
  composeText,
  containersOf,
  lives,
  stacksByHand,
  upByHand,
} from '../support/real/folders.ts';
import { createRepository } from '../support/real/git.ts';
import { serve } from '../support/real/serving.ts';
import { PLAIN, type RealStack, RUN, realStack, stackContainers } from '../support/real/stack.ts';

async function house(): Promise<RealStack> {
  const rig = await realStack();
  discovering(rig);
  return rig;
}

function discovering({ config }: RealStack): void {
  for (const source of config.sources) source.discover = 'compose';
}

describe('fifteen stacks in one folder, already running', () => {
  it('become ours without a restart, a lost request or a changed byte, and then change one service at a time', async () => {
    await using rig = await house();
    const folders = await stacksByHand(rig, 15);
    const [first] = folders;
    assert.ok(first);
    const before = await containersOf(rig, folders);
    assert.equal(before.length, 30);
    const data = await checksums(rig, folders);

    const plan = await rig.plan();
    assert.deepEqual(
      plan.units.map(({ unit, cause, actions, downtime }) => [
        unit,
        cause?.type,
        actions.map(({ type }) => type),
        downtime,
      ]),
      folders.map(({ name }) => [name, 'adopt', ['adoptContainers'], null]),
    );

    await using load = askAll(folders);
    await using serving = await serve(rig);
    for (const { name } of folders) await serving.converged(name);
    await serving.rested();
    assert.deepEqual(lives(await containersOf(rig, folders)), lives(before));
    assert.deepEqual(await checksums(rig, folders), data);
    assert.deepEqual(serving.overview().problems, []);
    assert.deepEqual(serving.overview().orphans, []);

    const children = rig.children().length;
    const writes = await rig.writesDuring(async () => {
      await serving.rested();
    });
    assert.deepEqual([writes, rig.children().length], [[], children], 'a second pass does nothing');
    await serving.stop();
    assert.deepEqual(
      (await rig.plan()).units.flatMap(({ actions }) => actions),
      [],
      'after a restart of the controller they are ours still',
    );

    await writeFile(join(first.folder, 'compose.yaml'), composeText(first, '2'));
    const overview = await rig.apply();
    assert.equal(rig.status(overview, first.name).outcome, 'converged');
    const seen = await load.stop();
    assert.deepEqual(seen.failures, []);
    assert.ok(seen.answered > 15, `${seen.answered} requests`);
    const after = await containersOf(rig, folders);
    const moved = after.filter(({ id }) => !before.some((container) => container.id === id));
    assert.deepEqual(
      moved.map(({ name, labels }) => [name, labels['tinyforge.unit'], labels['tinyforge.controller']]),
      [[`${first.name}-aside-1`, first.name, rig.config.controller]],
    );
    assert.equal(after.length, 30);
    assert.deepEqual(await checksums(rig, folders), data);
    assert.deepEqual(
      (await rig.plan()).units.flatMap(({ actions }) => actions),
      [],
    );
  });
});

describe('what runs', () => {
  it('and is not as its file says is told, and only that is made anew', async () => {
    await using rig = await house();
    const [one] = await stacksByHand(rig, 1);
    assert.ok(one);
    const before = await stackContainers(rig, one.name);
    await writeFile(join(one.folder, 'compose.yaml'), composeText(one, 'changed since'));
    const [plan] = (await rig.plan()).units;
    assert.match(plan?.cause?.text ?? '', /^aside changed since/);
    assert.deepEqual(
      plan?.actions.map(({ type }) => type),
      ['adoptContainers', 'composeUp', 'awaitServices'],
    );
    assert.match(plan?.downtime?.why ?? '', /aside/);
    assert.equal(rig.status(await rig.apply(), one.name).outcome, 'converged');
    const after = await stackContainers(rig, one.name);
    const same = after.filter(({ id }) => before.some((container) => container.id === id));
    assert.deepEqual(
      same.map(({ service }) => service),
      ['web'],
    );
    assert.deepEqual(lives(same), lives(before.filter(({ service }) => service === 'web')));
  });

  it('and was made anew by Compose before, as by each update, is taken over as it runs', async () => {
    await using rig = await house();
    const [one] = await stacksByHand(rig, 1);
    assert.ok(one);
    await writeFile(join(one.folder, 'compose.yaml'), composeText(one, 'an update'));
    await upByHand(rig, one.folder);
    const before = await stackContainers(rig, one.name);
    assert.ok(before.some(({ labels }) => labels['com.docker.compose.replace'] !== undefined));
    assert.equal(rig.status(await rig.apply(), one.name).outcome, 'converged');
    assert.deepEqual(lives(await stackContainers(rig, one.name)), lives(before));
  });

  it('and was started from elsewhere under the same name is a stranger’s, told and untouched', async () => {
    await using rig = await house();
    const name = `${rig.name}-app`;
    const text = `services: { web: { ${RUN} } }\n`;
    const elsewhere = rig.place.at('elsewhere', name);
    await rig.write(`${name}/compose.yaml`, text);
    await mkdir(elsewhere, { recursive: true });
    await writeFile(join(elsewhere, 'compose.yaml'), text);
    await upByHand(rig, elsewhere);
    const before = await stackContainers(rig, name);
    const status = rig.status(await rig.apply(), name);
    assert.deepEqual([status.outcome, status.reason], ['failed', 'ProjectTaken'], status.sentence);
    assert.match(status.sentence, new RegExp(elsewhere));
    assert.deepEqual(lives(await stackContainers(rig, name)), lives(before));
  });

  it('from the folder under a name that nothing says is told, and no second one is made', async () => {
    await using rig = await house();
    const name = `${rig.name}-app`;
    await rig.write(`${name}/compose.yaml`, `services: { web: { ${RUN} } }\n`);
    await upByHand(rig, join(rig.directory, name), ['-p', `${rig.name}-other`, 'up', '-d']);
    const status = rig.status(await rig.apply(), name);
    assert.deepEqual([status.outcome, status.reason], ['failed', 'ProjectName'], status.sentence);
    assert.match(status.sentence, new RegExp(`${rig.name}-other`));
    assert.deepEqual(await stackContainers(rig, name), []);
    await rig.write(`${name}/stack.yaml`, `kind: stack\nname: ${name}\nproject: ${rig.name}-other\n`);
    const before = await stackContainers(rig, `${rig.name}-other`);
    assert.equal(rig.status(await rig.apply(), name).outcome, 'converged');
    assert.deepEqual(lives(await stackContainers(rig, `${rig.name}-other`)), lives(before));
  });

  it('of a service that is not switched on is left as it is, and told', async () => {
    await using rig = await house();
    const name = `${rig.name}-app`;
    await rig.write(
      `${name}/compose.yaml`,
      `services: { web: { ${RUN} }, debug: { ${RUN}, profiles: [debug] } }\n`,
    );
    await upByHand(rig, join(rig.directory, name), ['--profile', 'debug', 'up', '-d']);
    const before = await stackContainers(rig, name);
    const status = rig.status(await rig.apply(), name);
    assert.equal(status.outcome, 'converged', status.sentence);
    assert.deepEqual(
      status.problems.map(({ reason }) => reason),
      ['LeftRunning'],
    );
    assert.deepEqual(lives(await stackContainers(rig, name)), lives(before));
  });

  it('by the settings of its `.env` is known by them', async () => {
    await using rig = await house();
    const name = `${rig.name}-app`;
    const project = `${rig.name}-by-env`;
    await rig.write(`${name}/compose.yaml`, `services: { unused: { ${RUN} } }\n`);
    await rig.write(`${name}/base.yaml`, `services: { web: { ${RUN} }, ml: { ${RUN}, profiles: [ml] } }\n`);
    await rig.write(`${name}/more.yaml`, 'services: { web: { environment: { A: "${A}" } } }\n');
    await rig.write(
      `${name}/.env`,
      `COMPOSE_PROJECT_NAME=${project}\nCOMPOSE_FILE=base.yaml:more.yaml\nCOMPOSE_PROFILES=ml\nCOMPOSE_BAKE=true\nA=1\n`,
    );
    await upByHand(rig, join(rig.directory, name));
    const before = await stackContainers(rig, project);
    assert.equal(before.length, 2);
    const status = rig.status(await rig.apply(), name);
    assert.equal(status.outcome, 'converged', status.sentence);
    assert.deepEqual(
      status.problems.map(({ reason, line }) => [reason, line]),
      [
        ['ReadAsData', 2],
        ['ReadAsData', 1],
        ['ReadAsData', 3],
        ['SettingPassedOver', 4],
      ],
    );
    assert.deepEqual(lives(await stackContainers(rig, project)), lives(before));
  });
});

describe('a git source', () => {
  it('has its folders as stacks too, in stable folders, and takes nothing over that runs elsewhere', async () => {
    let folder = '';
    await using rig = await realStack({
      sources: ({ place }) => {
        folder = place.at('host');
        const url = `file://${place.at('host', 'infra.git')}`;
        return [{ ...GIT, url }];
      },
    });
    const repository = await createRepository({ folder, name: 'infra' });
    const [fresh, theirs] = [`${rig.name}-fresh`, `${rig.name}-theirs`];
    const text = `services: { web: { ${RUN} } }\n`;
    const elsewhere = rig.place.at('elsewhere', theirs);
    await mkdir(elsewhere, { recursive: true });
    await writeFile(join(elsewhere, 'compose.yaml'), text);
    await upByHand(rig, elsewhere);
    const before = await stackContainers(rig, theirs);
    await repository.commit({
      files: { [`${fresh}/compose.yaml`]: text, [`${theirs}/compose.yaml`]: text },
    });
    const overview = await rig.apply();
    assert.equal(rig.status(overview, fresh).outcome, 'converged');
    assert.equal(rig.status(overview, theirs).reason, 'ProjectTaken');
    const [web] = await stackContainers(rig, fresh);
    assert.equal(
      web?.labels['com.docker.compose.project.working_dir'],
      join(rig.config.data, 'stacks', fresh),
    );
    assert.deepEqual(lives(await stackContainers(rig, theirs)), lives(before));
  });
});

const GIT = {
  type: 'git',
  name: 'home',
  ref: 'main',
  path: '',
  pollMs: 60_000,
  credential: null,
  knownHosts: null,
  allowedSigners: null,
  writeBack: 'off',
  discover: 'compose',
  variables: {},
} as const;

describe('what Compose can say', () => {
  it('is known again, whatever a service says, but where it joins another', async () => {
    await using rig = await house();
    const name = `${rig.name}-app`;
    const folder = join(rig.directory, name);
    const files = {
      'compose.yaml': `x-common: &common { restart: unless-stopped }
include: [taken-in.yaml]
services:
  plain: { ${PLAIN}, <<: *common }
  environment: { ${RUN}, environment: [A, "B=\${NOWHERE:-default}", "C=$$HOME", "D=\${FROM_DOT_ENV}"], env_file: [service.env] }
  extended: { extends: { file: base.yaml, service: base }, command: [sh, -c, "echo $$HOME; exec sleep 1000"] }
  ports: { ${RUN}, ports: ["127.0.0.1:0:80", { target: 90, mode: host }], expose: ["99"] }
  mounts: { ${RUN}, volumes: ["./data:/data", "./conf:/conf:ro,z", "files:/files:nocopy", "/anonymous", { type: tmpfs, target: /t, tmpfs: { size: 1m } }], tmpfs: [/run/x] }
  given: { ${RUN}, configs: [{ source: file, target: /etc/file }, text], secrets: [file] }
  checked: { ${RUN}, healthcheck: { test: "true", interval: 1s500ms, timeout: 500ms, retries: 3, start_period: 10s } }
  limited: { ${RUN}, deploy: { replicas: 2, resources: { limits: { memory: 64m } }, restart_policy: { condition: on-failure } } }
  many: { ${RUN}, cap_add: [NET_ADMIN], cap_drop: [SYS_TIME], dns: 127.0.0.1, dns_search: [example.com], extra_hosts: ["a:192.0.2.1", "h=host-gateway"], hostname: h, domainname: example.com, ipc: private, logging: { driver: json-file, options: { max-size: 10m } }, pid: host, read_only: true, security_opt: ["no-new-privileges:true"], shm_size: 64m, stop_signal: SIGINT, ulimits: { nofile: { soft: 100, hard: 200 } }, user: "1:1", working_dir: /tmp, tty: true, stdin_open: true, group_add: ["1"], oom_score_adj: 5, annotations: { a: b }, labels: ["a=b", c], devices: ["/dev/null:/dev/n:rwm"], platform: linux/amd64 }
  networks: { ${RUN}, networks: { own: { aliases: [z], priority: 3 }, default: }, depends_on: { checked: { condition: service_started } } }
  scaled: { ${RUN}, scale: 2 }
  profiled: { ${RUN}, profiles: [extra] }
  joined: { ${RUN}, network_mode: "service:plain" }
  job: { ${PLAIN}, command: ["true"] }
configs: { file: { file: ./file.txt }, text: { content: "x \${NOWHERE:-y}" } }
secrets: { file: { file: ./secret.txt } }
networks: { own: {} }
volumes: { files: {} }
`,
      'compose.override.yaml': 'services: { plain: { environment: { OVER: "1" } } }\n',
      'taken-in.yaml': `services: { included: { ${RUN} } }\n`,
      'base.yaml': `services: { base: { ${RUN}, env_file: [service.env], labels: { x: "a$$b" } } }\n`,
      'service.env': 'E=1\nF=$E\n',
      '.env': 'COMPOSE_PROFILES=extra\nFROM_DOT_ENV=yes\n',
      'file.txt': 'one',
      'secret.txt': 'one',
      'conf/a.ini': 'one',
    };
    for (const [path, text] of Object.entries(files)) await rig.write(`${name}/${path}`, text);
    await upByHand(rig, folder);
    const before = await stackContainers(rig, name);
    const overview = await rig.apply();
    const status = rig.status(overview, name);
    assert.equal(status.outcome, 'converged', status.sentence);
    const [plan] = (await rig.plan()).units;
    assert.deepEqual(plan?.actions, []);
    assert.deepEqual(lives(await stackContainers(rig, name)), lives(before));
    assert.deepEqual(new Set(before.map(({ service }) => service)).size, 15);
  });
});

describe('what was taken over', () => {
  it('goes with its folder, its volumes stay; more than three of them wait for a person', async () => {
    await using rig = await house();
    const folders = await stacksByHand(rig, 5);
    const [one, ...others] = folders;
    assert.ok(one);
    await rig.apply();
    const data = await checksums(rig, folders);
    await rm(join(one.folder, 'compose.yaml'));
    await rig.apply();
    assert.deepEqual(await stackContainers(rig, one.name), []);
    const filters = encodeURIComponent(JSON.stringify({ name: [one.name] }));
    assert.deepEqual(await rig.docker('GET', `/networks?filters=${filters}`), []);
    assert.deepEqual(await checksums(rig, folders), data);

    const before = await containersOf(rig, others);
    for (const { folder } of others.slice(0, 4)) await rm(join(folder, 'compose.yaml'));
    await rig.write(`${rig.name}-stays/compose.yaml`, `services: { web: { ${RUN} } }\n`);
    const overview = await rig.apply();
    assert.deepEqual(lives(await containersOf(rig, others)), lives(before));
    assert.ok(overview.problems.some(({ reason }) => reason === 'PruneHeld'));
  });

  it('is healed as what we made is', async () => {
    await using rig = await house();
    const [one] = await stacksByHand(rig, 1);
    assert.ok(one);
    await rig.apply();
    const [, web] = await stackContainers(rig, one.name);
    assert.equal(web?.service, 'web');
    await rig.docker('POST', `/containers/${web?.id}/stop`);
    const [plan] = (await rig.plan()).units;
    assert.deepEqual([plan?.cause?.type, plan?.actions[0]?.type], ['drift', 'startContainer']);
    assert.equal(rig.status(await rig.apply(), one.name).outcome, 'converged');
    const again = (await stackContainers(rig, one.name)).find(({ service }) => service === 'web');
    assert.deepEqual([again?.id, again?.state], [web?.id, 'running']);
  });
});
