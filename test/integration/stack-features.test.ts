// What people write in Compose files works: jobs, profiles, files that take in others, configs, secrets, externals, variables.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { testImages } from '../support/real/images.ts';
import { CHECKED, type RealStack, RUN, realStack, runDirectoryOf } from '../support/real/stack.ts';

const SHELL = `image: ${testImages.shell}`;

describe('jobs of a stack', () => {
  it('run once, before who waits for them, and are not run again', async () => {
    await using rig = await realStack();
    await rig.manifest();
    const text = (tag: string) => `services:
  web: { ${RUN}, environment: { TAG: "${tag}" }, command: [sh, -c, "cat /data/done && exec sleep 1000"], volumes: ["data:/data"], depends_on: { migrate: { condition: service_completed_successfully } } }
  migrate: { ${SHELL}, command: [sh, -c, "sleep 0.5; date >> /data/done"], volumes: ["data:/data"] }
  alone: { ${SHELL}, command: [sh, -c, "date >> /data/alone"], volumes: ["data:/data"], restart: on-failure }
volumes: { data: {} }
`;
    const status = await rig.applied(text('1'));
    assert.equal(status.outcome, 'converged', status.sentence);
    const runs = async (file: string): Promise<number> => {
      const { Mountpoint } = (await rig.docker('GET', `/volumes/${rig.name}_data`)) as { Mountpoint: string };
      return (await readFile(join(Mountpoint, file), 'utf8')).trim().split('\n').length;
    };
    assert.deepEqual(
      (await rig.seen()).map(({ service, state, exitCode }) => [service, state, exitCode]),
      [
        ['alone', 'exited', 0],
        ['migrate', 'exited', 0],
        ['web', 'running', 0],
      ],
    );
    assert.deepEqual((await rig.planned()).actions, []);
    const again = await rig.applied(text('2'));
    assert.equal(again.outcome, 'converged', again.sentence);
    assert.deepEqual([await runs('done'), await runs('alone')], [1, 1]);
  });

  for (const [what, waits] of [
    ['that somebody waits for', true],
    ['that nobody waits for', false],
  ] as const) {
    it(`${what} and that end badly have failed, and say how`, async () => {
      await using rig = await realStack();
      await rig.manifest();
      const status = await rig.applied(`services:
  job: { ${SHELL}, command: [sh, -c, "echo no such table; exit 1"] }
  web: { ${RUN}${waits ? ', depends_on: { job: { condition: service_completed_successfully } }' : ''} }
`);
      assert.equal(status.outcome, 'failed', status.sentence);
      assert.match(status.sentence, /job.*(exit|didn't complete).* 1/);
      const again = await rig.writesDuring(() => rig.settle());
      assert.deepEqual(again, [], 'a bad version is not tried again and again');
    });
  }

  it('a service that ends well although it should serve is told, not started for ever', async () => {
    await using rig = await realStack();
    await rig.manifest();
    const status = await rig.applied(`services:
  web: { ${SHELL}, command: [sh, -c, "exit 0"], expose: ["80"], ports: ["80"] }
`);
    assert.equal(status.outcome, 'failed', status.sentence);
    assert.match(status.sentence, /web.*exit 0/);
    const again = await rig.writesDuring(() => rig.settle());
    assert.deepEqual(again, []);
  });
});

describe('files that take in others', () => {
  it('include, extends, several files, profiles, env files and configs come together', async () => {
    await using rig = await realStack();
    const files = {
      'app/stack.yaml': `kind: stack
name: ${rig.name}
compose: [compose.yaml, over.yaml]
env_file: [stack.env]
profiles: [ml]
environment: { FROM_MANIFEST: manifest }
`,
      'app/compose.yaml': `include: [sub/compose.yaml]
services:
  web:
    extends: { file: base.yaml, service: base }
    environment: { A: "\${FROM_MANIFEST}", B: "\${FROM_ENV_FILE}", C: "\${FROM_DOT_ENV}", D: "\${NOWHERE:-default}", E: "$$HOME" }
    configs: [{ source: text, target: /etc/text }, { source: file, target: /etc/file }]
  machine-learning: { ${RUN}, profiles: [ml] }
  debugger: { ${RUN}, profiles: [debug] }
configs: { text: { content: "from \${FROM_MANIFEST}" }, file: { file: ./config.txt } }
`,
      'app/over.yaml': 'services: { web: { environment: { OVER: "yes" } } }\n',
      'app/base.yaml': `services: { base: { ${RUN}, env_file: [base.env] } }\n`,
      'app/base.env': 'BASE=1\n',
      'app/stack.env': 'FROM_ENV_FILE=env-file\n',
      'app/.env': 'FROM_DOT_ENV=dot-env\nFROM_ENV_FILE=hidden by the other\n',
      'app/config.txt': 'a file',
      'app/sub/compose.yaml': `services: { taken-in: { ${RUN}, volumes: ["./own:/own:ro"] } }\n`,
      'app/sub/own/a': 'x',
    };
    for (const [path, text] of Object.entries(files)) await rig.write(path, text);
    const status = await rig.settle();
    assert.equal(status.outcome, 'converged', status.sentence);
    const seen = await rig.seen();
    assert.deepEqual(
      seen.map(({ service }) => service),
      ['machine-learning', 'taken-in', 'web'],
    );
    const web = seen.find(({ service }) => service === 'web');
    const { A, B, C, D, E, BASE, OVER } = web?.environment ?? {};
    assert.deepEqual(
      [A, B, C, D, E, BASE, OVER],
      ['manifest', 'env-file', 'dot-env', 'default', '$HOME', '1', 'yes'],
    );
    assert.equal(await inside(rig, 'web', '/etc/text'), 'from manifest');
    assert.equal(await inside(rig, 'web', '/etc/file'), 'a file');
    assert.deepEqual(seen.find(({ service }) => service === 'taken-in')?.binds, {
      '/own': join(rig.directory, 'app/sub/own'),
    });
    assert.deepEqual((await rig.planned()).actions, []);
  });

  it('a network or volume of somebody else is used as it is, and told where it is missing', async () => {
    await using rig = await realStack();
    await rig.manifest();
    const text = (environment: string) => `services:
  web: { ${RUN}, environment: { V: "${environment}" }, networks: [n], volumes: ["outer:/v"] }
networks: { n: { external: true, name: ${rig.name}-outer } }
volumes: { outer: { external: true, name: ${rig.name}-data } }
`;
    for (const [what, create] of [
      ['network', () => rig.docker('POST', '/networks/create', { Name: `${rig.name}-outer` })],
      ['volume', () => rig.docker('POST', '/volumes/create', { Name: `${rig.name}-data` })],
    ] as const) {
      const missing = await rig.applied(text('1'));
      assert.deepEqual([missing.outcome, missing.reason], ['failed', 'ExternalMissing'], missing.sentence);
      assert.match(missing.sentence, new RegExp(`${what} ${rig.name}-`));
      assert.deepEqual(await rig.seen(), []);
      await create();
    }
    assert.equal((await rig.settle()).outcome, 'converged');
    const writes = await rig.writesDuring(() => rig.applied(text('2')));
    assert.ok(writes.length > 0);
    const made = writes.filter((line) => /^(network|volume) (create|destroy)/.test(line));
    assert.deepEqual(made, []);
    await rig.manifest('state: stopped\n');
    await rig.settle();
    await rig.remove('app');
    await rig.write('keep/stack.yaml', `kind: stack\nname: z-${rig.name}\n`);
    await rig.write('keep/compose.yaml', `services: { z: { ${RUN} } }`);
    await rig.apply();
    assert.deepEqual(await rig.seen(), []);
    await rig.docker('GET', `/networks/${rig.name}-outer`);
    await rig.docker('GET', `/volumes/${rig.name}-data`);
  });
});

describe('secrets of a stack', () => {
  it('reach the container, and no label, argument, plan, log or file of the data directory', async () => {
    const canary = 'canary-7d1e"q\'$x';
    await using rig = await realStack({
      env: { TINYFORGE_SECRET_DB: canary },
      // What other users of the machine see while a child runs.
      door: 'sleep 0.2',
    });
    await rig.manifest('environment: { PASSWORD: "${secret:db}" }\n');
    await rig.write('app/own.txt', 'from a file');
    const argv = watchArguments();
    const text = (tag: string) => `services:
  web: { ${RUN}, ${CHECKED}, environment: { TAG: "${tag}", DB: "\${PASSWORD}" }, secrets: [whole, file], configs: [{ source: line, target: /line }] }
secrets: { whole: { environment: PASSWORD }, file: { file: ./own.txt } }
configs: { line: { content: "password=\${PASSWORD}" } }
`;
    const status = await rig.applied(text('1'));
    assert.equal(status.outcome, 'converged', status.sentence);
    await rig.compose(text('2'));
    const plan = await rig.plan();
    assert.equal((await rig.settle()).outcome, 'converged');
    const seenArguments = argv.stop();
    assert.ok(
      seenArguments.some((line) => line.includes(' up ')),
      'the child of `up` was seen while it ran',
    );
    const [web] = await rig.seen();
    assert.equal(web?.environment.DB, canary);
    assert.equal(await inside(rig, 'web', '/run/secrets/whole'), canary);
    assert.equal(await inside(rig, 'web', '/run/secrets/file'), 'from a file');
    assert.equal(await inside(rig, 'web', '/line'), `password=${canary}`);
    const hides = (text: string, where: string) =>
      assert.ok(!text.includes('canary-7d1e'), `the secret is in ${where}`);
    hides(JSON.stringify(web?.labels), 'a label');
    hides(seenArguments.join('\n'), 'an argument');
    hides(rig.children().join('\n'), 'an argument');
    hides(JSON.stringify(plan), 'a plan');
    hides(rig.log.join(''), 'the log');
    for (const path of await readdir(rig.config.data, { recursive: true, withFileTypes: true })) {
      if (path.isFile()) hides(await readFile(join(path.parentPath, path.name), 'latin1'), path.name);
    }
    const left = (await readdir(runDirectoryOf(rig), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile() && !entry.name.endsWith('.lock'),
    );
    assert.deepEqual(
      left.map(({ name }) => name),
      [],
      'nothing stays in the run directory',
    );
  });

  it('that changes makes anew who uses it, and nobody else', async () => {
    await using rig = await realStack();
    const secret = join(rig.config.secrets.files ?? '', 'db');
    await writeFile(secret, 'the first value');
    await rig.manifest('environment: { PASSWORD: "${secret:db}" }\n');
    await rig.applied(`services:
  user: { ${RUN}, environment: { DB: "\${PASSWORD}" } }
  other: { ${RUN} }
`);
    const before = await rig.ids();
    await writeFile(secret, 'the second value');
    const status = await rig.settle();
    assert.equal(status.outcome, 'converged', status.sentence);
    const after = await rig.ids();
    assert.deepEqual(after.other, before.other);
    assert.notDeepEqual(after.user, before.user);
  });
});

/** Reads a file of a running container as its processes see it. */
async function inside(rig: RealStack, service: string, path: string): Promise<string> {
  const container = (await rig.seen()).find((entry) => entry.service === service);
  const { State } = (await rig.docker('GET', `/containers/${container?.id}/json`)) as {
    State: { Pid: number };
  };
  return readFileSync(`/proc/${State.Pid}/root${path}`, 'utf8');
}

/** Collects the command lines of all processes of this machine, again and again. */
function watchArguments(): { stop: () => string[] } {
  const seen = new Set<string>();
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '));
      } catch {
        // It has ended meanwhile.
      }
    }
  };
  const timer = setInterval(look, 50);
  return {
    stop() {
      clearInterval(timer);
      return [...seen];
    },
  };
}
