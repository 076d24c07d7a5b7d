// doctor tells of the kernel setting that Caddy needs, where we can see it and it is off.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkAcceptQueue } from '../../src/proxies/caddy/accept-queue.ts';

const HERE = 'http://127.0.0.1:8080';

describe('the queue of new clients', () => {
  it('is told of where the kernel does not pass it on', () => {
    for (const url of [HERE, 'http://localhost', 'http://[::1]:80'])
      assert.match(checkAcceptQueue(url, () => '0\n')?.hint ?? '', /tcp_migrate_req=1/);
  });
  it('is not told of where all is well, or nothing can be done', () => {
    assert.equal(
      checkAcceptQueue(HERE, () => '1\n'),
      null,
    );
    assert.equal(
      checkAcceptQueue(HERE, () => null),
      null,
    );
  });
  it('is not told of another machine or container by what is set here', () => {
    for (const url of ['http://caddy:8080', 'http://192.0.2.1'])
      assert.equal(
        checkAcceptQueue(url, () => '0\n'),
        null,
      );
  });
});
