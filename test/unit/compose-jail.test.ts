// The jail around Compose, tried with programs that misbehave: what they get, what they leave, and how they end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createComposeRunner } from '../../src/adapters/compose-cli/create-compose-runner.ts';
import { findComposePlugin } from '../../src/adapters/compose-cli/find-plugin.ts';
import { parseVersion } from '../../src/adapters/compose-cli/version.ts';
import { type Fault, isFault } from '../../src/model/errors.ts';
import { makePlace, type Place } from '../support/real/place.ts';
import { until } from '../support/real/until.ts';

type Options = Partial<Parameters<typeof createComposeRunner>[0]>;

/** A plugin that is this shell script; `$PLACE` is put in. */
function runnerOf(place: Place, script: string, options: Options = {}) {
  const plugin = place.at('plugin');
  writeFileSync(plugin, `#!/bin/sh\n${script.replaceAll('$PLACE', place.path)}\n`, { mode: 0o755 });
  return createComposeRunner({
    plugin,
    engine: 'unix:///engine.sock',
    runDirectory: place.at('run'),
    redact: (text) => text.replaceAll('canary', '***'),
    ...options,
  });
}

const never = () => new AbortController().signal;
const files = (changes = {}) => ({
  project: 'p',
  files: ['/a.yaml', '/b.yaml'],
  projectDirectory: '/dir',
  variables: { SECRET: 'canary-value' },
  profiles: ['*'],
  ...changes,
});
const wish = (changes = {}) => ({
  project: 'p',
  file: '/r.json',
  projectDirectory: '/dir',
  services: ['a', 'b'],
  signal: never(),
  onLine: (_line: string) => {},
  ...changes,
});

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(isFault(error), `no fault but ${error}`);
  return error;
}

