// Receivers: every recorded delivery verifies and reads as expected, one flipped bit is refused, and nothing ever throws.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Hint } from '../../src/model/hint.ts';
import type { RawRequest, Receiver } from '../../src/ports/receiver.ts';
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
            headers.authorization === secret || headers.authorization === `Bearer ${secret}`;
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
