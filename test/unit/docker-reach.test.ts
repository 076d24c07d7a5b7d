// Proves when containers are reached over their network, and that the reason is a sentence.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findReach } from '../../src/adapters/docker/reach.ts';

describe('reach', () => {
  it('is the network where the gateway is our own address', async () => {
    const { reach, why } = await findReach({ host: 'local', gateway: '127.0.0.1', inContainer: false });
    assert.equal(reach, 'network');
    assert.match(why, /over their networks.*127\.0\.0\.1 is on this machine/);
  });

  it("is the network also where the gateway's interface is down, which only the kernel tells", async () => {
    // All of 127.0.0.0/8 is ours, and only 127.0.0.1 stands in the list of interfaces.
    assert.equal(
      (await findReach({ host: 'local', gateway: '127.0.0.77', inContainer: false })).reach,
      'network',
    );
  });

  it('is published ports where the gateway is an address of another machine', async () => {
    const { reach, why } = await findReach({ host: 'attic', gateway: '192.0.2.1', inContainer: false });
    assert.equal(reach, 'published');
    assert.match(why, /ports published on 127\.0\.0\.1.*192\.0\.2\.1 is not/);
  });

  it('cannot be had in a container with a network of its own, and says what to do', async () => {
    const { why, hint } = await findReach({ host: 'local', gateway: '127.0.0.1', inContainer: true });
    assert.match(why, /cannot reach containers of local: Tinyforge runs in a container/);
    assert.match(hint ?? '', /--network host/);
  });

  it('is published ports where there is no default bridge', async () => {
    assert.equal((await findReach({ host: 'local', gateway: null, inContainer: false })).reach, 'published');
  });
});