describe('a child of Compose', () => {
  it('gets a built environment and fixed arguments, and nothing of ours', async () => {
    await using place = await makePlace('jail');
    const runner = runnerOf(
      place,
      '/usr/bin/env > $PLACE/env; echo "$@" > $PLACE/args; pwd > $PLACE/pwd; echo "{}"',
    );
    await runner.config(files(), never());
    const run = place.at('run');
    assert.deepEqual(
      readFileSync(place.at('env'), 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !/^(_|PWD|OLDPWD|SHLVL)=/.test(line))
        .sort(),
      [
        'COMPOSE_DISABLE_ENV_FILE=1',
        'COMPOSE_EXPERIMENTAL_GIT_REMOTE=false',
        'COMPOSE_EXPERIMENTAL_OCI_REMOTE=false',
        'COMPOSE_IGNORE_ORPHANS=true',
        'COMPOSE_MENU=false',
        `DOCKER_CONFIG=${run}/no-config`,
        'DOCKER_HOST=unix:///dev/null/no-engine',
        'GIT_ALLOW_PROTOCOL=none',
        'GIT_CONFIG_GLOBAL=/dev/null',
        'GIT_CONFIG_NOSYSTEM=1',
        'GIT_SSH_COMMAND=false',
        `HOME=${run}/no-home`,
        `PATH=${run}/no-programs`,
      ],
    );
    assert.deepEqual(readdirSync(`${run}/no-programs`), []);
    const args = readFileSync(place.at('args'), 'utf8').trim();
    assert.match(
      args,
      /^--ansi never --progress plain -p p --project-directory \/dir --env-file \S+\/run\/variables\/\d+-\d+\.env -f \/a\.yaml -f \/b\.yaml --profile \* config --format json$/,
    );
    assert.doesNotMatch(args, /canary/);
    assert.equal(readFileSync(place.at('pwd'), 'utf8').trim(), `${run}/no-home`);
  });

  it('reads its variables from a private file that is gone afterwards, whatever happened', async () => {
    await using place = await makePlace('jail');
    const script =
      'while [ "$1" != --env-file ]; do shift; done; /bin/cat "$2" > $PLACE/seen; /usr/bin/stat -c %a "$2" > $PLACE/mode; exit 15';
    await faultOf(runnerOf(place, script).config(files({ variables: { A: 'x"y\\z$1\n2', B: '' } }), never()));
    assert.equal(readFileSync(place.at('seen'), 'utf8'), 'A="x\\"y\\\\z$$1\\n2"\nB=""\n');
    assert.equal(readFileSync(place.at('mode'), 'utf8').trim(), '600');
    assert.deepEqual(readdirSync(place.at('run/variables')), []);
    assert.equal((await stat(place.at('run/variables'))).mode & 0o777, 0o700);
  });

  it('is ended with its whole group although it ignores SIGTERM, and frees us of its pipes', async () => {
    await using place = await makePlace('jail');
    const script =
      "trap '' TERM INT HUP; (trap '' TERM; /bin/sleep 300) & echo $! > $PLACE/pids; echo $$ >> $PLACE/pids; /bin/sleep 300; wait";
    const started = performance.now();
    const error = await faultOf(runnerOf(place, script, { configTimeoutMs: 500 }).config(files(), never()));
    assert.deepEqual([error.reason, error.disposition], ['ComposeHung', 'stalled']);
    assert.ok(performance.now() - started < 5_000);
    const pids = readFileSync(place.at('pids'), 'utf8').trim().split('\n');
    assert.equal(pids.length, 2);
    await until({ what: 'the group to be gone', look: () => pids.every((pid) => !isRunning(pid)) });
  });

  it('that leaves a process behind does not keep us', async () => {
    await using place = await makePlace('jail');
    const runner = runnerOf(place, '/bin/sleep 300 & echo $! > $PLACE/pids; echo "{}"');
    assert.deepEqual(await runner.config(files(), never()), {});
    const pid = readFileSync(place.at('pids'), 'utf8').trim();
    await until({ what: 'the process to be gone', look: () => !isRunning(pid) });
  });

  it('is ended when it says too much', async () => {
    await using place = await makePlace('jail');
    const error = await faultOf(runnerOf(place, 'exec /bin/cat /dev/zero').config(files(), never()));
    assert.equal(error.reason, 'ComposeHung');
    assert.match(error.message, /larger than 16 MiB/);
  });

  for (const signal of ['KILL', 'TERM'] as const)
    it(`that somebody else ends (SIG${signal}) blames neither files nor version`, async () => {
      await using place = await makePlace('jail');
      const runner = runnerOf(place, `echo half; echo "Container p-a-1  Starting" >&2; kill -${signal} $$`);
      const read = await faultOf(runner.config(files(), never()));
      const made = await faultOf(runner.up(wish()));
      assert.deepEqual(
        [read, made].map(({ reason, disposition }) => [reason, disposition]),
        [
          ['ComposeHung', 'stalled'],
          ['ComposeHung', 'retry'],
        ],
      );
      for (const { message } of [read, made]) assert.match(message, /ended by something else/);
    });

  it('writes no core and has a limit of memory', async () => {
    await using place = await makePlace('jail');
    await runnerOf(place, '/bin/cat /proc/$$/limits > $PLACE/limits; echo "{}"').config(files(), never());
    const limits = readFileSync(place.at('limits'), 'utf8');
    assert.match(limits, /Max address space\s+1073741824\s+1073741824/);
    assert.match(limits, /Max core file size\s+0\s+0/);
  });

  it('ends with the signal', async () => {
    await using place = await makePlace('jail');
    const stop = new AbortController();
    const work = runnerOf(place, 'echo $$ > $PLACE/pids; exec /bin/sleep 300').config(files(), stop.signal);
    const pid = await until({
      what: 'the child',
      look: () => existsSync(place.at('pids')) && readFileSync(place.at('pids'), 'utf8').trim(),
    });
    const reason = new Error('stop');
    stop.abort(reason);
    await assert.rejects(work, reason);
    await until({ what: 'the child to be gone', look: () => !isRunning(pid) });
  });
});

