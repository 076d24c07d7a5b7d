// Receivers: every recorded delivery verifies and reads as expected, one flipped bit is refused, and nothing ever throws.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Hint } from '../../src/model/hint.ts';
import type { RawRequest, Receiver } from '../../src/ports/receiver.ts';
import { distribution } from '../../src/receivers/distribution.ts';
import { github } from '../../src/receivers/github.ts';
import { receivers } from '../../src/receivers/registry.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/webhooks');

interface Recorded {
  sender: string;
  event: string;
  secret: string;
  expect: {
    kind: string;
    repo?: string;
    cloneUrl?: string;
    image?: string;
    ref?: string;
    tag?: string;
    commit?: string | null;
    digest?: string;
    deleted?: boolean;
  };
}

const recorded = JSON.parse(readFileSync(join(FIXTURES, 'index.json'), 'utf8')) as Recorded[];

function requestOf({ sender, event }: Recorded): RawRequest {
  const headers = JSON.parse(readFileSync(join(FIXTURES, sender, `${event}.headers.json`), 'utf8')) as Record<
    string,
    string
  >;
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: readFileSync(join(FIXTURES, sender, `${event}.json`)),
  };
}

function receiverOf({ sender }: Recorded): Receiver {
  const receiver = receivers.find((one) => one.sender === sender);
  assert.ok(receiver, `no receiver for ${sender}`);
  return receiver;
}

/** What the recordings call it, from what we call it. */
function normal(hint: Hint | undefined): Record<string, unknown> {
  if (hint?.kind === 'git') {
    const { repository, urls, ref, commit, deleted } = hint;
    return { kind: 'git', repo: repository, cloneUrl: urls?.[0], ref, commit, deleted };
  }
  if (hint?.kind === 'image')
    return { kind: 'image', image: hint.repository, tag: hint.tag, digest: hint.digest };
  return { kind: hint?.kind };
}

const flip = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
};

describe('receivers/registry.ts', () => {
  it('names every file of its folder', () => {
    const folder = join(import.meta.dirname, '../../src/receivers');
    const files = readdirSync(folder)
      .filter((file) => file !== 'registry.ts')
      .map((file) => file.replace(/\.ts$/, ''));
    const named = receivers.map((receiver) => receiver.sender);
    const missing = files.filter((file) => !named.includes(file));
    const lines = missing.map(
      (file) => `import { ${file} } from './${file}.ts';   and   ${file}   in the list`,
    );
    assert.deepEqual(missing, [], `paste into src/receivers/registry.ts:\n${lines.join('\n')}`);
    assert.deepEqual(
      named.filter((sender) => !files.includes(sender)),
      [],
    );
  });

  it('has recordings for each, and all recordings are used', () => {
    const folders = readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map((entry) => entry.name).sort(), receivers.map((one) => one.sender).sort());
    const bodies = folders.flatMap(({ name }) =>
      readdirSync(join(FIXTURES, name)).filter((file) => !file.includes('.headers.')),
    );
    assert.equal(bodies.length, recorded.length);
    assert.ok(recorded.length >= 5);
  });
});

describe('recorded deliveries', () => {
  for (const one of recorded) {
    const request = requestOf(one);
    const receiver = receiverOf(one);

    it(`${one.sender} ${one.event} is verified`, () => {
      assert.equal(receiver.verify(request, one.secret), true);
      assert.equal(receiver.verify(request, `${one.secret}x`), false);
      assert.equal(receiver.verify(request, ''), false);
    });

    it(`${one.sender} ${one.event} reads as expected`, () => {
      const hints = receiver.hints(request);
      assert.equal(hints.length, 1);
      const found = normal(hints[0]);
      for (const [key, value] of Object.entries(one.expect)) assert.deepEqual(found[key], value, key);
    });
  }

  for (const one of recorded.filter(({ sender }) => sender === 'github')) {
    it(`github ${one.event} with one bit of its body flipped is refused`, () => {
      const request = requestOf(one);
      const bits = request.body.length * 8;
      for (let bit = 0; bit < bits; bit += Math.ceil(bits / 400)) {
        assert.equal(
          github.verify({ ...request, body: flip(request.body, bit) }, one.secret),
          false,
          `bit ${bit}`,
        );
      }
      assert.equal(github.verify({ ...request, body: request.body.subarray(1) }, one.secret), false);
      assert.equal(
        github.verify({ ...request, body: Buffer.concat([request.body, Buffer.from('\n')]) }, one.secret),
        false,
      );
    });
  }

  for (const one of recorded) {
    it(`${one.sender} ${one.event} with one bit of its proof flipped is refused`, () => {
      const request = requestOf(one);
      const name = one.sender === 'github' ? 'x-hub-signature-256' : 'authorization';
      const proof = Buffer.from(String(request.headers[name]), 'latin1');
      for (let bit = 0; bit < proof.length * 8; bit += 1) {
        const headers = { ...request.headers, [name]: flip(proof, bit).toString('latin1') };
        assert.equal(receiverOf(one).verify({ ...request, headers }, one.secret), false, `bit ${bit}`);
      }
    });
  }
});

