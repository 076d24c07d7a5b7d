// Hints and what they touch: many ways of writing one place, branches, tags, digests, and strangers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gitPlace } from '../../src/core/hint-address.ts';
import { matchHint, matchImages, matchSources } from '../../src/core/hint-match.ts';
import { imagesWanted } from '../../src/core/images-wanted.ts';
import type { SourceConfig } from '../../src/model/config.ts';
import type { Desired } from '../../src/model/desired.ts';
import type { Hint } from '../../src/model/hint.ts';
import type { Plan } from '../../src/model/plan.ts';

type GitHint = Extract<Hint, { kind: 'git' }>;
type ImageHint = Extract<Hint, { kind: 'image' }>;

const source = (url: string, ref = 'main', name = 'home'): SourceConfig =>
  ({
    type: 'git',
    name,
    url,
    ref,
    path: '',
    pollMs: 60_000,
    credential: null,
    knownHosts: null,
    allowedSigners: null,
    variables: {},
  }) as unknown as SourceConfig;
const pushed = (change: Partial<GitHint> = {}): GitHint => ({
  kind: 'git',
  repository: 'Me/Infra',
  ref: 'refs/heads/main',
  commit: 'a'.repeat(40),
  deleted: false,
  ...change,
});
const image = (change: Partial<ImageHint> = {}): ImageHint => ({
  kind: 'image',
  repository: 'git.example.com/acme/shop',
  tag: '2.1.4',
  digest: `sha256:${'7'.repeat(64)}`,
  ...change,
});

describe('addresses of one place', () => {
  const same = [
    'https://git.example.com/me/infra',
    'https://git.example.com/me/infra.git',
    'https://git.example.com/me/infra.git/',
    'https://user:token@GIT.example.com:8443/Me/Infra.git',
    'ssh://git@git.example.com:2222/me/infra.git',
    'ssh://git@git.example.com//me/infra',
    'git@git.example.com:me/infra.git',
    'git.example.com:/me/infra.git',
    'git://git.example.com/me/infra.git',
    'http://git.example.com/me/%69nfra',
  ];
  for (const address of same) {
    it(address, () => assert.deepEqual(gitPlace(address), { host: 'git.example.com', path: 'me/infra' }));
  }
  const others: [string, unknown][] = [
    ['file:///srv/git/infra.git', { host: '', path: 'srv/git/infra' }],
    ['/srv/git/infra.git', { host: '', path: 'srv/git/infra' }],
    ['git@[2001:db8::1]:me/infra', { host: '[2001:db8::1]', path: 'me/infra' }],
    ['ext::sh -c touch', { host: 'ext', path: ':sh -c touch' }],
    ['ftp://x/y', null],
    ['https://%', null],
    ['https://git.example.com/', null],
    ['infra', null],
    ['', null],
  ];
  for (const [address, expected] of others) {
    it(`${address} is ${JSON.stringify(expected)}`, () => assert.deepEqual(gitPlace(address), expected));
  }
  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl()), (address) => void gitPlace(address)));
  });
});

describe('git hints', () => {
  const rows: [string, GitHint, SourceConfig, boolean][] = [
    ['the same name over ssh', pushed(), source('git@git.example.com:me/infra.git'), true],
    ['a mirror below a path', pushed(), source('https://mirror.example.com/scm/me/infra'), true],
    [
      'a bare repository on this machine',
      pushed({ repository: 'demo/forge' }),
      source('file:///tmp/x/demo/forge.git'),
      true,
    ],
    [
      'an address that the payload tells',
      pushed({ repository: 'x/y', urls: ['https://git.example.com/z/w.git'] }),
      source('ssh://git@git.example.com/z/w'),
      true,
    ],
    [
      'a file address that the payload tells',
      pushed({ repository: 'x/y', urls: ['file:///srv/infra.git'] }),
      source('/srv/infra'),
      true,
    ],
    ['another repository', pushed(), source('https://git.example.com/me/other'), false],
    [
      'a name that only ends alike',
      pushed({ repository: 'me/infra' }),
      source('https://git.example.com/some/infra'),
      false,
    ],
    ['half a word', pushed({ repository: 'e/infra' }), source('https://git.example.com/me/infra'), false],
    [
      'another host and another name',
      pushed({ repository: 'x/y', urls: ['https://evil.example.com/me/infra'] }),
      source('https://git.example.com/me/infra'),
      false,
    ],
    [
      'another branch',
      pushed({ ref: 'refs/heads/feature' }),
      source('https://git.example.com/me/infra'),
      false,
    ],
    [
      'a branch that ends alike',
      pushed({ ref: 'refs/heads/x/main' }),
      source('https://git.example.com/me/infra'),
      false,
    ],
    ['a tag', pushed({ ref: 'refs/tags/v1' }), source('https://git.example.com/me/infra', 'v1'), true],
    ['a whole ref', pushed(), source('https://git.example.com/me/infra', 'refs/heads/main'), true],
    [
      'any branch for HEAD',
      pushed({ ref: 'refs/heads/trunk' }),
      source('https://git.example.com/me/infra', 'HEAD'),
      true,
    ],
    ['a fixed commit', pushed(), source('https://git.example.com/me/infra', 'a'.repeat(40)), false],
    [
      'a deleted branch',
      pushed({ deleted: true, commit: null }),
      source('https://git.example.com/me/infra'),
      false,
    ],
  ];
  for (const [name, hint, config, meant] of rows) {
    it(`${name}: ${meant ? 'meant' : 'not meant'}`, () =>
      assert.deepEqual(matchSources(hint, [config]), meant ? ['home'] : []));
  }

  it('name all sources of one repository, and no directory', () => {
    const directory = {
      type: 'directory',
      name: 'stacks',
      directory: '/srv/me/infra',
      variables: {},
    } as unknown as SourceConfig;
    const sources = [
      source('git@a:me/infra', 'main', 'one'),
      directory,
      source('https://b/me/infra', 'main', 'two'),
    ];
    assert.deepEqual(matchHint(pushed(), { sources, units: [] }), { sources: ['one', 'two'], units: [] });
  });
});

