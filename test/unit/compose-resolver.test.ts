// The resolver of stacks over a fake Compose: what is cheap, what makes a new container, what is kept, what is refused.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { problemsOf } from '../../src/engine/stack/create-stack-resolver.ts';
import type { DesiredStack } from '../../src/model/desired.ts';
import { type Fault, fault, isFault } from '../../src/model/errors.ts';
import type { StackModel } from '../../src/model/resolved.ts';
import { makeStackPlace, type StackPlace } from '../support/compose-place.ts';
import { routeOf } from '../support/desired-route.ts';
import { createFakeCompose, type FakeCompose } from '../support/fake-compose-runner.ts';

interface Rig extends StackPlace {
  compose: FakeCompose;
}

async function withStack(
  work: (rig: Rig) => Promise<void>,
  secrets: Record<string, string> = { db: 'canary-db-8f3a' },
): Promise<void> {
  const compose = createFakeCompose();
  await using stack = await makeStackPlace({ name: 'shop', compose: () => compose, secrets });
  await work(Object.assign(stack, { compose }));
}

const hashes = ({ services }: StackModel) =>
  Object.fromEntries(Object.entries(services).map(([name, { specHash }]) => [name, specHash]));

/** Names of the services whose hash is another one now. */
function changed(before: StackModel, after: StackModel): string[] {
  const [a, b] = [hashes(before), hashes(after)];
  return Object.keys(b).filter((name) => a[name] !== b[name]);
}

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(isFault(error), `no fault but ${error}`);
  return error;
}

const TWO = `services:
  web:
    image: shop:1.2
    environment: { PASSWORD: "\${PASSWORD:-}", TAG: "\${TAG:-none}" }
    volumes: ["./conf:/conf:ro", "./data:/data"]
    ports: ["127.0.0.1:8080:80"]
    depends_on: [db]
  db: { image: "db@sha256:${'a'.repeat(64)}", configs: [c], stop_grace_period: 1m }
configs: { c: { file: ./c.txt } }
`;
const TWO_FILES = {
  'app/compose.yaml': TWO,
  'app/c.txt': 'one',
  'app/conf/a.ini': 'a',
  'app/conf/b/b.ini': 'b',
};