describe('what Compose says', () => {
  const cases: [string, string, Fault['disposition'], RegExp][] = [
    [
      'Error response from daemon: driver failed programming external connectivity on endpoint x (4): Bind for 127.0.0.1:18080 failed: port is already allocated',
      'PortTaken',
      'stalled',
      /^The port 127\.0\.0\.1:18080 is in use/,
    ],
    [
      'Error response from daemon: driver failed: Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use',
      'PortTaken',
      'stalled',
      /0\.0\.0\.0:80/,
    ],
    [
      'Error response from daemon: Conflict. The container name "/holder" is already in use by container "67a8". You have to remove (or rename) that container to be able to reuse that name.',
      'NameTaken',
      'conflict',
      /called holder/,
    ],
    [
      'Error response from daemon: Error when allocating new name: Conflict. The container name "/holder" is already in use by container "67a8". You have to remove',
      'NameTaken',
      'conflict',
      /called holder/,
    ],
    ['Error response from daemon: No such image: nosuch/image:1', 'ImageMissing', 'retry', /nosuch\/image:1/],
    [
      'Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?',
      'EngineAway',
      'retry',
      /engine/,
    ],
    [
      'Error response from daemon: network outer not found',
      'ExternalMissing',
      'stalled',
      /^outer is declared as external/,
    ],
    [
      'dependency failed to start: container p-b-1 is unhealthy',
      'ComposeUpFailed',
      'version',
      /^b could not be brought up: dependency failed to start: container p-b-1 is unhealthy/,
    ],
    [
      'service "a" didn\'t complete successfully: exit 3',
      'JobFailed',
      'version',
      /^a did not complete: it ended with exit 3/,
    ],
    [
      'Error response from daemon: failed to create task for container: exec: "nope": executable file not found in $PATH: unknown',
      'ComposeUpFailed',
      'version',
      /^p could not be brought up: failed to create task/,
    ],
    ['something with canary-value in it', 'ComposeUpFailed', 'version', /with \*\*\*-value in it/],
  ];
  for (const [line, reason, disposition, words] of cases) {
    it(`is understood: ${line.slice(0, 60)}`, async () => {
      await using place = await makePlace('jail');
      const script = `printf '%s\\n' ' Container p-a-1  Starting' 'a IPv4 forwarding is disabled. Networking will not work.' ${quoted(line)} >&2; exit 1`;
      const error = await faultOf(runnerOf(place, script).up(wish()));
      assert.deepEqual([error.reason, error.disposition], [reason, disposition]);
      assert.match(error.message, words);
      assert.doesNotMatch(JSON.stringify([error.message, error.evidence]), /canary|IPv4 forwarding/);
      assert.equal(error.evidence[0], 'Container p-a-1  Starting');
    });
  }

  it('is told line by line while it works, redacted, and kept nowhere', async () => {
    await using place = await makePlace('jail');
    const lines: string[] = [];
    await runnerOf(place, 'echo " Container p-a-1  Created" >&2; printf "the canary sings" >&2').up(
      wish({ onLine: (line: string) => lines.push(line) }),
    );
    assert.deepEqual(lines, ['Container p-a-1  Created', 'the *** sings']);
    assert.deepEqual(readdirSync(place.at('run/variables')), []);
  });

  it('about its version is read whatever the distribution adds', () => {
    const texts = ['2.26.1-4\n', 'v2.26.1', '5.5.0+ds1', '2.40', 'dev', ''];
    assert.deepEqual(
      texts.map((text) => parseVersion(text)?.text ?? null),
      ['2.26.1', '2.26.1', '5.5.0', '2.40.0', null, null],
    );
  });

  it('is told when it is too old, mute or absent', async () => {
    await using place = await makePlace('jail');
    assert.match(
      (await faultOf(runnerOf(place, 'echo 1.29.2').version())).message,
      /1\.29\.2; version 2 or newer/,
    );
    assert.equal((await faultOf(runnerOf(place, 'exit 1').version())).reason, 'ComposeMissing');
    assert.equal((await faultOf(runnerOf(place, '', { plugin: null }).version())).reason, 'ComposeMissing');
    const gone = runnerOf(place, '', { plugin: place.at('none') });
    for (const work of [gone.config(files(), never()), gone.up(wish()), gone.version()]) {
      assert.equal((await faultOf(work)).reason, 'ComposeMissing');
    }
  });
});