const SECRET = 'It is a test secret';
function signed(body: string | Buffer, headers: RawRequest['headers'] = {}): RawRequest {
  const bytes = Buffer.from(body);
  const signature = `sha256=${createHmac('sha256', SECRET).update(bytes).digest('hex')}`;
  return {
    headers: {
      'x-github-event': 'push',
      'content-type': 'application/json',
      'x-hub-signature-256': signature,
      ...headers,
    },
    body: bytes,
  };
}
const push = (change: object = {}) => ({
  ref: 'refs/heads/main',
  after: 'a'.repeat(40),
  deleted: false,
  repository: { full_name: 'me/infra', clone_url: 'https://github.com/me/infra.git' },
  ...change,
});
const first = (receiver: Receiver, request: RawRequest): Hint => {
  const [hint] = receiver.hints(request);
  assert.ok(hint);
  return hint;
};

describe('github', () => {
  it('takes the SHA-256 signature and nothing else', () => {
    const good = signed('{}');
    assert.equal(github.verify(good, SECRET), true);
    const sha1 = `sha1=${createHmac('sha1', SECRET).update('{}').digest('hex')}`;
    const hex = String(good.headers['x-hub-signature-256']).slice(7);
    const others: RawRequest['headers'][] = [
      { 'x-hub-signature-256': undefined, 'x-hub-signature': sha1 },
      { 'x-hub-signature-256': sha1 },
      { 'x-hub-signature-256': hex },
      { 'x-hub-signature-256': `sha256=${hex.slice(2)}` },
      { 'x-hub-signature-256': `sha256=${hex}00` },
      { 'x-hub-signature-256': 'sha256=' },
      { 'x-hub-signature-256': '' },
      { 'x-hub-signature-256': [`sha256=${hex}`, `sha256=${hex}`] },
      { 'x-hub-signature-256': `sha256=${hex}, sha256=${hex}` },
    ];
    for (const headers of others)
      assert.equal(github.verify(signed('{}', headers), SECRET), false, JSON.stringify(headers));
    assert.equal(github.verify({ ...good, headers: {} }, SECRET), false);
  });

  it('reads a form as well, signed as the form it is', () => {
    const body = new URLSearchParams({ payload: JSON.stringify(push()) }).toString();
    const request = signed(body, { 'content-type': 'application/x-www-form-urlencoded' });
    assert.equal(github.verify(request, SECRET), true);
    assert.equal((first(github, request) as { repository: string }).repository, 'me/infra');
  });

  it('gives the delivery id where there is a usable one', () => {
    const id = (value: string | string[]) => github.deliveryId(signed('{}', { 'x-github-delivery': value }));
    assert.equal(id('72d3162e-cc78-11e3-81ab-4c9367dc0958'), '72d3162e-cc78-11e3-81ab-4c9367dc0958');
    for (const bad of ['', 'a b', 'a\nb', 'x'.repeat(129)]) assert.equal(id(bad), null);
    assert.equal(id(['a', 'b']), null);
    assert.equal(github.deliveryId(signed('{}')), null);
  });

  const ignored: [string, RawRequest][] = [
    ['another event', signed(JSON.stringify(push()), { 'x-github-event': 'issues' })],
    ['no event', signed(JSON.stringify(push()), { 'x-github-event': undefined })],
    ['no JSON', signed('{')],
    ['nothing', signed('')],
    ['a list', signed('[]')],
    ['null', signed('null')],
    ['bytes that are no text', signed(Buffer.from([0x22, 0xff, 0x22]))],
    ['another content type', signed(JSON.stringify(push()), { 'content-type': 'text/plain' })],
    ['no repository', signed(JSON.stringify(push({ repository: null })))],
    [
      'a repository that is no name',
      signed(JSON.stringify(push({ repository: { full_name: 'me/../../etc' + '\n' } }))),
    ],
    ['a ref that is no ref', signed(JSON.stringify(push({ ref: '--upload-pack=touch' })))],
    ['a ref with control characters', signed(JSON.stringify(push({ ref: 'refs/heads/\u001b[2J' })))],
    ['values in a prototype', signed('{"__proto__":' + JSON.stringify(push()) + '}')],
  ];
  for (const [name, request] of ignored) {
    it(`ignores ${name}`, () => assert.equal(first(github, request).kind, 'ignored'));
  }

  it('keeps no commit of a deleted ref, and none that is no commit', () => {
    const hint = (change: object) =>
      first(github, signed(JSON.stringify(push(change)))) as { commit: unknown; deleted: unknown };
    assert.deepEqual(
      [hint({ after: '0'.repeat(40) }).commit, hint({ after: '0'.repeat(40) }).deleted],
      [null, true],
    );
    assert.deepEqual([hint({ deleted: true }).commit, hint({ deleted: true }).deleted], [null, true]);
    assert.equal(hint({ after: 'HEAD; rm -rf /' }).commit, null);
  });

  it('takes no addresses that are not plain texts', () => {
    const repository = {
      full_name: 'me/infra',
      clone_url: 7,
      ssh_url: 'git@github.com:me/infra.git',
      git_url: 'a\nb',
      html_url: 'x'.repeat(501),
    };
    const hint = first(github, signed(JSON.stringify(push({ repository })))) as { urls: unknown };
    assert.deepEqual(hint.urls, ['git@github.com:me/infra.git']);
  });
});