describe('resolving', () => {
  it('tells the planner names and numbers, and no value', () =>
    withStack(async ({ put, resolver, desired }) => {
      await put(TWO_FILES);
      const model = await resolver.resolve(desired({ environment: { PASSWORD: '${secret:db}' } }));
      const { web, db } = model.services;
      assert.deepEqual(
        { ...web, specHash: '' },
        {
          specHash: '',
          image: 'shop:1.2',
          scale: 1,
          oneShot: false,
          hasHealthcheck: false,
          dependsOn: ['db'],
          containerName: null,
          hostname: null,
          publishedPorts: [{ published: 8080, hostIp: '127.0.0.1', protocol: 'tcp' }],
          pullPolicy: 'missing',
          stopGraceMs: 10_000,
          endpoints: { shop_default: { aliases: [], byCompose: false } },
          sideBySide: 'port 8080 of the host can be held by one only',
          ports: [{ target: 80, published: 8080 }],
        },
      );
      assert.equal(db?.stopGraceMs, 60_000);
      assert.match(db?.specHash ?? '', /^[0-9a-f]{32}$/);
      assert.doesNotMatch(JSON.stringify(model), /canary/);
    }));

  it('asks Compose once, and writes nothing in the passes after it', () =>
    withStack(async ({ put, resolver, desired, compose, stores, restarted }) => {
      await put(TWO_FILES);
      const first = await resolver.resolve(desired());
      const writes = stores.writes();
      for (let pass = 0; pass < 3; pass++) assert.deepEqual(await resolver.resolve(desired()), first);
      assert.deepEqual(await restarted().resolve(desired()), first);
      assert.equal(compose.configs(), 1);
      assert.equal(stores.writes(), writes);
    }));

  it('does not ask Compose again where other stamps stand over the same words', () =>
    withStack(async ({ put, resolver, desired, compose, root }) => {
      await put(TWO_FILES);
      const first = await resolver.resolve(desired());
      await put(TWO_FILES);
      await utimes(`${root}/app/compose.yaml`, 1, 1);
      assert.deepEqual(await resolver.resolve(desired()), first);
      assert.equal(compose.configs(), 1);
    }));

  const changes: [string, (rig: Rig) => Promise<unknown>, string[]][] = [
    ['the image', (rig) => rig.put({ 'app/compose.yaml': TWO.replace('shop:1.2', 'shop:1.3') }), ['web']],
    ['a config file', (rig) => rig.put({ 'app/c.txt': 'two' }), ['db']],
    ['a file in a read-only bind', (rig) => rig.put({ 'app/conf/b/b.ini': 'x' }), ['web']],
    ['a new file in a read-only bind', (rig) => rig.put({ 'app/conf/new.ini': 'x' }), ['web']],
    ['a file gone from a read-only bind', (rig) => rm(`${rig.root}/app/conf/a.ini`), ['web']],
    ['.env', (rig) => rig.put({ 'app/.env': 'TAG=7' }), ['web']],
    ['a writable bind', (rig) => rig.put({ 'app/data/db': 'x', 'app/data/log': 'y' }), []],
    ['a file beside it', (rig) => rig.put({ 'app/README.md': 'x', 'other/compose.yaml': 'x' }), []],
    [
      'only the scale',
      (rig) => rig.put({ 'app/compose.yaml': `${TWO.replace('db: {', 'db: { scale: 3,')}` }),
      [],
    ],
    [
      'only depends_on',
      (rig) => rig.put({ 'app/compose.yaml': TWO.replace('    depends_on: [db]\n', '') }),
      [],
    ],
    ['only comments', (rig) => rig.put({ 'app/compose.yaml': `# hello\n${TWO}` }), []],
  ];
  for (const [what, change, services] of changes) {
    it(`makes ${services.length === 0 ? 'no service' : services.join(', ')} new for a change of ${what}`, () =>
      withStack(async (rig) => {
        await rig.put(TWO_FILES);
        const before = await rig.resolver.resolve(rig.desired());
        await change(rig);
        const after = await rig.resolver.resolve(rig.desired());
        assert.deepEqual(changed(before, after), services);
      }));
  }

  it('makes new what uses a changed secret, and nothing else', () =>
    withStack(async ({ put, resolver, desired, stores }) => {
      await put(TWO_FILES);
      const wish = desired({ environment: { PASSWORD: '${secret:db}' } });
      const before = await resolver.resolve(wish);
      stores.setSecret('db', 'canary-db-other');
      assert.deepEqual(changed(before, await resolver.resolve(wish)), ['web']);
    }));

  it('keys its hashes: the same files of another unit have others', () =>
    withStack(async ({ put, resolver, desired }) => {
      await put(TWO_FILES);
      const a = await resolver.resolve(desired());
      const b = await resolver.resolve(desired({ unit: 'other', project: 'shop', name: 'shop' }));
      assert.notEqual(a.services.db?.specHash, b.services.db?.specHash);
    }));

  it('counts a folder not that any service may write to, nor one that is too large or holds a link', () =>
    withStack(async ({ put, resolver, desired, root }) => {
      const text = `services:
  a: { image: x, volumes: ["./shared:/s:ro", "./big:/b:ro", "./linked:/l:ro"] }
  b: { image: x, volumes: ["./shared/inner:/s"] }
`;
      await put({ 'app/compose.yaml': text, 'app/shared/f': '1', 'app/linked/f': '1' });
      await symlink('f', `${root}/app/linked/link`);
      await put(Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`app/big/${index}`, 'x'])));
      const before = await resolver.resolve(desired());
      await put({ 'app/shared/f': '2', 'app/big/0': 'y', 'app/linked/f': '2' });
      assert.deepEqual(changed(before, await resolver.resolve(desired())), []);
    }));

  it('makes a service new together with the one whose network it shares', () =>
    withStack(async ({ put, resolver, desired }) => {
      const text = (tag: string) => `services:
  vpn: { image: "vpn:${tag}" }
  app: { image: x, network_mode: "service:vpn" }
  other: { image: y, depends_on: { vpn: { condition: service_started } } }
`;
      await put({ 'app/compose.yaml': text('1') });
      const before = await resolver.resolve(desired());
      await put({ 'app/compose.yaml': text('2') });
      assert.deepEqual(changed(before, await resolver.resolve(desired())), ['vpn', 'app']);
    }));

  it('takes profiles from the manifest and from .env, and leaves out what is off', () =>
    withStack(async ({ put, resolver, desired }) => {
      await put({
        'app/compose.yaml':
          'services: { a: { image: x }, b: { image: x, profiles: [p] }, c: { image: x, profiles: [q] } }',
      });
      assert.deepEqual(Object.keys((await resolver.resolve(desired())).services), ['a']);
      assert.deepEqual(Object.keys((await resolver.resolve(desired({ profiles: ['p'] }))).services), [
        'a',
        'b',
      ]);
      await put({ 'app/.env': 'COMPOSE_PROFILES=q' });
      const model = await resolver.resolve(desired({ profiles: ['p'] }));
      assert.deepEqual(Object.keys(model.services), ['a', 'b', 'c']);
      assert.deepEqual(
        model.notices.map(({ reason }) => reason),
        ['ReadAsData'],
      );
    }));

  it('refuses a service that needs one behind a profile that is off', () =>
    withStack(async ({ put, resolver, desired }) => {
      await put({
        'app/compose.yaml': 'services: { a: { image: x, depends_on: [b] }, b: { image: x, profiles: [p] } }',
      });
      const error = await faultOf(resolver.resolve(desired()));
      assert.deepEqual(
        problemsOf(error).map(({ reason, path }) => [reason, path]),
        [['DependencyHidden', 'services.a.depends_on.b']],
      );
    }));

  it('tells variables that are not set, and project names that come from files', () =>
    withStack(async ({ put, resolver, desired }) => {
      await put({
        'app/compose.yaml': 'name: from_file\nservices:\n  a:\n    image: "x:${TAG}"\n',
        'app/.env': 'X=1',
      });
      const model = await resolver.resolve(desired());
      assert.equal(model.project, 'from_file');
      assert.deepEqual(
        model.notices.map(({ reason, line }) => [reason, line]),
        [
          ['VariableNotSet', 4],
          ['ProjectName', null],
        ],
      );
      await put({ 'app/.env': 'COMPOSE_PROJECT_NAME=from_env' });
      assert.equal((await resolver.resolve(desired())).project, 'from_env');
      assert.equal((await resolver.resolve(desired({ project: 'mine' }))).project, 'mine');
    }));

  it('finds what ends by itself', () =>
    withStack(async ({ put, resolver, desired }) => {
      await put({
        'app/compose.yaml': `services:
  migrate: { image: x, ports: ["80"] }
  web: { image: x, depends_on: { migrate: { condition: service_completed_successfully } } }
  once: { image: x }
  again: { image: x, restart: always }
  server: { image: x, ports: ["8080:80"] }
  checked: { image: x, healthcheck: { test: [CMD, "true"] } }
  unchecked: { image: x, healthcheck: { test: [NONE] } }
  tries: { image: x, restart: "on-failure:3" }
  routed: { image: x }
`,
      });
      const route = {
        route: routeOf({ domains: ['x.example.com'], port: 80 }),
        follow: null,
        sharedVolumes: false,
        drainMs: 0,
      };
      const { services } = await resolver.resolve(desired({ services: { routed: route } }));
      const oneShots = Object.entries(services).filter(([, { oneShot }]) => oneShot);
      assert.deepEqual(
        oneShots.map(([name]) => name),
        ['migrate', 'web', 'once', 'unchecked', 'tries'],
      );
      assert.equal(services.checked?.hasHealthcheck, true);
      assert.equal(services.unchecked?.hasHealthcheck, false);
    }));

  it('names what must be there before', () =>
    withStack(async ({ put, resolver, desired }) => {
      await put({
        'app/compose.yaml': `services: { a: { image: x, networks: [n, m], volumes: ["v1:/v", "w1:/w"] } }
networks: { n: { external: true, name: real-n }, m: {} }
volumes: { v1: { external: true, name: real-v }, w1: {} }
`,
      });
      const { externalNetworks, externalVolumes } = await resolver.resolve(desired());
      assert.deepEqual(
        { externalNetworks, externalVolumes },
        { externalNetworks: ['real-n'], externalVolumes: ['real-v'] },
      );
    }));

  it('names the paths that it came from and those that it looked for, but never a data folder', () =>
    withStack(async ({ put, resolver, desired }) => {
      await put(TWO_FILES);
      await resolver.resolve(desired());
      assert.deepEqual(resolver.referenced('shop'), [
        'app/.env',
        'app/c.txt',
        'app/compose.yaml',
        'app/conf',
      ]);
      await put({ 'app/compose.yaml': 'services: { a: { image: x, env_file: [missing.env] } }' });
      await faultOf(resolver.resolve(desired()));
      assert.ok(resolver.referenced('shop').includes('app/missing.env'));
    }));
});

