// Image references, challenges and addresses, read strictly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readChallenges } from '../../src/adapters/registry/challenge.ts';
import { endpointsOf, mayAskForPassword } from '../../src/adapters/registry/endpoint.ts';
import { isPrivateAddress, leadsToPrivate } from '../../src/adapters/registry/private-address.ts';
import {
  familiarImageName,
  fullImageName,
  type ImageReference,
  isLoopbackRegistry,
  readImageReference,
} from '../../src/core/image-reference.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

const references: [text: string, full: string, familiar: string][] = [
  ['busybox', 'docker.io/library/busybox', 'busybox'],
  ['busybox:1.36', 'docker.io/library/busybox:1.36', 'busybox:1.36'],
  ['acme/shop', 'docker.io/acme/shop', 'acme/shop'],
  ['library/busybox', 'docker.io/library/busybox', 'busybox'],
  ['docker.io/busybox', 'docker.io/library/busybox', 'busybox'],
  ['index.docker.io/acme/shop', 'docker.io/acme/shop', 'acme/shop'],
  ['docker.io/library/a/b', 'docker.io/library/a/b', 'library/a/b'],
  ['ghcr.io/acme/shop:2.1.4', 'ghcr.io/acme/shop:2.1.4', 'ghcr.io/acme/shop:2.1.4'],
  ['localhost/shop', 'localhost/shop', 'localhost/shop'],
  ['nas:5000/shop', 'nas:5000/shop', 'nas:5000/shop'],
  ['127.0.0.1:5000/a/b:dev', '127.0.0.1:5000/a/b:dev', '127.0.0.1:5000/a/b:dev'],
  ['[::1]:5000/a', '[::1]:5000/a', '[::1]:5000/a'],
  ['Host/a', 'Host/a', 'Host/a'],
  ['a/b/c_d__e-f.g', 'docker.io/a/b/c_d__e-f.g', 'a/b/c_d__e-f.g'],
  [`shop@${digest}`, `docker.io/library/shop@${digest}`, `shop@${digest}`],
  [`nas:5000/shop:2@${digest}`, `nas:5000/shop:2@${digest}`, `nas:5000/shop:2@${digest}`],
];

test('references are read as the engine reads them', () => {
  for (const [text, full, familiar] of references) {
    const reference = read(text);
    assert.equal(fullImageName(reference), full, text);
    assert.equal(familiarImageName(reference), familiar, text);
  }
});

test('what is no reference is refused with a why', () => {
  const refused = [
    '',
    ':',
    '@',
    'shop:',
    'shop@',
    'shop:a b',
    'Shop',
    'acme/Shop',
    '-shop',
    'shop-',
    'a//b',
    '/a',
    'a/',
  ];
  refused.push(
    'a..b',
    'a___b',
    'shop:-1',
    'shop@sha256:12',
    `shop@${digest}@${digest}`,
    'http://host/a',
    'host:99999999/a',
  );
  refused.push(
    'ghcr.io/',
    'ghcr.io/a:b:c',
    'a/b?x',
    'a/../b',
    'a%2fb',
    'a\nb',
    '${IMAGE}',
    'f'.repeat(64),
    `${'a/'.repeat(128)}b`,
  );
  for (const text of refused) {
    const result = readImageReference(text);
    assert.ok(!result.ok && result.why.length > 5, JSON.stringify(text));
  }
});

test('what was read and written is read the same again', () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,5})?$/);
  const reference = fc.record(
    {
      registry: fc.constantFrom('docker.io', 'ghcr.io', 'localhost', '127.0.0.1:5000', 'nas:5000'),
      repository: fc.array(word, { minLength: 2, maxLength: 4 }).map((words) => words.join('/')),
      tag: fc.option(fc.stringMatching(/^\w[\w.-]{0,20}$/)),
      digest: fc.option(fc.constant(digest)),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(reference, (one: ImageReference) => {
      assert.deepEqual(read(fullImageName(one)), one);
      assert.deepEqual(read(familiarImageName(one)), one);
    }),
  );
});

test('reading never throws, and is quick whatever it is given', () => {
  const odd = fc.string({ unit: fc.constantFrom(...'aA0 ,="\\/:@.-_[]{}\n\u0000ü') });
  fc.assert(fc.property(odd, (text) => void readImageReference(text)));
  fc.assert(fc.property(odd, (text) => void readChallenges(text)));
  const startedMs = performance.now();
  for (const unit of [
    'a',
    ' ',
    ',',
    '"',
    'a="',
    'a=,',
    '\\',
    'a ',
    'a-',
    '.',
    'a/',
    '__',
    ':',
    '@',
    'a="b"',
  ]) {
    readChallenges(unit.repeat(8_192));
    readImageReference(unit.repeat(8_192));
  }
  assert.ok(performance.now() - startedMs < 2_000);
});