describe('image hints', () => {
  const digest = `sha256:${'7'.repeat(64)}`;
  const rows: [string, ImageHint, string[], string[]][] = [
    [
      'the same name and tag',
      image(),
      ['git.example.com/acme/shop:2.1.4'],
      ['git.example.com/acme/shop:2.1.4'],
    ],
    ['another tag', image(), ['git.example.com/acme/shop:2.1.3'], []],
    [
      'no tag is latest',
      image({ tag: 'latest' }),
      ['git.example.com/acme/shop'],
      ['git.example.com/acme/shop'],
    ],
    [
      'the case of the host and its default port',
      image({ repository: 'GIT.example.com:443/acme/shop' }),
      ['git.example.com/acme/shop:2.1.4'],
      ['git.example.com/acme/shop:2.1.4'],
    ],
    [
      'names of this machine',
      image({ repository: 'localhost:5000/acme/shop' }),
      ['127.0.0.1:5000/acme/shop:2.1.4'],
      ['127.0.0.1:5000/acme/shop:2.1.4'],
    ],
    [
      'Docker Hub by its short name',
      image({ repository: 'docker.io/library/nginx' }),
      ['nginx:2.1.4'],
      ['nginx:2.1.4'],
    ],
    [
      'a registry that calls itself otherwise',
      image({ repository: 'gitea:3000/acme/shop' }),
      ['git.example.com/acme/shop:2.1.4'],
      ['git.example.com/acme/shop:2.1.4'],
    ],
    [
      'the very address before the same name elsewhere',
      image(),
      ['git.example.com/acme/shop:2.1.4', 'ghcr.io/acme/shop:2.1.4'],
      ['git.example.com/acme/shop:2.1.4'],
    ],
    [
      'a payload without a host',
      image({ repository: 'acme/shop' }),
      ['ghcr.io/acme/shop:2.1.4'],
      ['ghcr.io/acme/shop:2.1.4'],
    ],
    ['a pinned digest stays', image(), [`git.example.com/acme/shop@sha256:${'1'.repeat(64)}`], []],
    [
      'a pinned digest that arrives',
      image(),
      [`git.example.com/acme/shop:x@${digest}`],
      [`git.example.com/acme/shop:x@${digest}`],
    ],
    ['another repository', image(), ['git.example.com/acme/shop2:2.1.4', 'git.example.com/shop:2.1.4'], []],
    ['what is no image', image(), ['not an image', ''], []],
    ['a hint that is no image', image({ repository: 'UPPER/../x' }), ['git.example.com/acme/shop:2.1.4'], []],
  ];
  for (const [name, hint, images, expected] of rows) {
    it(name, () => assert.deepEqual(matchImages(hint, images), expected));
  }

  const project = (unit: string, tag: string) =>
    ({
      kind: 'project',
      unit,
      image: { repository: 'git.example.com/acme/shop', tag, digest: null },
    }) as unknown as Desired;
  const stack = (unit: string, follow: 'digest' | null) =>
    ({ kind: 'stack', unit, services: { web: { follow } } }) as unknown as Desired;
  const site = { kind: 'site', unit: 'docs', image: 'git.example.com/acme/shop:2.1.4' } as unknown as Desired;

  it('name units by their image', () => {
    const units = [project('shop/prod', '2.1.4'), project('shop/old', '2.1.3'), site];
    assert.deepEqual(matchHint(image(), { sources: [], units }), {
      sources: [],
      units: ['shop/prod', 'docs'],
    });
  });

  it('name a stack that waits for the image, which its plan would pull', () => {
    const pull = { type: 'pullImage', image: 'git.example.com/acme/shop:2.1.4' };
    const plan = {
      units: [
        { unit: 'b', actions: [pull] },
        { unit: 'c', actions: [] },
      ],
    } as unknown as Plan;
    const units = [stack('a', null), stack('b', null), stack('c', null)];
    const imagesOf = (unit: string) => imagesWanted(plan, unit);
    assert.deepEqual(matchHint(image(), { sources: [], units, imagesOf }).units, ['b']);
    assert.equal(imagesWanted(null, 'b'), null);
  });

  it('name stacks by their images where they are known, else those that follow a digest', () => {
    const units = [stack('a', 'digest'), stack('b', null)];
    assert.deepEqual(matchHint(image(), { sources: [], units }).units, ['a']);
    const imagesOf = (unit: string) => (unit === 'b' ? ['git.example.com/acme/shop:2.1.4'] : ['other:1']);
    assert.deepEqual(matchHint(image(), { sources: [], units, imagesOf }).units, ['b']);
  });

  it('touch no source, and other hints touch nothing', () => {
    const world = { sources: [source('https://git.example.com/acme/shop')], units: [site] };
    assert.deepEqual(matchHint(image(), world).sources, []);
    for (const hint of [{ kind: 'ping' }, { kind: 'ignored', why: 'x' }] as Hint[]) {
      assert.deepEqual(matchHint(hint, world), { sources: [], units: [] });
    }
  });
});