describe('refusing', () => {
  it('tells all problems at once, each with its place', () =>
    withStack(async ({ put, resolver, desired, compose }) => {
      await put({
        'app/compose.yaml':
          'include:\n  - git@x:y.git\nservices:\n  a:\n    build: /srv\n    env_file: /etc/shadow\n',
        'app/.env': 'PATH=x\n',
      });
      const error = await faultOf(resolver.resolve(desired({ environment: { P: '${secret:none}' } })));
      assert.equal(error.disposition, 'stalled');
      assert.deepEqual(
        problemsOf(error).map(({ file, line, column, reason }) => `${file}:${line}:${column} ${reason}`),
        [
          'app/.env:1:null ControlKey',
          'app/compose.yaml:2:5 RemoteReference',
          'app/compose.yaml:5:12 PathOutsideTree',
          'app/compose.yaml:6:15 PathOutsideTree',
          'stack.yaml:1:1 SecretMissing',
        ],
      );
      assert.match(error.message, /^app\/\.env:1 PATH: this name .* \(and 4 more\)$/);
      assert.equal(compose.configs(), 0);
    }));

  it('asks Compose once about files that it refuses, and again when they change', () =>
    withStack(async ({ put, resolver, desired, compose }) => {
      await put({ 'app/compose.yaml': 'services: { a: { command: x } }' });
      for (let pass = 0; pass < 3; pass++)
        assert.equal((await faultOf(resolver.resolve(desired()))).reason, 'ComposeRefused');
      assert.equal(compose.configs(), 1);
      await put({ 'app/compose.yaml': 'services: { a: { image: x } }' });
      await resolver.resolve(desired());
      assert.equal(compose.configs(), 2);
    }));

  it('says which file is missing and who wants it, unless nobody uses it', () =>
    withStack(async ({ put, resolver, desired }) => {
      await put({
        'app/compose.yaml':
          'services: { a: { image: x, configs: [c] } }\nconfigs: { c: { file: none.txt }, d: { file: none2.txt } }\n',
      });
      const error = await faultOf(resolver.resolve(desired()));
      assert.deepEqual(
        problemsOf(error).map(({ message, line, path }) => [message, line, path]),
        [['configs.c.file: it does not exist.', 2, 'configs.c.file']],
      );
      await put({ 'app/none.txt': 'x' });
      await resolver.resolve(desired());
    }));

  it('holds a stack whose bind became a link between two passes', () =>
    withStack(async ({ put, resolver, desired, root, compose }) => {
      await put(TWO_FILES);
      await mkdir(`${root}/app/data`);
      await resolver.resolve(desired());
      await rename(`${root}/app/data`, `${root}/app/old`);
      await symlink('/etc', `${root}/app/data`);
      assert.equal((await faultOf(resolver.resolve(desired()))).reason, 'BindThroughLink');
      assert.equal((await faultOf(resolver.render(desired(), 'desired'))).reason, 'BindThroughLink');
      assert.equal(compose.configs(), 1);
    }));

  it('does not remember what failed for a moment', () =>
    withStack(async ({ put, resolver, desired, compose }) => {
      await put(TWO_FILES);
      compose.failNext(
        'config',
        fault({ code: 'X', reason: 'EngineAway', message: 'away', disposition: 'retry' }),
      );
      assert.equal((await faultOf(resolver.resolve(desired()))).reason, 'EngineAway');
      await resolver.resolve(desired());
    }));
});

