// Each check of `doctor`, well and ill.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createMachine } from '../../src/adapters/machine/create-machine.ts';
import { problem } from '../../src/core/problem.ts';
import { type DoctorDeps, doctor } from '../../src/engine/doctor.ts';
import type { GitSourceConfig } from '../../src/model/config.ts';
import { fault } from '../../src/model/errors.ts';
import type { ComposeRunner } from '../../src/ports/compose-runner.ts';
import type { Machine, PathFacts } from '../../src/ports/machine.ts';
import type { Source, SourceReading } from '../../src/ports/source.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeEngine } from '../support/fake-runtime.ts';
import { CONFIG } from '../support/fake-sessions.ts';
import { createMemoryControl } from '../support/memory-control.ts';
import { NOW_MS, REVISION } from '../support/sample-status.ts';

const FOLDER: PathFacts = { type: 'directory', mode: 0o700, readable: true, writable: true, freeBytes: 41e9 };

function machine(facts: { missing?: string[]; paths?: Record<string, PathFacts | null> } = {}): Machine {
  return {
    program: (name) => (facts.missing?.includes(name) ? null : `/usr/bin/${name}`),
    look: async (asked) =>
      facts.paths !== undefined && asked in facts.paths ? (facts.paths[asked] ?? null) : FOLDER,
  };
}

function compose(version: string | Error): ComposeRunner {
  return {
    async version() {
      if (version instanceof Error) throw version;
      return version;
    },
    config: async () => ({}),
    hashes: async () => ({}),
    up: async () => undefined,
  };
}

function source(reading: Partial<SourceReading>, problemOfFile = false): Source {
  const refused = problemOfFile ? { reason: 'NotUtf8', message: 'x', hint: 'y' } : null;
  return {
    name: 'home',
    type: 'git',
    address: 'ssh://git.example.com/me/infra.git',
    ref: 'main',
    read: async () => ({
      snapshot: {
        source: 'home',
        type: 'git',
        revision: REVISION,
        root: '/x',
        files: [{ path: 'a.yaml', stamp: '1', text: refused === null ? '' : null, refused }],
        commit: null,
      },
      problem: null,
      fetchedMs: NOW_MS - 40_000,
      ...reading,
    }),
    refresh: async () => undefined,
    watch: () => async () => undefined,
    setReferenced: () => undefined,
  };
}

function deps(facts: Partial<DoctorDeps> = {}): DoctorDeps {
  const secrets: Record<string, string> = { api: 'a', hub: 'b' };
  return {
    config: CONFIG,
    runtimes: new Map([['local', createFakeEngine().runtime()]]),
    compose: () => compose('2.26.1'),
    sources: [source({})],
    secrets: {
      get: (name) => secrets[name] ?? null,
      names: () => Object.keys(secrets),
      redact: (text) => text,
    },
    control: createMemoryControl(),
    clock: createFakeClock({ startMs: NOW_MS }),
    machine: machine(),
    proxy: null,
    prober: createFakeEngine().prober(),
    reaches: new Map([
      [
        'local',
        { reach: 'network', why: 'probes reach containers of local over their networks', hint: null },
      ],
    ]),
    findReaches: async () => undefined,
    ownMounts: () => null,
    ...facts,
  };
}

async function said(facts: Partial<DoctorDeps>, subject: string): Promise<string[]> {
  const checks = await doctor(deps(facts));
  return checks
    .filter((check) => check.subject === subject)
    .map((check) => `${check.status}: ${check.text}${check.hint === null ? '' : ` | ${check.hint}`}`);
}

const gitConfig: GitSourceConfig = {
  type: 'git',
  name: 'home',
  url: 'ssh://git@git.example.com/me/infra.git',
  ref: 'main',
  path: '',
  pollMs: 60_000,
  credential: null,
  knownHosts: null,
  allowedSigners: null,
  writeBack: 'commit',
  variables: {},
};
const SRV = [{ target: '/srv', source: '/srv' }];
const away = createFakeEngine();
away.goAway();

