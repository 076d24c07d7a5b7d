// Proves that each way a start can fail is told apart: a port, a network, the engine's own trouble, or the version.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takenPort } from '../../src/adapters/docker/port-holder.ts';
import { rejectsWith } from '../contract/container-runtime.expect.ts';
import { json } from '../support/canned-engine.ts';
import { cannedRuntime } from '../support/canned-engine-runtime.ts';

const port =
  'driver failed programming external connectivity on endpoint shop-1 (efe7ddba652920211f542313a54254ec8d55b8625484ff0821facfe9a5571356): ';

describe('a port that is taken', () => {
  const messages: [string, number][] = [
    [`${port}Bind for 0.0.0.0:8080 failed: port is already allocated`, 8080],
    [`${port}Bind for :::443 failed: port is already allocated`, 443],
    [`${port}Error starting userland proxy: listen tcp4 0.0.0.0:2283: bind: address already in use`, 2283],
    [`${port}Error starting userland proxy: listen udp4 127.0.0.1:53: bind: address already in use`, 53],
    [
      `${port}failed to bind port 0.0.0.0:8080/tcp: Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use`,
      8080,
    ],
    [
      'failed to set up container networking: driver failed: failed to bind host port for 0.0.0.0:81:172.17.0.2:80/tcp: address already in use',
      81,
    ],
    ['failed to bind host port 127.0.0.1:9000/tcp: address already in use', 9000],
  ];
  for (const [message, expected] of messages)
    it(`is ${expected} in "…${message.slice(-60)}"`, () => assert.equal(takenPort(message), expected));

  it('is not seen in other words', () => {
    assert.equal(takenPort('listen tcp4 192.0.2.1:80: bind: cannot assign requested address'), null);
  });
});

describe('a failed start', () => {
  const cases: {
    status: number;
    message: string;
    reason: string;
    disposition: 'retry' | 'stalled' | 'version' | 'conflict';
    words?: RegExp;
  }[] = [
    {
      status: 500,
      message: `${port}Bind for 0.0.0.0:8080 failed: port is already allocated`,
      reason: 'PortTaken',
      disposition: 'stalled',
      words: /port 8080 on the host belongs to container photos-old$/,
    },
    {
      status: 404,
      message: 'network shop not found',
      reason: 'NetworkGone',
      disposition: 'conflict',
      words: /the network shop/,
    },
    { status: 404, message: 'No such container: shop', reason: 'ContainerGone', disposition: 'conflict' },
    {
      status: 409,
      message: 'container is marked for removal and cannot be started',
      reason: 'ContainerGone',
      disposition: 'conflict',
    },
    {
      status: 400,
      message:
        'failed to create task for container: failed to create shim task: OCI runtime create failed: exec: "serve": executable file not found in $PATH: unknown',
      reason: 'StartFailed',
      disposition: 'version',
      words: /container shop does not start \(".*executable file not found/,
    },
    {
      status: 500,
      message: 'OCI runtime create failed: exec format error',
      reason: 'StartFailed',
      disposition: 'version',
    },
    {
      status: 500,
      message: 'write /var/lib/docker/x: no space left on device',
      reason: 'EngineFailed',
      disposition: 'retry',
    },
    {
      status: 500,
      message: 'failed to create task: context deadline exceeded',
      reason: 'EngineFailed',
      disposition: 'retry',
    },
  ];
  for (const { status, message, ...expected } of cases)
    it(`${status} "${message.slice(0, 60)}…" is ${expected.reason}`, async () => {
      await using canned = await cannedRuntime();
      canned.engine.answer('POST /containers/shop/start', json({ message }, status));
      canned.engine.answer('GET /containers/json', json([{ Id: 'x', Names: ['/photos-old'] }]));
      await rejectsWith(canned.runtime.startContainer('shop'), expected);
    });

  it('for a port of a program says so', async () => {
    await using canned = await cannedRuntime();
    const message = 'failed to bind host port 127.0.0.1:9000/tcp: address already in use';
    canned.engine.answer('POST /containers/shop/start', json({ message }, 500));
    await rejectsWith(canned.runtime.startContainer('shop'), {
      reason: 'PortTaken',
      disposition: 'stalled',
      words: /port 9000 on the host is taken by a program/,
    });
  });
});