describe('rendering', () => {
  it('writes one private file with our labels, and takes it away again', () =>
    withStack(async ({ put, resolver, desired, runDirectory }) => {
      await put(TWO_FILES);
      const wish = desired({ environment: { PASSWORD: '${secret:db}' } });
      const { services } = await resolver.resolve(wish);
      const rendered = await resolver.render(wish, 'desired');
      assert.equal(rendered.file, `${runDirectory}/stacks/shop.json`);
      assert.equal((await stat(rendered.file)).mode & 0o777, 0o600);
      const model = JSON.parse(await readFile(rendered.file, 'utf8'));
      assert.equal(model.services.web.environment.PASSWORD, 'canary-db-8f3a');
      assert.deepEqual(model.services.web.labels, {
        'tinyforge.managed': 'true',
        'tinyforge.controller': 'test',
        'tinyforge.workload.id': 'stack.shop',
        'tinyforge.unit': 'shop',
        'tinyforge.workload.kind': 'stack',
        'tinyforge.role': 'web',
        'tinyforge.spec-hash': services.web?.specHash,
        'tinyforge.release': '1.2',
      });
      assert.equal(model.services.db.labels['tinyforge.release'], 'aaaaaaa');
      assert.deepEqual(model.networks.default.labels, {
        'tinyforge.managed': 'true',
        'tinyforge.controller': 'test',
        'tinyforge.workload.id': 'stack.shop',
      });
      await rendered.discard();
      assert.deepEqual(await readdir(`${runDirectory}/stacks`), []);
    }));

  it('takes away what a crash left, and nothing of a process that lives', () =>
    withStack(async ({ put, resolver, desired, runDirectory }) => {
      await put(TWO_FILES);
      for (const name of ['check/999999999-1/opt', `check/${process.ppid}-1/opt`, 'stacks']) {
        await mkdir(`${runDirectory}/${name}`, { recursive: true });
        await writeFile(`${runDirectory}/${name}/old.json`, 'canary');
      }
      await resolver.resolve(desired());
      assert.deepEqual(await readdir(`${runDirectory}/check`), [`${process.ppid}-1`]);
      await resolver.render(desired(), 'desired');
      assert.deepEqual(await readdir(`${runDirectory}/stacks`), ['shop.json']);
    }));

  it('asks Compose once for a plan and its file, and leaves nothing of the copy', () =>
    withStack(async ({ put, resolver, desired, compose, runDirectory }) => {
      await put(TWO_FILES);
      await resolver.resolve(desired());
      await resolver.render(desired(), 'desired');
      assert.equal(compose.configs(), 1);
      assert.deepEqual(await readdir(`${runDirectory}/check`).catch(() => []), []);
    }));

  it('refuses to give Compose other files than those of the plan', () =>
    withStack(async ({ put, resolver, desired }) => {
      await put(TWO_FILES);
      await resolver.resolve(desired());
      await put({ 'app/c.txt': 'changed since' });
      const error = await faultOf(resolver.render(desired(), 'desired'));
      assert.equal(error.reason, 'StackChanged');
      assert.equal(error.disposition, 'conflict');
      const { services } = await resolver.resolve(desired());
      await resolver.render(desired(), 'desired', { db: services.db?.specHash ?? '' });
      const other = await faultOf(resolver.render(desired(), 'desired', { db: 'of another plan' }));
      assert.equal(other.reason, 'StackChanged');
    }));

  it('gives the values that secrets are filled from, and counts them', () =>
    withStack(async ({ put, resolver, desired, stores }) => {
      await put({
        'app/compose.yaml':
          'services: { a: { image: x, secrets: [s] } }\nsecrets: { s: { environment: S } }\n',
      });
      const wish = desired({ environment: { S: '${secret:db}', T: 'x' } });
      const before = await resolver.resolve(wish);
      const { variables, file } = await resolver.render(wish, 'desired');
      assert.deepEqual(variables, { S: 'canary-db-8f3a' });
      assert.doesNotMatch(await readFile(file, 'utf8'), /canary/);
      stores.setSecret('db', 'canary-db-other');
      assert.deepEqual(changed(before, await resolver.resolve(wish)), ['a']);
    }));
});

