// The start-up configuration: defaults, what goes over what, and everything that is wrong at once.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readConfig } from '../../src/core/config.ts';
import type { ConfigInput } from '../../src/core/config-input.ts';
import type { Config } from '../../src/model/config.ts';
import { assertGolden } from '../support/golden.ts';

const read = (input: Partial<ConfigInput> = {}) =>
  readConfig({
    text: null,
    file: '/etc/tinyforge/tinyforge.yaml',
    cwd: '/home/me',
    environment: {},
    overrides: {},
    senders: ['distribution', 'github'],
    providers: ['nginx-proxy-manager', 'caddy'],
    ...input,
  });

function configOf(input: Partial<ConfigInput>): Config {
  const { config, problems } = read(input);
  assert.deepEqual(problems, []);
  assert.ok(config);
  return config;
}

const reasons = (input: Partial<ConfigInput>) => read(input).problems.map(({ reason }) => reason);

describe('a configuration', () => {
  it('has a default for everything but the source, and says so', () => {
    const { config, problems } = read();
    assert.deepEqual(config, {
      data: '/var/lib/tinyforge',
      listen: { host: '127.0.0.1', port: 8480 },
      hosts: [],
      controller: 'default',
      sources: [],
      engines: { local: { socket: '/var/run/docker.sock' } },
      tokens: [],
      webhooks: [],
      secrets: { files: '/run/secrets' },
      proxy: null,
      prometheus: null,
      concurrency: 4,
      resyncMs: 30_000,
      site: { image: 'nginx:stable-alpine' },
      keep: { revisions: 5, diskBytes: 5 * 1024 ** 3 },
      logLevel: 'info',
    });
    assert.deepEqual(
      problems.map(({ severity, reason }) => [severity, reason]),
      [['warning', 'NoSource']],
    );
  });

  it('needs no file: a directory or an address is enough', () => {
    const directory = {
      type: 'directory',
      name: 'home',
      directory: '/home/me/forge.d',
      writeBack: 'commit',
      variables: {},
    };
    assert.deepEqual(configOf({ overrides: { directory: 'forge.d' } }).sources, [directory]);
    assert.deepEqual(configOf({ environment: { TINYFORGE_DIRECTORY: '/home/me/forge.d' } }).sources, [
      directory,
    ]);
    const git = {
      type: 'git',
      name: 'home',
      url: 'https://git.example.com/x.git',
      ref: 'v1',
      path: 'sub',
      pollMs: 5_000,
      credential: 'key',
      knownHosts: null,
      allowedSigners: null,
      writeBack: 'commit',
      variables: { A: '1' },
    };
    const environment = {
      TINYFORGE_REF: 'v1',
      TINYFORGE_PATH: './sub',
      TINYFORGE_POLL: '5s',
      TINYFORGE_VARIABLE_A: '1',
    };
    const overrides = { git: git.url, credential: '${secret:key}' };
    assert.deepEqual(configOf({ environment, overrides }).sources, [git]);
  });

  it('knows a controller by the name that it had before', () => {
    const text = 'controller: { name: attic, formerly: default }\nsources: [{ name: x, directory: /x }]\n';
    const { controller, formerly } = configOf({ text });
    assert.deepEqual([controller, formerly], ['attic', 'default']);
    const named = configOf({ text, environment: { TINYFORGE_CONTROLLER: 'cellar' } });
    assert.deepEqual([named.controller, named.formerly], ['cellar', 'default']);
  });

  it('reads everything that may stand in the file, paths from its folder', () => {
    const text = `
data: ./data
listen: "[::1]:9000"
controller: attic
sources:
  - name: home
    git: { url: "ssh://git@git.example.com/me/infra.git", path: forge.d, poll: 2m, known_hosts: known_hosts }
    credential: \${secret:deploy-key}
    verify: { allowed_signers: ../signers }
    variables: { BASE: example.com, COUNT: 3, ON: true }
  - { name: stacks, directory: ../stacks }
engines: { local: { socket: docker.sock }, nas: { socket: /run/nas.sock } }
api: { tokens: ["\${secret:api}"], hosts: [forge.example.com] }
webhooks: [{ name: hub, sender: github, secret: "\${secret:hub}", sources: [home] }]
prometheus: { url: "https://prom.example.com/prometheus", token: "\${secret:prom}" }
secrets: { files: secrets }
site: { image: "127.0.0.1:5000/nginx:1" }
concurrency: 8
resync: 1m
log_level: debug
`;
    assert.deepEqual(configOf({ text }), {
      data: '/etc/tinyforge/data',
      listen: { host: '::1', port: 9000 },
      hosts: ['forge.example.com'],
      controller: 'attic',
      sources: [
        {
          type: 'git',
          name: 'home',
          url: 'ssh://git@git.example.com/me/infra.git',
          ref: 'main',
          path: 'forge.d',
          pollMs: 120_000,
          credential: 'deploy-key',
          knownHosts: '/etc/tinyforge/known_hosts',
          allowedSigners: '/etc/signers',
          writeBack: 'commit',
          variables: { BASE: 'example.com', COUNT: '3', ON: 'true' },
        },
        { type: 'directory', name: 'stacks', directory: '/etc/stacks', writeBack: 'commit', variables: {} },
      ],
      engines: { local: { socket: '/etc/tinyforge/docker.sock' }, nas: { socket: '/run/nas.sock' } },
      tokens: ['api'],
      webhooks: [{ name: 'hub', sender: 'github', secret: 'hub', sources: ['home'] }],
      secrets: { files: '/etc/tinyforge/secrets' },
      proxy: null,
      prometheus: { url: 'https://prom.example.com/prometheus', token: 'prom' },
      concurrency: 8,
      resyncMs: 60_000,
      site: { image: '127.0.0.1:5000/nginx:1' },
      keep: { revisions: 5, diskBytes: 5 * 1024 ** 3 },
      logLevel: 'debug',
    });
  });

  it('lets the environment go over the file, and flags over both', () => {
    const text = 'data: /file\nlog_level: warn\ncontroller: file\nsources: [{ name: x, directory: /x }]\n';
    const environment = { TINYFORGE_DATA: 'env', TINYFORGE_LOG_LEVEL: 'error', TINYFORGE_SECRET_X: 'secret' };
    const config = configOf({ text, environment, overrides: { data: 'flag', 'log-level': 'debug' } });
    assert.equal(config.data, '/home/me/flag');
    assert.equal(config.logLevel, 'debug');
    assert.equal(config.controller, 'file');
    assert.equal(configOf({ text, environment }).data, '/home/me/env');
    assert.equal(configOf({ text, overrides: { directory: '/y' } }).sources[0]?.name, 'home');
  });

  it('commits what is changed over the API where nothing else is said, and opens no branch in a directory', () => {
    const git = 'git: { url: "https://git.example.com/me/infra.git" }';
    const modeOf = (entry: string) =>
      configOf({ text: `sources: [{ name: x, ${entry} }]\n` }).sources[0]?.writeBack;
    assert.equal(modeOf(git), 'commit');
    assert.equal(modeOf('directory: /x'), 'commit');
    assert.equal(modeOf(`${git}, write_back: branch`), 'branch');
    for (const entry of [git, 'directory: /x']) assert.equal(modeOf(`${entry}, write_back: off`), 'off');
    assert.deepEqual(reasons({ text: 'sources: [{ name: x, directory: /x, write_back: branch }]\n' }), [
      'NotAllowed',
    ]);
  });

  it('finds the engine by DOCKER_HOST where nothing else names one', () => {
    const environment = { DOCKER_HOST: 'unix:///run/user/1000/docker.sock' };
    const overrides = { directory: '/x' };
    assert.deepEqual(configOf({ environment, overrides }).engines, {
      local: { socket: '/run/user/1000/docker.sock' },
    });
    const text = 'engines: { nas: { socket: /nas.sock } }\n';
    assert.deepEqual(configOf({ text, environment, overrides }).engines, { nas: { socket: '/nas.sock' } });
    assert.deepEqual(reasons({ environment: { DOCKER_HOST: 'tcp://10.0.0.1:2375' }, overrides }), [
      'LaterVersion',
    ]);
  });

  it('listens off loopback only with a token to ask for', () => {
    const source = 'sources: [{ name: x, directory: /x }]\n';
    const tokens = 'api: { tokens: ["${secret:api}"] }\n';
    for (const listen of ['0.0.0.0:80', ':8480', '"[::]:80"', '192.0.2.1:80', 'forge.example.com:80']) {
      assert.deepEqual(reasons({ text: `${source}listen: ${listen}\n` }), ['TokenMissing'], listen);
      assert.deepEqual(reasons({ text: `${source}${tokens}listen: ${listen}\n` }), [], listen);
    }
    for (const listen of ['127.0.0.1:80', 'localhost:80', '"[::1]:80"', '8480', '127.9.9.9:1']) {
      assert.deepEqual(reasons({ text: `${source}listen: ${listen}\n` }), [], listen);
    }
  });

  it('takes no address and no ref that git would take for something else', () => {
    const bad = [
      '--upload-pack=touch',
      'ext::sh -c touch',
      'https://me:pw@git.example.com/x',
      'https://token@git.example.com/x',
      'x',
      'ssh://-oProxyCommand=touch/x',
      '-x@host:y',
      'file://host/x',
      'https://',
      'http://a b/c',
      'git@host',
      '../x',
    ];
    for (const git of bad) assert.equal(read({ overrides: { git } }).config, null, git);
    for (const git of [
      'git@git.example.com:me/x.git',
      'file:///srv/x.git',
      'http://127.0.0.1:3000/x',
      'ssh://h:22/x',
    ]) {
      assert.deepEqual(reasons({ overrides: { git } }), [], git);
    }
    for (const ref of ['-x', 'a..b', 'a b', '', 'x.lock', 'a/', '@{x}', 'a~1', 'a:b']) {
      const text = `sources: [{ name: x, git: { url: "file:///x", ref: "${ref}" } }]\n`;
      assert.equal(read({ text }).config, null, ref);
    }
  });

  it('never repeats what may be a password', () => {
    const { problems } = read({
      text: 'sources: [{ name: x, git: { url: "https://me:hunter2@h/x" }, credential: hunter2 }]\n',
    });
    assert.equal(problems.length, 2);
    assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
  });

  it('tells everything that is wrong at once', () => {
    const text = `listen: 0.0.0.0:80
sources:
  - name: home
    git: { url: "https://me:pw@git.example.com/x", ref: --upload-pack, poll: 10, path: ../x }
    credential: abcdef
    variables: { A: 1.10, B: "\${secret:x}", "C D": 1 }
    trusted: true
  - name: home
    directory: ./x
    verify: { allowed_signers: x }
  - name: both
    directory: ./x
    git: { url: "file:///x", poll: 1ms }
  - name: neither
proxy: { provider: nginx-proxy-manger, reach: network, address: nas, subdomain: "{stge}", drain: 10, tls: yes }
webhooks:
  - { name: hub, sender: githb, secret: "\${secret:hub}", sources: [hom] }
  - { name: hub, sender: github, secret: plain }
engines: { local: { url: "tcp://10.0.0.1" } }
concurency: 3
resync: 1ms
secrets: { sops: {} }
log_level: loud
`;
    const environment = {
      TINYFORGE_DATTA: '/x',
      TINYFORGE_CONCURRENCY: 'many',
      TINYFORGE_CONTROLLER: 'A B',
      TINYFORGE_LISTEN: 'x',
    };
    const { config, problems } = read({ text, environment });
    assert.equal(config, null);
    const lines = problems.map(
      ({ severity, reason, line, column, path, message, hint }) =>
        `${line === null ? '' : `${line}:${column} `}${severity} ${reason}${path === null ? '' : ` ${path}`}\n  ${message}\n  hint: ${hint}\n`,
    );
    assertGolden('manifests/config-problems.txt', lines.join('\n'));
  });

  it('calls no variable strange that Tinyforge itself reads, wherever it does', () => {
    const root = join(import.meta.dirname, '../../src');
    const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(root, path), 'utf8'));
    const names = sources.flatMap((text) =>
      [...text.matchAll(/\b(?:env|environment)\.(TINYFORGE_[A-Z_]+)/g)].map(([, name = '']) => name),
    );
    assert.ok(names.includes('TINYFORGE_COMPOSE'));
    const environment = Object.fromEntries(names.map((name) => [name, '/x']));
    const { problems } = read({ text: 'sources: [{ name: x, directory: /x }]\n', environment });
    assert.deepEqual(
      problems.map(({ message }) => message),
      [],
    );
  });

  it('needs of the proxy its address only, and reads the rest of it', () => {
    const source = 'sources: [{ name: x, directory: /x }]\n';
    const least = {
      provider: 'nginx-proxy-manager',
      url: 'http://npm:81',
      email: null,
      password: null,
      totp: null,
      traffic: { http: 'http://npm', https: 'https://npm' },
      reach: 'published',
      network: null,
      address: '127.0.0.1',
      domain: null,
      subdomain: '{stage}-{project}',
      drift: 'heal',
      tls: 'auto',
      probe: true,
      drainMs: 10_000,
    };
    assert.deepEqual(configOf({ text: `${source}proxy: { url: "http://npm:81/" }\n` }).proxy, least);
    const environment = { TINYFORGE_PROXY_URL: 'http://npm:81' };
    assert.deepEqual(configOf({ text: source, environment }).proxy, least);
    const text = `${source}
proxy:
  provider: caddy
  url: https://[::1]:2019
  email: bot@example.com
  password: \${secret:npm}
  totp: \${secret:npm-totp}
  traffic: { https: "https://127.0.0.1:8443" }
  network: edge
  domain: Example.com
  subdomain: Stage-{stage}-{project}.{domain}
  drift: report
  tls: auto
  probe: false
  drain: 1m
`;
    assert.deepEqual(configOf({ text }).proxy, {
      provider: 'caddy',
      url: 'https://[::1]:2019',
      email: 'bot@example.com',
      password: 'npm',
      totp: 'npm-totp',
      traffic: { http: 'http://[::1]', https: 'https://127.0.0.1:8443' },
      reach: 'network',
      network: 'edge',
      address: null,
      domain: 'example.com',
      subdomain: 'stage-{stage}-{project}',
      drift: 'report',
      tls: 'auto',
      probe: false,
      drainMs: 60_000,
    });
    const over = { TINYFORGE_PROXY_URL: 'http://other:81', TINYFORGE_PROXY_PASSWORD: '${secret:other}' };
    const { proxy } = configOf({ text, environment: over });
    assert.deepEqual(
      [proxy?.url, proxy?.password, proxy?.email],
      ['http://other:81', 'other', 'bot@example.com'],
    );
  });

  it('tells what of a proxy cannot stand, and never repeats its password', () => {
    const wrongs = (proxy: string) =>
      read({ text: `sources: [{ name: x, directory: /x }]\nproxy: ${proxy}\n` }).problems.map(
        ({ reason, path, line }) => `${line} ${reason} ${path}`,
      );
    const of = (more: string) => wrongs(`{ url: "http://npm:81", ${more} }`);
    assert.deepEqual(wrongs('{ email: x }'), ['2 MissingKey proxy']);
    assert.deepEqual(wrongs('{ url: "http://me:pw@npm:81" }'), ['2 BadFormat proxy › url']);
    assert.deepEqual(wrongs('{ url: "http://npm:81/api" }'), ['2 BadFormat proxy › url']);
    assert.deepEqual(of('provider: traefik'), ['2 NotAllowed proxy › provider']);
    assert.deepEqual(of('reach: network'), ['2 MissingKey proxy › reach']);
    assert.deepEqual(of('reach: published, network: x'), ['2 Conflict proxy › network']);
    assert.deepEqual(of('network: x, address: y'), ['2 Conflict proxy › address']);
    assert.deepEqual(of('password: hunter2'), ['2 BadFormat proxy › password']);
    assert.deepEqual(of('subdomain: "{stge}"'), ['2 UnknownPlaceholder proxy › subdomain']);
    assert.deepEqual(of('subdomain: "{domain}.x"'), ['2 BadFormat proxy › subdomain']);
    assert.deepEqual(of('subdomain: "a b"'), ['2 BadFormat proxy › subdomain']);
    assert.deepEqual(of('domain: "*.example.com"'), ['2 BadFormat proxy › domain']);
    assert.deepEqual(of('drain: 10'), ['2 WrongType proxy › drain']);
    const environment = { TINYFORGE_PROXY_PASSWORD: 'hunter2', TINYFORGE_PROXY_REACH: 'net' };
    const { config, problems } = read({ overrides: { directory: '/x' }, environment });
    assert.equal(config, null);
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ['BadFormat', 'BadFormat', 'MissingKey'],
    );
    assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
  });

  it('that cannot be read is not started with', () => {
    for (const [text, reason] of [
      ['a: [', 'YamlUnreadable'],
      ['- a', 'WrongType'],
      ['data: x\n---\nb: 1', 'TooManyDocuments'],
      ['text', 'WrongType'],
    ] as const) {
      const { config, problems } = read({ text, overrides: { directory: '/x' } });
      assert.equal(config, null);
      assert.equal(problems[0]?.reason, reason, text);
    }
    assert.deepEqual(reasons({ text: '# empty\n', overrides: { directory: '/x' } }), []);
  });
});
