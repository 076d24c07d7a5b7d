// Our reading of Compose's words, held against the real Compose: env files, variables, values, and merging of overrides.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { programPath } from '../../scripts/real-parts/paths.ts';
import { parseEnvFile } from '../../src/core/env-file.ts';
import type { DesiredProject } from '../../src/model/desired.ts';
import { catalogOf } from '../support/manifest-catalog.ts';
import { makePlace, type Place } from '../support/real/place.ts';

const run = promisify(execFile);
let place: Place;
let folders = 0;
before(async () => {
  place = await makePlace('compose-words');
});
after(() => place.remove());

/** The service `web` as Compose resolves it from files that are merged in their order. */
async function resolved(files: readonly object[], extra: Record<string, string> = {}) {
  const folder = place.at(`c${folders++}`);
  await mkdir(folder);
  for (const [name, text] of Object.entries(extra)) await writeFile(`${folder}/${name}`, text);
  const args: string[] = ['-p', 'words', '--project-directory', folder];
  for (const [index, file] of files.entries()) {
    await writeFile(`${folder}/${index}.json`, JSON.stringify(file));
    args.push('-f', `${folder}/${index}.json`);
  }
  const envFile = 'variables.env' in extra ? `${folder}/variables.env` : '/dev/null';
  const { stdout } = await run(
    programPath('docker-compose'),
    [...args, '--env-file', envFile, 'config', '--format', 'json'],
    { env: { PATH: place.path, HOME: place.path, DOCKER_HOST: 'unix:///nowhere.sock' } },
  );
  const { services } = JSON.parse(stdout) as { services: { web: Record<string, never> } };
  return { service: services.web as Record<string, unknown>, folder };
}

function unitOf(manifest: object): DesiredProject {
  const { units, problems } = catalogOf({
    'web.json': JSON.stringify({ kind: 'project', name: 'web', ...manifest }),
  });
  assert.deepEqual(problems, []);
  const unit = units.find((candidate) => candidate.role !== 'other');
  assert.equal(unit?.kind, 'project');
  return unit as DesiredProject;
}