describe('doctor says', () => {
  const rows: [name: string, facts: Partial<DoctorDeps>, subject: string, expected: RegExp][] = [
    ['an engine', {}, 'engine local', /^fine: Docker 26\.1\.5, API 1\.45, 0 containers, 0 of them ours$/],
    [
      'an engine that is away',
      { runtimes: new Map([['local', away.runtime()]]) },
      'engine local',
      /^problem: .* \| /,
    ],
    ['Compose', {}, 'compose local', /^fine: Compose 2\.26\.1$/],
    [
      'an old Compose',
      { compose: () => compose('1.29.2') },
      'compose local',
      /^problem: Compose 1\.29\.2 is too old/,
    ],
    [
      'no Compose',
      {
        compose: () =>
          compose(
            fault({
              code: 'C',
              reason: 'ComposeMissing',
              message: 'no plugin',
              hint: 'install it',
              disposition: 'stalled',
            }),
          ),
      },
      'compose local',
      /^problem: no plugin \| install it$/,
    ],
    ['how probes go', {}, 'probes local', /^fine: probes reach containers of local over their networks$/],
    ['that it does not know how', { reaches: new Map() }, 'probes local', /^warning: /],
    [
      'that they reach nothing',
      {
        reaches: new Map([['local', { reach: 'published', why: 'probes cannot', hint: 'run it elsewhere' }]]),
      },
      'probes local',
      /^problem: probes cannot \| run it elsewhere$/,
    ],
    [
      'that the engine finds our folders where we have them',
      { ownMounts: () => [{ target: CONFIG.data, source: CONFIG.data }, ...SRV] },
      'paths',
      /^fine: data and sources have the same paths/,
    ],
    [
      'that the engine does not see the data directory',
      { ownMounts: () => SRV },
      'paths',
      /^problem: \/var\/lib\/tinyforge \(the data directory\) is in Tinyforge's own container alone.* \| .*-v \/var\/lib\/tinyforge:\/var\/lib\/tinyforge$/,
    ],
    [
      'that the engine would take another folder for a source',
      {
        ownMounts: () => [
          { target: '/var', source: '/var' },
          { target: '/srv', source: '/mnt/disk' },
        ],
      },
      'paths',
      /^problem: \/srv\/forge \(source home\) is \/mnt\/disk\/forge on the engine's machine/,
    ],
    ['a source', {}, 'source home', /^fine: main@a1b2c3d, 1 files, read 40 s ago$/],
    [
      'a source that is away, and what is used meanwhile',
      {
        sources: [
          source({
            problem: problem({ reason: 'GitAway', message: 'git.example.com does not answer', hint: 'h' }),
          }),
        ],
      },
      'source home',
      /^problem: git\.example\.com does not answer; main@a1b2c3d is used meanwhile \| h$/,
    ],
    [
      'a source with a broken file',
      { sources: [source({}, true)] },
      'source home',
      /^warning: .* 1 of them not readable/,
    ],
    ['no source', { sources: [] }, 'sources', /^problem: none is configured/],
    ['the data directory', {}, 'data', /^fine: \/var\/lib\/tinyforge, 41 GB free$/],
    [
      'one that is not there',
      { machine: machine({ paths: { [CONFIG.data]: null } }) },
      'data',
      /^off: .* is not there yet/,
    ],
    [
      'one that is open',
      { machine: machine({ paths: { [CONFIG.data]: { ...FOLDER, mode: 0o755 } } }) },
      'data',
      /^warning: .*mode 755.* \| chmod o= /,
    ],
    [
      'one that is read-only',
      { machine: machine({ paths: { [CONFIG.data]: { ...FOLDER, writable: false } } }) },
      'data',
      /^problem: .* cannot be written/,
    ],
    [
      'one that is full',
      { machine: machine({ paths: { [CONFIG.data]: { ...FOLDER, freeBytes: 1e8 } } }) },
      'data',
      /^warning: .*100 MB free: that is little/,
    ],
    [
      'control files',
      {},
      'control files',
      /^fine: 0 suspensions, 0 versions held back, 0 workloads on record$/,
    ],
    [
      'a damaged one',
      {
        control: {
          ...createMemoryControl(),
          problems: () => [
            problem({ reason: 'ControlFileDamaged', message: 'gitea.json cannot be read', hint: 'h' }),
          ],
        },
      },
      'control files',
      /^problem: gitea\.json cannot be read \| h$/,
    ],
    ['programs', {}, 'programs', /^fine: flock, prlimit$/],
    [
      'one that is missing',
      { machine: machine({ missing: ['flock'] }) },
      'programs',
      /^warning: flock is not installed/,
    ],
    [
      'git, where it is needed',
      { config: { ...CONFIG, sources: [gitConfig] }, machine: machine({ missing: ['git'] }) },
      'programs',
      /^problem: git is not installed: git sources cannot be read/,
    ],
    ['secrets of the environment', {}, 'secrets', /^fine: 2 secrets from the environment$/],
    [
      'secrets that all can read',
      {
        config: { ...CONFIG, secrets: { files: '/s' } },
        machine: machine({ paths: { '/s': { ...FOLDER, mode: 0o755 } } }),
      },
      'secrets',
      /^warning: \/s is open to every user/,
    ],
    ['the listener', {}, 'listen', /^fine: 127\.0\.0\.1:8480, this machine only$/],
    [
      'one without token',
      { config: { ...CONFIG, listen: { host: '0.0.0.0', port: 1 } } },
      'listen',
      /^problem: 0\.0\.0\.0:1 can be reached from elsewhere, and there is no token/,
    ],
    ['a token', { config: { ...CONFIG, tokens: ['api'] } }, 'tokens', /^fine: /],
    [
      'a token without secret',
      { config: { ...CONFIG, tokens: ['gone'] } },
      'tokens',
      /^problem: the token: no secret is named gone/,
    ],
    [
      'a webhook without secret',
      { config: { ...CONFIG, webhooks: [{ name: 'hub', sender: 'github', secret: 'gone', sources: [] }] } },
      'webhook hub',
      /^problem: deliveries of github: no secret is named gone/,
    ],
  ];
  for (const [name, facts, subject, expected] of rows)
    it(name, async () => {
      const [first] = await said(facts, subject);
      assert.match(first ?? 'nothing', expected);
    });
  it('that a check broke, and goes on with the others', async () => {
    const broken = {
      ...createMemoryControl(),
      problems: () => {
        throw new Error('out of luck');
      },
    };
    assert.deepEqual(await said({ control: broken }, 'control files'), [
      'problem: could not be looked at: out of luck',
    ]);
    assert.equal((await said({ control: broken }, 'listen')).length, 1);
  });
});

describe('the machine', () => {
  it('finds programs and tells modes', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'tinyforge-machine-'));
    try {
      const real = createMachine({ path: folder });
      writeFileSync(path.join(folder, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
      writeFileSync(path.join(folder, 'text'), '', { mode: 0o640 });
      assert.equal(real.program('tool'), path.join(folder, 'tool'));
      assert.equal(real.program('text'), null);
      assert.equal((await real.look(folder))?.type, 'directory');
      assert.equal((await real.look(path.join(folder, 'text')))?.mode, 0o640);
      assert.ok(((await real.look(folder))?.freeBytes ?? 0) > 0);
      assert.equal(await real.look(path.join(folder, 'nothing')), null);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