test('plain http is for loopback alone', () => {
  for (const registry of ['localhost', 'localhost:5000', '127.0.0.1:5000', '127.9.9.9', '[::1]:5000']) {
    assert.equal(isLoopbackRegistry(registry), true, registry);
    assert.equal(endpointsOf(registry)[0], `http://${registry}`);
  }
  for (const registry of [
    'localhost.evil.com',
    '127.0.0.1.evil.com',
    '10.0.0.1:5000',
    'nas:5000',
    'mylocalhost',
  ]) {
    assert.equal(isLoopbackRegistry(registry), false, registry);
    assert.deepEqual(endpointsOf(registry), [`https://${registry}`]);
  }
  assert.deepEqual(endpointsOf('docker.io'), ['https://registry-1.docker.io']);
});

test('challenges are read with commas and escapes inside of quotes', () => {
  const read = (header: string | null) =>
    readChallenges(header).map(({ scheme, parameters }) => [scheme, { ...parameters }]);
  assert.deepEqual(
    read(
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
    ),
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:a/b:pull,push',
        },
      ],
    ],
  );
  assert.deepEqual(read('Basic realm="a \\"b\\" c", Bearer realm=x , service = y'), [
    ['basic', { realm: 'a "b" c' }],
    ['bearer', { realm: 'x', service: 'y' }],
  ]);
  assert.deepEqual(read('BEARER Realm="a",realm="b"'), [['bearer', { realm: 'a' }]], 'the first one counts');
  assert.deepEqual(read('Basic'), [['basic', {}]]);
  assert.deepEqual(read('Bearer __proto__="x",realm="y"')[0]?.[1], { ['__proto__']: 'x', realm: 'y' });
  assert.deepEqual(read(null), []);
  assert.deepEqual(read('"""=,,,='), []);
});

test('a password goes to the registry itself, to its parent domain, and to whom the owner lists', () => {
  const may = (realm: string, registry: string, allowed: string[] = []) =>
    mayAskForPassword(new URL(realm), { registry, allowed });
  assert.equal(may('https://auth.docker.io/token', 'docker.io'), true);
  assert.equal(may('https://auth.docker.io.evil.com/token', 'docker.io'), false);
  assert.equal(may('https://ghcr.io/token', 'ghcr.io'), true);
  assert.equal(may('https://GHCR.io/token', 'ghcr.io'), true);
  assert.equal(may('http://ghcr.io/token', 'ghcr.io'), false, 'not encrypted');
  assert.equal(may('https://gitlab.com/jwt/auth', 'registry.gitlab.com'), true);
  assert.equal(may('https://gitlab.com:444/jwt/auth', 'registry.gitlab.com'), false);
  assert.equal(may('https://com/x', 'registry.gitlab.com'), false);
  assert.equal(may('https://evil.com/token', 'ghcr.io'), false);
  assert.equal(may('https://gitlab.example.com/jwt/auth', 'registry.example.com'), false);
  assert.equal(
    may('https://gitlab.example.com/jwt/auth', 'registry.example.com', ['gitlab.example.com']),
    true,
  );
  assert.equal(may('http://127.0.0.1:5000/token', '127.0.0.1:5000'), true);
  assert.equal(may('http://127.0.0.1:5001/token', '127.0.0.1:5000'), false);
});

test('private addresses in every spelling', async () => {
  for (const address of [
    ...[
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
    ],
    ...['0.0.0.0', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00:ec2::254', 'fc00::1'],
    ...[
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
      '::ffff:a9fe:a9fe',
      '64:ff9b::a9fe:a9fe',
      '2002:7f00:1::',
      'nonsense',
      '',
    ],
  ]) {
    assert.equal(isPrivateAddress(address), true, address);
  }
  for (const address of ['1.1.1.1', '172.32.0.1', '140.82.121.34', '2606:4700::1111', '::ffff:1.1.1.1']) {
    assert.equal(isPrivateAddress(address), false, address);
  }
  const at = (...addresses: string[]) => leadsToPrivate('host.example', async () => addresses);
  assert.equal(await at('1.1.1.1'), false);
  assert.equal(await at('1.1.1.1', '10.0.0.1'), true);
  assert.equal(await at(), true);
  assert.equal(await leadsToPrivate(new URL('http://2130706433/').hostname), true);
  assert.equal(await leadsToPrivate(new URL('http://0x7f.1/').hostname), true);
  assert.equal(await leadsToPrivate(new URL('http://[::ffff:7f00:1]/').hostname), true);
});

function read(text: string): ImageReference {
  const result = readImageReference(text);
  assert.ok(result.ok, `${text}: ${result.ok ? '' : result.why}`);
  return result.reference;
}