const image = (change: object = {}, target: object = {}) => ({
  id: 'ev-1',
  action: 'push',
  target: {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    digest: `sha256:${'7'.repeat(64)}`,
    repository: 'acme/shop',
    tag: '2.1.4',
    ...target,
  },
  request: { host: '127.0.0.1:5000' },
  ...change,
});
const envelope = (...events: unknown[]): RawRequest => ({
  headers: { authorization: 'Bearer s3cret-s3cret' },
  body: Buffer.from(JSON.stringify({ events })),
});

describe('distribution', () => {
  it('takes the header as a whole or behind Bearer, and nothing near it', () => {
    const verify = (authorization: string | string[] | undefined) =>
      distribution.verify({ headers: { authorization }, body: Buffer.from('') }, 's3cret-s3cret');
    assert.deepEqual(['Bearer s3cret-s3cret', 's3cret-s3cret'].map(verify), [true, true]);
    const wrong = [
      '',
      'Bearer',
      'Bearer ',
      'bearer s3cret-s3cret',
      'Bearer s3cret-s3cre',
      'Bearer s3cret-s3cret ',
      'Basic s3cret-s3cret',
      undefined,
      ['s3cret-s3cret', 's3cret-s3cret'],
    ];
    for (const header of wrong) assert.equal(verify(header), false, String(header));
    assert.equal(
      distribution.verify({ headers: { authorization: 'Bearer ' }, body: Buffer.from('') }, ''),
      false,
    );
  });

  it('gives one hint for each tag that was pushed', () => {
    const hints = distribution.hints(
      envelope(
        image(),
        image({ id: 'ev-2' }),
        image({}, { tag: 'latest' }),
        image({ action: 'pull' }),
        image({}, { tag: '' }),
      ),
    );
    assert.deepEqual(
      hints.map((hint) => hint.kind === 'image' && hint.tag),
      ['2.1.4', 'latest'],
    );
    assert.deepEqual(hints[0], {
      kind: 'image',
      repository: '127.0.0.1:5000/acme/shop',
      tag: '2.1.4',
      digest: `sha256:${'7'.repeat(64)}`,
    });
  });

  const ignored: [string, unknown][] = [
    ['a pull', image({ action: 'pull' })],
    ['a mount', image({ action: 'mount' })],
    ['a deletion', image({ action: 'delete' })],
    ['a layer', image({}, { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' })],
    ['a layer that claims a tag', image({}, { mediaType: 'application/octet-stream' })],
    ['a configuration', image({}, { mediaType: 'application/vnd.docker.container.image.v1+json' })],
    ['no tag', image({}, { tag: undefined })],
    ['an empty tag', image({}, { tag: '' })],
    ['a tag that is a digest', image({}, { tag: `sha256:${'7'.repeat(64)}` })],
    ['a repository that is none', image({}, { repository: '../../etc' })],
    ['a target that is none', image({ target: null })],
    ['no event at all', null],
  ];
  for (const [name, event] of ignored) {
    it(`ignores ${name}`, () =>
      assert.deepEqual(distribution.hints(envelope(event)), [{ kind: 'ignored', why: 'no tag was pushed' }]));
  }

  it('takes no host and no digest that are not plain ones', () => {
    const [hint] = distribution.hints(
      envelope(image({ request: { host: 'evil host/..' } }, { digest: 'latest' })),
    );
    assert.deepEqual(hint, { kind: 'image', repository: 'acme/shop', tag: '2.1.4', digest: null });
  });

  it('gives the id of one event, and one for several together', () => {
    assert.equal(distribution.deliveryId(envelope(image())), 'ev-1');
    const two = distribution.deliveryId(envelope(image(), image({ id: 'ev-2' })));
    assert.match(two ?? '', /^[0-9a-f]{64}$/);
    assert.equal(distribution.deliveryId(envelope(image(), image({ id: 'ev-2' }))), two);
    assert.notEqual(distribution.deliveryId(envelope(image(), image({ id: 'ev-3' }))), two);
    for (const events of [[], [image({ id: undefined })], [image(), image({ id: 'a b' })]]) {
      assert.equal(distribution.deliveryId(envelope(...events)), null);
    }
  });

  it('is not slowed down by an envelope of a hundred thousand events', () => {
    const many = envelope(
      ...Array.from({ length: 100_000 }, (_, i) => ({ action: 'push', target: { tag: `t${i}` } })),
    );
    assert.equal(distribution.hints(many).length, 1);
  });
});

describe('any receiver, whatever it is sent', () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.constantFrom('push', 'ping', 'application/json', 'application/x-www-form-urlencoded', '__proto__'),
  );
  const anyHeaders = fc.dictionary(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        'x-github-event',
        'content-type',
        'authorization',
        'x-hub-signature-256',
        'x-github-delivery',
        '__proto__',
        'constructor',
      ),
    ),
    fc.oneof(anyText, fc.array(anyText), fc.constant(undefined)),
  );
  // Values of the right keys and the wrong forms get deeper than random bytes.
  const keys = [
    'events',
    'action',
    'target',
    'tag',
    'repository',
    'mediaType',
    'request',
    'host',
    'id',
    'ref',
    'after',
    'full_name',
    'deleted',
    '__proto__',
    'constructor',
    'toString',
  ];
  const anyJson = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.jsonValue(),
      anyText,
      fc.constantFrom('push', 'refs/heads/main', 'me/infra', 'application/vnd.oci.image.index.v1+json'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(fc.tuple(fc.constantFrom(...keys), tie('value')), { maxLength: 6 })
        .map((pairs) => Object.fromEntries(pairs)),
    ),
  })).value;
  const anyBody = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    anyJson.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
    anyJson.map((value) =>
      Buffer.from(new URLSearchParams({ payload: JSON.stringify(value) ?? '' }).toString()),
    ),
    fc.integer({ min: 0, max: 20_000 }).map((depth) => Buffer.from('['.repeat(depth))),
  );

  for (const receiver of receivers) {
    it(`${receiver.sender} never throws, verifies nothing, and pollutes nothing`, () => {
      fc.assert(
        fc.property(anyHeaders, anyBody, fc.string(), (headers, body, secret) => {
          const request = {
            headers: { 'content-type': 'application/json', 'x-github-event': 'push', ...headers },
            body,
          };
          const isOwnSecret =
            headers['authorization'] === secret || headers['authorization'] === `Bearer ${secret}`;
          if (receiver.verify(request, secret) && !isOwnSecret) return false;
          receiver.deliveryId(request);
          const hints = receiver.hints(request);
          const isClean =
            Object.keys(Object.prototype).length === 0 && ({} as { tag?: unknown }).tag === undefined;
          return isClean && hints.length > 0 && hints.every(isPlain);
        }),
        { numRuns: 2_000 },
      );
    });
  }
});

/** Every text of a hint is short and safe to show, whatever the payload held. */
function isPlain(hint: Hint): boolean {
  return Object.values(hint)
    .flat()
    .every((value) => typeof value !== 'string' || (value.length <= 600 && !/[\p{Cc}]/u.test(value)));
}