describe('the last good generation', () => {
  const good = async (rig: Rig, wish: DesiredStack) => {
    await rig.resolver.resolve(wish);
    await rig.resolver.render(wish, 'desired');
    await rig.resolver.markGood(wish);
  };

  it('is kept sealed, survives a restart and a lost cache, and can be rendered when the files are bad', () =>
    withStack(async (rig) => {
      const wish = rig.desired({ environment: { PASSWORD: '${secret:db}' } });
      await rig.put(TWO_FILES);
      await good(rig, wish);
      const first = await rig.resolver.resolve(wish);
      assert.deepEqual(first.good, { hash: first.hash, services: first.services });
      const sealed = await readFile(`${rig.dataDirectory}/control/stacks/shop.good`, 'utf8');
      assert.doesNotMatch(sealed, /canary|shop:1\.2/);
      await rig.put({ 'app/compose.yaml': 'services: [broken' });
      rig.stores.cache.clear();
      const again = rig.restarted();
      await faultOf(again.resolve(wish));
      const model = await again.good(wish);
      assert.deepEqual(model?.services, first.services);
      assert.equal(model?.hash, first.hash);
      const { file } = await again.render(wish, 'good');
      assert.match(await readFile(file, 'utf8'), /shop:1\.2.*canary-db-8f3a|canary-db-8f3a.*shop:1\.2/);
    }));

  it('is written only when it is another one', () =>
    withStack(async (rig) => {
      await rig.put(TWO_FILES);
      await good(rig, rig.desired());
      const path = `${rig.dataDirectory}/control/stacks/shop.good`;
      const before = (await stat(path)).mtimeMs;
      await rig.resolver.markGood(rig.desired());
      await rig.restarted().markGood(rig.desired());
      assert.equal((await stat(path)).mtimeMs, before);
      assert.equal(rig.compose.configs(), 1);
    }));

  it('counts as none when it was sealed with another key or cut short', () =>
    withStack(async (rig) => {
      await rig.put(TWO_FILES);
      await good(rig, rig.desired());
      const path = `${rig.dataDirectory}/control/stacks/shop.good`;
      await writeFile(path, (await readFile(path, 'utf8')).slice(0, 40));
      assert.equal(await rig.restarted().good(rig.desired()), null);
      assert.equal((await faultOf(rig.restarted().render(rig.desired(), 'good'))).reason, 'NothingGood');
    }));

  it('is forgotten with the unit', () =>
    withStack(async (rig) => {
      await rig.put(TWO_FILES);
      await good(rig, rig.desired());
      await rig.resolver.forget('shop');
      assert.equal(await rig.resolver.good(rig.desired()), null);
      assert.deepEqual([...rig.stores.cache.keys()], []);
      assert.deepEqual(await readdir(`${rig.dataDirectory}/control/stacks`), []);
      assert.deepEqual(await readdir(`${rig.runDirectory}/stacks`), []);
    }));
});

