// Redaction: every way of writing a secret is found, overlaps and cut ends too, and plain words are left alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRedactor } from '../../src/core/redact.ts';
import { formsOf } from '../../src/core/redact-forms.ts';
import { redactError, redactValue } from '../../src/core/redact-value.ts';
import { fault } from '../../src/model/errors.ts';

const VALUE = 's3cr"et\'val%ue/+ü end';
const redact = createRedactor([{ name: 'shop-db', value: VALUE }]);
const base64 = (text: string) => Buffer.from(text).toString('base64');

const writtenDown: [string, string][] = [
  ['raw', VALUE],
  ['base64', base64(VALUE)],
  ['base64 without padding', base64(VALUE).replace(/=+$/, '')],
  ['base64 inside a longer text, offset 1', base64(`a${VALUE}zz`)],
  ['base64 inside a longer text, offset 2', base64(`ab${VALUE}zz`)],
  ['base64 inside basic authorization', base64(`user:${VALUE}`)],
  ['base64url', Buffer.from(VALUE).toString('base64url')],
  ['hex', Buffer.from(VALUE).toString('hex')],
  ['upper-case hex', Buffer.from(VALUE).toString('hex').toUpperCase()],
  ['URL-escaped', encodeURIComponent(VALUE)],
  ['form-escaped', new URLSearchParams({ v: VALUE }).toString().slice(2)],
  ['JSON', JSON.stringify({ v: VALUE })],
  ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ v: VALUE }) })],
  ['HTML', VALUE.replaceAll('"', '&quot;').replaceAll("'", '&#39;')],
  ['shell, single quotes', `'${VALUE.replaceAll("'", "'\\''")}'`],
];

describe('redaction of texts', () => {
  for (const [name, text] of writtenDown) {
    it(`finds a secret written as ${name}`, () => {
      const result = redact(`before ${text} after`);
      assert.match(result, /^before .*\$\{secret:shop-db\}.* after$/);
      // What is left beside the reference is the wrapping (`{"v":"`, `user:`), not the value.
      const left = result.slice('before '.length, -' after'.length).replaceAll('${secret:shop-db}', '');
      assert.ok(left.length < 24, `too much is left: ${result}`);
    });
  }

  it('leaves texts without a secret as they are', () => {
    assert.equal(redact('pulling ghcr.io/acme/shop:2.1.4'), 'pulling ghcr.io/acme/shop:2.1.4');
    assert.equal(createRedactor([])('anything'), 'anything');
  });

  it('replaces the longer secret where one contains the other', () => {
    const two = createRedactor([
      { name: 'short', value: 'hunter2' },
      { name: 'long', value: 'hunter2-and-more' },
    ]);
    assert.equal(two('x hunter2-and-more y hunter2 z'), 'x ${secret:long} y ${secret:short} z');
  });

  it('leaves nothing of two secrets that overlap', () => {
    const two = createRedactor([
      { name: 'one', value: 'aaaabbbb' },
      { name: 'two', value: 'bbbbcccc' },
    ]);
    assert.equal(two('<aaaabbbbcccc>'), '<${secret:one}>');
  });

  it('finds the lines of a private key one by one', () => {
    const key = ['-----BEGIN KEY-----', 'b3BlbnNzaC1rZXktdjEAAAAA', 'QyNTUxOQAAACD6ZQ', '-----END KEY-----'];
    const keyed = createRedactor([{ name: 'deploy-key', value: key.join('\n') }]);
    assert.equal(keyed('git said: QyNTUxOQAAACD6ZQ!'), 'git said: ${secret:deploy-key}!');
  });

  it('finds a secret that was cut at the edge of the text', () => {
    const long = createRedactor([{ name: 'k', value: 'abcdefghijklmnopqrstuvwxyz' }]);
    assert.equal(long('output: abcdefghijkl'), 'output: ${secret:k}');
    assert.equal(long('opqrstuvwxyz is what is left'), '${secret:k} is what is left');
  });

  it('never lets a value through, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 6, maxLength: 20, unit: 'grapheme' }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.string(),
        fc.string(),
        (values, before, after) => {
          const all = createRedactor(values.map((value, index) => ({ name: String(index), value })));
          const text = `${before}${values.join('')}${after}`;
          const result = all(text).replaceAll(/\$\{secret:\d\}/g, '\n');
          return values.every((value) => value.includes('\n') || !result.includes(value));
        },
      ),
    );
  });

  it('has no form short enough to eat ordinary words', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), (value) => formsOf(value).every((form) => form.length >= 6)),
    );
  });
});

describe('redaction of values', () => {
  it('reaches keys, lists, maps, causes and aggregates', () => {
    const error = new AggregateError([new Error(`first ${VALUE}`), `second ${VALUE}`], `outer ${VALUE}`, {
      cause: new Error('middle', { cause: { password: VALUE } }),
    });
    const plain = redactValue({ [`key ${VALUE}`]: [VALUE], map: new Map([['a', VALUE]]), error }, redact);
    const text = JSON.stringify(plain);
    assert.ok(!text.includes('s3cr'), text);
    const shape = plain as { error: { errors: unknown[]; cause: { cause: { password: string } } } };
    assert.equal(shape.error.errors.length, 2);
    assert.equal(shape.error.cause.cause.password, '${secret:shop-db}');
  });

  it('keeps the words of a fault and leaves out its stack', () => {
    const plain = redactError(
      fault({
        code: 'ENGINE_AWAY',
        reason: 'EngineAway',
        message: `no answer with ${VALUE}`,
        hint: 'Is it running?',
        disposition: 'retry',
        evidence: [`log ${VALUE}`],
      }),
      redact,
    );
    assert.deepEqual(plain, {
      type: 'Fault',
      message: 'no answer with ${secret:shop-db}',
      code: 'ENGINE_AWAY',
      reason: 'EngineAway',
      hint: 'Is it running?',
      evidence: ['log ${secret:shop-db}'],
    });
  });

  it('ends on rings, bytes and strange values', () => {
    const ring: Record<string, unknown> = { bytes: Buffer.from(VALUE), when: new Date(0), big: 1n };
    ring.self = ring;
    assert.deepEqual(redactValue(ring, redact), {
      bytes: `(${Buffer.byteLength(VALUE)} bytes)`,
      when: '1970-01-01T00:00:00.000Z',
      big: '1',
      self: '(circular)',
    });
    const first = new Error('first');
    first.cause = new Error('second', { cause: first });
    assert.doesNotThrow(() => redactError(first, redact));
  });

  it('keeps __proto__ a plain key', () => {
    const plain = redactValue(JSON.parse('{"__proto__":{"polluted":true}}'), redact);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    assert.equal(JSON.stringify(plain), '{"__proto__":{"polluted":true}}');
  });
});
