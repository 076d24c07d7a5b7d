// The registry's notifications: which header counts, which events are images, and what is passed over.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RawRequest } from '../../src/ports/receiver.ts';
import { distribution } from '../../src/receivers/distribution.ts';

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
