// GitHub's deliveries: which proof counts, what is read out of a push, and what is passed over.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Hint } from '../../src/model/hint.ts';
import type { RawRequest, Receiver } from '../../src/ports/receiver.ts';
import { github } from '../../src/receivers/github.ts';

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

  it('takes nothing that is signed with an empty secret', () => {
    const hex = createHmac('sha256', '').update('{}').digest('hex');
    assert.equal(github.verify(signed('{}', { 'x-hub-signature-256': `sha256=${hex}` }), ''), false);
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
    ['values in a prototype', signed(`{"__proto__":${JSON.stringify(push())}}`)],
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
