// `ready`: what a container's health check asks.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHouse } from '../support/fake-sessions.ts';
import { cli } from '../support/run-cli.ts';

const answering = (status: number, body: object) => async () => Response.json(body, { status });

describe('ready', () => {
  it('is 0 where the loop goes round', async () => {
    const body = { success: true, data: { ready: true, reason: 'passes end as they should' } };
    const ran = await cli(createHouse(), ['ready'], { fetch: answering(200, body) });
    assert.deepEqual(
      [ran.code, ran.stdout],
      [0, 'The controller at http://127.0.0.1:8480 is ready: passes end as they should\n'],
    );
    const quiet = await cli(createHouse(), ['ready', '-q'], { fetch: answering(200, body) });
    assert.deepEqual([quiet.code, quiet.stdout], [0, '']);
  });
  it('is 1 with the reason where it does not', async () => {
    const body = { success: false, error: { message: 'no pass has ended for 900 s' } };
    const ran = await cli(createHouse(), ['ready', '-q'], { fetch: answering(503, body) });
    assert.deepEqual(
      [ran.code, ran.stdout],
      [1, 'The controller at http://127.0.0.1:8480 is not ready: no pass has ended for 900 s\n'],
    );
  });
  it('is 1 where nobody listens', async () => {
    const away = () => Promise.reject(new TypeError('fetch failed'));
    const ran = await cli(createHouse(), ['ready'], { fetch: away });
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /No controller answers at http:\/\/127\.0\.0\.1:8480/);
  });
});
