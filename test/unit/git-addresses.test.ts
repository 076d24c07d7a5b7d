// Addresses and refs as people write them, and those that git or ssh would take for something else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress } from '../../src/adapters/git/address.ts';
import { unquotePath } from '../../src/adapters/git/quoted-path.ts';
import { findRef, readRef } from '../../src/adapters/git/ref-name.ts';
import { isFault } from '../../src/model/errors.ts';

const good: [text: string, protocol: string, url: string, shown: string][] = [
  [
    'https://git.example.com/me/x.git',
    'https',
    'https://git.example.com/me/x.git',
    'https://git.example.com/me/x.git',
  ],
  [
    'https://bot@git.example.com:8443/x',
    'https',
    'https://git.example.com:8443/x',
    'https://git.example.com:8443/x',
  ],
  ['HTTP://gitea:3000/x', 'http', 'http://gitea:3000/x', 'http://gitea:3000/x'],
  ['ssh://git@host:2222/me/x.git', 'ssh', 'ssh://git@host:2222/me/x.git', 'ssh://host:2222/me/x.git'],
  ['git@host.example:me/x.git', 'ssh', 'git@host.example:me/x.git', 'host.example:me/x.git'],
  ['nas:x.git', 'ssh', 'nas:x.git', 'nas:x.git'],
  ['/srv/git/x.git', 'file', 'file:///srv/git/x.git', '/srv/git/x.git'],
  ['file:///srv/g%C3%BCt/x.git', 'file', 'file:///srv/g%C3%BCt/x.git', '/srv/güt/x.git'],
];

test('addresses are read, and shown without user info', () => {
  for (const [text, protocol, url, shown] of good) {
    const address = readAddress(text);
    assert.deepEqual([address.protocol, address.url, address.shown], [protocol, url, shown], text);
  }
});

test('a credential is bound to scheme, host and port', () => {
  assert.equal(readAddress('https://git.example.com:8443/a/b').origin, 'https://git.example.com:8443/');
  assert.equal(readAddress('https://git.example.com/a').origin, 'https://git.example.com/');
  assert.equal(readAddress('git@host:x').origin, null);
});

test('everything else is refused, and its secret parts are not repeated', () => {
  const refused = [
    '',
    'x',
    './x',
    'x/y:z',
    '-x',
    '--upload-pack=x:y',
    '-oProxyCommand=x:y',
    'git@-oProxyCommand=x:y',
    'host:-x',
    'ext::sh -c x',
    'ext::sh',
    '::x',
    'file::x',
    'git://host/x',
    'ftp://host/x',
    'ssh://-oProxyCommand=x/y',
    'ssh://host',
    'ssh://-l@host/x',
    'https://user:canary@host/x',
    'https://ho st/x',
    'https://host/x\n',
    'https://host/%0a',
    'https://host/%0D',
    'https://host/\u0000',
    'file://other/x',
    '/srv/a b',
    '/srv/\u001b[31m',
  ];
  for (const text of refused) {
    const error = caught(() => readAddress(text));
    assert.ok(isFault(error), text);
    assert.equal(error.reason, 'GitAddressRefused');
    assert.equal(error.message.includes('canary'), false);
  }
});

test('refs: names, full names, commits', () => {
  assert.deepEqual(readRef('main').candidates, ['refs/heads/main', 'refs/tags/main']);
  assert.deepEqual(readRef('refs/pull/1/head').candidates, ['refs/pull/1/head']);
  assert.deepEqual(readRef('HEAD').candidates, ['HEAD']);
  assert.deepEqual(readRef('feature/a.b_c-1+x').candidates[0], 'refs/heads/feature/a.b_c-1+x');
  assert.equal(readRef('a'.repeat(40)).commit, 'a'.repeat(40));
  assert.equal(readRef('abcdef1').commit, null, 'a short id may as well be a branch');
});

test('refs that could be an option, a refspec or an expression are refused', () => {
  const refused = [
    '',
    '-x',
    '--all',
    'a b',
    'a..b',
    'a:b',
    '^a',
    'a^',
    'a~1',
    'a@{1}',
    '@',
    'a*',
    'a?',
    'a[b',
  ];
  refused.push(
    'a\\b',
    '/a',
    'a/',
    'a//b',
    'a.',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a\n',
    'a\u0000',
    'a\u009b',
  );
  for (const text of refused) {
    const error = caught(() => readRef(text));
    assert.ok(isFault(error) && error.reason === 'GitRefRefused', JSON.stringify(text));
  }
});

test('of what a host lists only exact names count, branches first, tags peeled', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
  const wanted = readRef('v1');
  const lines = (...entries: [string, string][]) => entries.map(([id, ref]) => `${id}\t${ref}\n`).join('');
  assert.equal(findRef(wanted, ''), null);
  assert.equal(findRef(wanted, lines([a, 'refs/heads/x/refs/heads/v1'])), null);
  assert.deepEqual(findRef(wanted, lines([a, 'refs/tags/v1'], [b, 'refs/tags/v1^{}'])), {
    ref: 'refs/tags/v1',
    commit: b,
  });
  assert.deepEqual(findRef(wanted, lines([a, 'refs/tags/v1'], [c, 'refs/heads/v1'])), {
    ref: 'refs/heads/v1',
    commit: c,
  });
});

test('quoted paths give back every byte', () => {
  assert.equal(unquotePath('a/b c.yaml').toString(), 'a/b c.yaml');
  const bytes = Buffer.from([0x61, 9, 0x62, 10, 0x22, 0x5c, 0xc3, 0xbc, 0xff]);
  assert.deepEqual(unquotePath('"a\\tb\\n\\"\\\\\\303\\274\\377"'), bytes);
});

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
