// The faults that a test can order of the double: each meets one request, and does or does not let it be carried out.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { logIn } from '../support/npm/double-client.ts';
import type { FaultKind } from '../support/npm/faults.ts';
import { adminToken } from '../support/npm/replay.ts';
import { startNpmDouble } from '../support/npm/start-double.ts';
import { until } from '../support/real/until.ts';

const path = '/nginx/proxy-hosts/1';

/** What a client sees of a PUT that meets this fault, and whether the row was changed by it. */
async function meet(kind: FaultKind): Promise<{ seen: string; done: boolean; status: number | undefined }> {
  await using double = await startNpmDouble({ nginx: 'none' });
  const api = await logIn(double);
  const row = {
    domain_names: ['f.example.test'],
    forward_scheme: 'http',
    forward_host: 'a',
    forward_port: 80,
  };
  await api('POST', '/nginx/proxy-hosts', row);
  const authorization = `Bearer ${await adminToken(double)}`;
  double.faults.next({ match: { method: 'PUT', path }, kind });
  assert.equal((await api('GET', path)).status, 200, 'another request does not meet it');
  const giveUp = new AbortController();
  const put = fetch(`${double.url}/api${path}`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: '{"forward_port":81}',
    signal: giveUp.signal,
  }).then(
    async (answer) => `${answer.status} ${await answer.text().catch(() => 'cut')}`,
    () => 'no answer',
  );
  const logged = await until({
    what: 'the request to be logged',
    look: () => double.requests.find(({ method }) => method === 'PUT'),
  });
  if (kind.startsWith('timeout')) giveUp.abort();
  const seen = await put;
  assert.deepEqual(double.faults.pending(), []);
  const done = (await api('GET', path)).body.forward_port === 81;
  assert.equal((await api('PUT', path, { forward_port: 82 })).status, 200, 'the next one is as usual');
  return { seen, done, status: logged.status };
}

const expected: Readonly<Record<FaultKind, { seen: RegExp; done: boolean; status: number }>> = {
  timeout: { seen: /^no answer$/, done: false, status: 0 },
  'timeout-after': { seen: /^no answer$/, done: true, status: 0 },
  '500-before': { seen: /^500 .*Internal Error/, done: false, status: 500 },
  '500-after': { seen: /^500 .*Internal Error/, done: true, status: 500 },
  'token-expired': { seen: /^400 .*Token has expired/, done: false, status: 400 },
  '502': { seen: /^502 <html>/, done: false, status: 502 },
  '503': { seen: /^503 <html>/, done: false, status: 503 },
  '504': { seen: /^504 <html>/, done: false, status: 504 },
  '404': { seen: /^404 .*Not Found - \/nginx\/proxy-hosts\/1/, done: false, status: 404 },
  garbage: { seen: /^200 <html>/, done: false, status: 200 },
  'tells-all': { seen: /^400 .*Cannot take /, done: false, status: 400 },
  cut: { seen: /^no answer$/, done: false, status: 0 },
  'cut-after': { seen: /^200 cut$/, done: true, status: 0 },
};

for (const [kind, { seen, done, status }] of Object.entries(expected))
  test(`the fault ${kind}`, async () => {
    const met = await meet(kind as FaultKind);
    assert.match(met.seen, seen);
    assert.deepEqual([met.done, met.status], [done, status]);
  });

test('closing it leaves no process and no file', async () => {
  const double = await startNpmDouble();
  const { root } = double.world.nginx;
  assert.ok(existsSync(`${root}/nginx.conf`));
  await double.close();
  assert.ok(!existsSync(root));
  await assert.rejects(fetch(double.traffic.http));
});