describe('up', () => {
  it('lists its services and names only stable paths', async () => {
    await using place = await makePlace('jail');
    const runner = runnerOf(place, 'echo "$@" >> $PLACE/args');
    await runner.up(wish());
    await runner.up(wish({ variables: { S: 'canary' } }));
    await runner.up(wish({ services: [] }));
    const [first, second, third] = readFileSync(place.at('args'), 'utf8').split('\n');
    const rest = '-f /r.json up -d --no-deps --no-build --pull never -- a b';
    assert.equal(
      first,
      `--ansi never --progress plain -p p --project-directory /dir --env-file /dev/null ${rest}`,
    );
    assert.match(
      second ?? '',
      new RegExp(`--env-file ${place.path}/run/variables/up-p-[0-9a-f]{8}\\.env ${rest}$`),
    );
    assert.equal(third, '');
  });

  it('waits for another one of the same project, and gives up after a while', async () => {
    await using place = await makePlace('jail');
    const script =
      'echo start >> $PLACE/log; while [ -e $PLACE/hold ]; do /bin/sleep 0.05; done; echo end >> $PLACE/log';
    writeFileSync(place.at('hold'), '');
    const log = () =>
      existsSync(place.at('log')) ? readFileSync(place.at('log'), 'utf8').trim().split('\n') : [];
    const first = runnerOf(place, script).up(wish());
    await until({ what: 'the first child', look: () => log().length === 1 });
    const impatient = runnerOf(place, script, { lockWaitMs: 1_000 });
    assert.equal((await faultOf(impatient.up(wish()))).reason, 'ComposeBusy');
    await mkdir(place.at('other'));
    const second = runnerOf(place, script).up(wish());
    await rm(place.at('hold'));
    await Promise.all([first, second]);
    assert.deepEqual(log(), ['start', 'end', 'start', 'end']);
  });

  it('goes on when we crash, keeps the next one waiting, and leaves no file after the next start', async () => {
    await using place = await makePlace('jail');
    const script =
      'echo start >> $PLACE/log; while [ -e $PLACE/hold ]; do echo working >&2; /bin/sleep 0.05; done; echo end >> $PLACE/log';
    writeFileSync(place.at('hold'), '');
    runnerOf(place, script);
    const log = () =>
      existsSync(place.at('log')) ? readFileSync(place.at('log'), 'utf8').trim().split('\n') : [];
    const us = spawn(process.execPath, ['--input-type=module-typescript', '-e', CRASHING, place.path], {
      stdio: ['ignore', 'inherit', 'inherit'],
      cwd: import.meta.dirname,
    });
    await until({ what: 'the child of the first one', look: () => log().length === 1 });
    const left = () => readdirSync(place.at('run/variables'));
    assert.deepEqual(
      left()
        .map((name) => name.replace(/\d+-\d+/, 'N'))
        .sort(),
      ['N.log', `${left().find((name) => name.startsWith('up-'))}`],
    );
    us.kill('SIGKILL');
    await new Promise((resolve) => us.once('exit', resolve));
    const next = runnerOf(place, script);
    assert.deepEqual(
      left().filter((name) => !name.startsWith('up-')),
      [],
    );
    const second = next.up(wish());
    assert.deepEqual(
      left().filter((name) => name.startsWith('up-')),
      [],
    );
    // The lock is held by the child that nobody watches any more: what it says has no reader, and it must not mind.
    const [lock = ''] = readdirSync(place.at('run/locks'));
    const { ino } = statSync(place.at('run/locks', lock));
    const waiting = new RegExp(`-> FLOCK .*:${ino} `);
    await until({
      what: 'the second one to wait',
      look: () => waiting.test(readFileSync('/proc/locks', 'utf8')),
    });
    assert.deepEqual(log(), ['start']);
    await rm(place.at('hold'));
    await second;
    assert.deepEqual(log(), ['start', 'end', 'start', 'end']);
  });
});

describe('the plugin', () => {
  it('is the one that was named, or the first where plugins are, or none', async () => {
    await using place = await makePlace('jail');
    const program = async (path: string) => {
      await mkdir(place.at(path, '..'), { recursive: true });
      writeFileSync(place.at(path), '', { mode: 0o755 });
      return place.at(path);
    };
    const inHome = await program('home/.docker/cli-plugins/docker-compose');
    const onPath = await program('bin/docker-compose');
    assert.equal(findComposePlugin({ HOME: place.at('home'), PATH: place.at('bin') }), inHome);
    assert.equal(findComposePlugin({ TINYFORGE_COMPOSE: onPath, HOME: place.at('home') }), onPath);
    assert.equal(findComposePlugin({ TINYFORGE_COMPOSE: place.at('none'), HOME: place.at('home') }), null);
    assert.equal(
      findComposePlugin({
        TINYFORGE_COMPOSE: 'docker-compose',
        HOME: place.at('home'),
        PATH: place.at('bin'),
      }),
      null,
    );
  });
});

describe('the run directory', () => {
  it('is private, and refused when it is a link', async () => {
    await using place = await makePlace('jail');
    runnerOf(place, '');
    assert.equal(statSync(place.at('run')).mode & 0o777, 0o700);
    await symlink('/tmp', place.at('linked'));
    assert.throws(() => runnerOf(place, '', { runDirectory: place.at('linked') }), /must be a folder/);
    assert.equal((await readFile(place.at('plugin'), 'utf8')).length > 0, true);
  });
});

const CRASHING = `
  import { createComposeRunner } from '../../src/adapters/compose-cli/create-compose-runner.ts';
  const place = process.argv[1];
  const runner = createComposeRunner({ plugin: place + '/plugin', engine: 'unix:///engine.sock', runDirectory: place + '/run', redact: (text) => text });
  await runner.up({ project: 'p', file: '/r.json', projectDirectory: '/dir', services: ['a'], variables: { S: 'x' }, signal: new AbortController().signal, onLine: () => {} });
`;

function isRunning(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