describe('secrets', () => {
  it('are in no file but the rendered one while it is there, in no cache, in no model', () =>
    withStack(async ({ put, resolver, desired, stores, place }) => {
      await put(TWO_FILES);
      const wish = desired({ environment: { PASSWORD: 'a-${secret:db}-b' } });
      await resolver.resolve(wish);
      const rendered = await resolver.render(wish, 'desired');
      const holding = async () => {
        const names = await readdir(place.path, { recursive: true, withFileTypes: true });
        const found: string[] = [];
        for (const entry of names.filter((each) => each.isFile())) {
          const path = `${entry.parentPath}/${entry.name}`;
          if ((await readFile(path, 'latin1')).includes('canary')) found.push(path);
        }
        return found;
      };
      assert.deepEqual(await holding(), [rendered.file]);
      await rendered.discard();
      await resolver.markGood(wish);
      assert.deepEqual(await holding(), []);
      assert.doesNotMatch(JSON.stringify([...stores.cache]), /canary/);
    }));

  it('are refused where everybody sees them, and told in no refusal', () =>
    withStack(async ({ put, resolver, desired }) => {
      const cases: [string, string, string][] = [
        ['labels: { x: "a-${P}" }', 'SecretInPublic', 'services.a.labels.x'],
        ['labels: ["${P}=1"]', 'SecretInPublic', 'services.a.labels'],
        ['container_name: "${P}"', 'SecretInPublic', 'services.a.container_name'],
        ['volumes: ["../../${P}/x:/x"]', 'PathOutsideTree', 'services.a.volumes[0].source'],
      ];
      for (const [line, reason, path] of cases) {
        await put({ 'app/compose.yaml': `services: { a: { image: x, ${line} } }` });
        const error = await faultOf(resolver.resolve(desired({ environment: { P: '${secret:db}' } })));
        assert.deepEqual(
          problemsOf(error).map((entry) => [entry.reason, entry.path]),
          [[reason, path]],
        );
        assert.doesNotMatch(JSON.stringify([error.message, error.hint, problemsOf(error)]), /canary/);
      }
      await put({
        'app/compose.yaml': 'services: { a: { image: x, command: ["${P}"], environment: ["P=${P}"] } }',
      });
      await resolver.resolve(desired({ environment: { P: '${secret:db}' } }));
    }));
});