describe('an env file', () => {
  const texts: Record<string, string> = {
    plain: 'A=1\nB=two words\nC=\n',
    spaces: '  A = 1  \nB=  x  \n\tC=y\n',
    'comments after nothing': 'A= #1\nB="" # x\nC=  # y\n',
    comments: '# first\nA=1 # one\nB=1#2\nC=#3\nD="x # y" # z\n  # last\n',
    quotes: `A="a b"\nB='a b'\nC="say \\"hi\\""\nD='it is'\nE=a"b"c\n`,
    escapes: 'A="one\\ntwo"\nB=\'one\\ntwo\'\nC=one\\ntwo\nD="tab\\tend"\nE="back\\\\slash"\n',
    export: 'export A=1\nexport  B="2"\n',
    lines: 'A="one\ntwo"\nB=3\n',
    'carriage returns': 'A=1\r\nB="2"\r\n',
    variables: 'A=1\nB=${A}2\nC=$A-3\nD=\'${A}\'\nE="${A}"\nF=${GONE:-none}\n',
    dollars: 'A=\'5$\'\nB="cost \\$5"\n',
    'equals and colons': 'A=b=c\nB=http://x:1/\nURL="a=b"\n',
    'yaml form': 'A: 1\nB: two\n',
    'byte order mark': '\uFEFFA=1\n',
    'names with dots': 'a.b-c=1\n_x=2\n',
    repeated: 'A=1\nA=2\n',
    empty: '\n\n',
  };
  for (const [what, text] of Object.entries(texts)) {
    it(`with ${what} is read as Compose reads it`, async () => {
      const files = [{ services: { web: { image: 'x', env_file: ['web.env'] } } }];
      const { service } = await resolved(files, { 'web.env': text });
      const { values, problems } = parseEnvFile(text);
      assert.deepEqual(
        problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      // Compose writes a dollar as two in what it resolves, to be read again.
      const told = Object.entries((service.environment ?? {}) as Record<string, string>);
      assert.deepEqual(
        values,
        Object.fromEntries(told.map(([name, value]) => [name, value.replaceAll('$$', '$')])),
      );
    });
  }
});

describe('a variable in a text', () => {
  const variables = { A: 'one', EMPTY: '' };
  const texts = [
    '$A',
    '${A}',
    '${A}x',
    '${GONE-d}',
    '${GONE:-d}',
    '${EMPTY-d}',
    '${EMPTY:-d}',
    '${A:+r}',
    '${EMPTY:+r}',
    '${EMPTY+r}',
    '${GONE:-${A}}',
    '$$A',
    '$${A}',
    '5$$',
    '${A:?needed}',
    '${GONE:-a b:c}',
    '${GONE:-}',
    '$A-$A',
    '${GONE+x}',
  ];
  it('is put in as Compose puts it in', async () => {
    const environment = Object.fromEntries(texts.map((text, index) => [`V${index}`, text]));
    const { service } = await resolved([{ services: { web: { image: 'x', environment } } }], {
      'variables.env': Object.entries(variables)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    });
    const theirs = service.environment as Record<string, string>;
    const { units, problems } = catalogOf(
      { 'web.json': JSON.stringify({ kind: 'project', name: 'web', image: 'x', environment }) },
      { variables },
    );
    assert.deepEqual(problems, []);
    const ours = (units[0] as DesiredProject).spec.environment;
    for (const [index, text] of texts.entries()) {
      assert.equal(ours[`V${index}`], theirs[`V${index}`]?.replaceAll('$$', '$'), text);
    }
  });
});

describe('a value', () => {
  it('of time is as long as in Compose', async () => {
    for (const text of ['20s', '1m30s', '500ms', '1h', '1.5s', '2h45m']) {
      const { service } = await resolved([{ services: { web: { image: 'x', stop_grace_period: text } } }]);
      const { spec } = unitOf({ image: 'x', stop_grace_period: text });
      const theirs = unitOf({ image: 'x', stop_grace_period: String(service.stop_grace_period) }).spec;
      assert.equal(spec.stopGraceMs, theirs.stopGraceMs, text);
    }
  });

  it('of size is as large as in Compose', async () => {
    for (const size of ['512m', '1g', '1.5g', '64k', '64kb', '2gb', '1024', '100b', 65536]) {
      const { service } = await resolved([{ services: { web: { image: 'x', shm_size: size } } }]);
      assert.equal(
        String(unitOf({ image: 'x', shm_size: size }).spec.shmSizeBytes),
        String(service.shm_size),
        `${size}`,
      );
    }
  });

  it('of a port leads where it leads in Compose', async () => {
    for (const port of [
      '8080',
      '8080:80',
      '127.0.0.1:8080:80',
      '8080:80/udp',
      '3000-3002:4000-4002',
      '127.0.0.1::80',
      '[::1]:8080:80',
      8080,
    ]) {
      const { service } = await resolved([{ services: { web: { image: 'x', ports: [port] } } }]);
      const theirs = (
        service.ports as { target: number; published?: string; host_ip?: string; protocol: string }[]
      ).map(({ target, published, host_ip: hostIp = '', protocol }) => ({
        target,
        published: published === undefined || published === '' ? null : Number(published),
        hostIp,
        protocol,
      }));
      assert.deepEqual(unitOf({ image: 'x', ports: [port] }).spec.ports, theirs, `${port}`);
    }
  });

  it('of a mount is the mount of Compose', async () => {
    for (const volume of [
      'data:/data',
      '/srv:/srv:ro',
      '/anonymous',
      'data:/data:rw',
      './conf:/etc/app:ro',
      '.:/all',
      '../x:/x',
    ]) {
      const { service, folder } = await resolved([
        { services: { web: { image: 'x', volumes: [volume] } }, volumes: { data: {} } },
      ]);
      const [theirs] = service.volumes as {
        type: string;
        source?: string;
        target: string;
        read_only?: boolean;
      }[];
      const [ours] = catalogOf({
        'sub/web.json': JSON.stringify({ kind: 'project', name: 'web', image: 'x', volumes: [volume] }),
      }).units.flatMap((unit) => (unit as DesiredProject).spec.mounts);
      assert.equal(ours?.type, theirs?.type, volume);
      assert.equal(ours?.target, theirs?.target, volume);
      assert.equal(ours?.readOnly, theirs?.read_only ?? false, volume);
      const source = (theirs?.source ?? '')
        .replace(folder, '/srv/forge/sub')
        .replace(place.path, '/srv/forge');
      assert.equal(ours?.source, source, volume);
    }
  });

  it('of a command is the same words', async () => {
    for (const command of [
      'serve --port 80',
      `sh -c "echo 'a b'"`,
      `a 'b "c"' d\\ e`,
      'x ""',
      ['a b', 'c'],
    ]) {
      const { service } = await resolved([{ services: { web: { image: 'x', command } } }]);
      assert.deepEqual(unitOf({ image: 'x', command }).spec.command, service.command, `${command}`);
    }
  });
});

describe('a stage', () => {
  const cases: Record<
    string,
    [base: object, over: object, read: (spec: DesiredProject['spec']) => unknown, key: string]
  > = {
    'environment of maps': [
      { environment: { A: '1', B: '2' } },
      { environment: { B: '3', C: '4' } },
      (s) => s.environment,
      'environment',
    ],
    'environment of both forms': [
      { environment: ['A=1', 'B=2'] },
      { environment: { B: '3' } },
      (s) => s.environment,
      'environment',
    ],
    labels: [{ labels: { a: '1' } }, { labels: ['b=2'] }, (s) => s.labels, 'labels'],
    command: [{ command: ['a', 'b'] }, { command: ['c'] }, (s) => s.command, 'command'],
    entrypoint: [{ entrypoint: ['a', 'b'] }, { entrypoint: ['c'] }, (s) => s.entrypoint, 'entrypoint'],
    cap_add: [{ cap_add: ['NET_RAW'] }, { cap_add: ['SYS_TIME', 'NET_RAW'] }, (s) => s.capAdd, 'cap_add'],
    dns: [{ dns: ['192.0.2.1'] }, { dns: ['192.0.2.2'] }, (s) => s.dns, 'dns'],
    user: [{ user: '1' }, { user: '2' }, (s) => s.user, 'user'],
    'working_dir only below': [{ working_dir: '/a' }, {}, (s) => s.workingDir, 'working_dir'],
    sysctls: [{ sysctls: { 'net.a': 1 } }, { sysctls: { 'net.b': '2' } }, (s) => s.sysctls, 'sysctls'],
    group_add: [{ group_add: ['1'] }, { group_add: ['2'] }, (s) => s.groupAdd, 'group_add'],
    security_opt: [
      { security_opt: ['a=b'] },
      { security_opt: ['c=d'] },
      (s) => s.securityOpt,
      'security_opt',
    ],
    'volumes by their place': [
      { volumes: ['/one:/data', '/two:/more'] },
      { volumes: ['/three:/data:ro'] },
      (s) => s.mounts.map(({ source, target, readOnly }) => `${source}:${target}${readOnly}`).sort(),
      'volumes',
    ],
  };
  for (const [what, [base, over, read, key]] of Object.entries(cases)) {
    it(`merges ${what} as Compose merges an override`, async () => {
      const { service } = await resolved([
        { services: { web: { image: 'x', ...base } } },
        { services: { web: over } },
      ]);
      const ours = read(unitOf({ image: 'x', ...base, stages: { prod: over } }).spec);
      const theirs =
        key === 'volumes'
          ? (service.volumes as { source: string; target: string; read_only?: boolean }[])
              .map((mount) => `${mount.source}:${mount.target}${mount.read_only ?? false}`)
              .sort()
          : service[key];
      assert.deepEqual(ours, theirs);
    });
  }
});
