// How Prometheus is asked, by what it is sent and by every way in which it does not answer.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { createPrometheus } from '../../src/adapters/prometheus/create-prometheus.ts';
import { isFault } from '../../src/model/errors.ts';

const SIGNAL = new AbortController().signal;
const TOKEN = 'prometheus-token-4be1c0ffee';

interface Canned extends AsyncDisposable {
  url: string;
  requests: { url: string; authorization: string | undefined; body: string }[];
}

async function canned(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Canned> {
  const requests: Canned['requests'] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requests.push({ url: request.url ?? '', authorization: request.headers.authorization, body });
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const json =
  (value: unknown, status = 200) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };

const vector = (...values: string[]) => ({
  status: 'success',
  data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
});

function open({ url }: { url: string }, { token = null as string | null, timeoutMs = 5_000 } = {}) {
  const redact = (text: string) => text.replaceAll(TOKEN, '***');
  const secrets = { get: (name: string) => (name === 'prom' ? `${TOKEN}\n` : null), redact };
  return createPrometheus({ url, token, secrets, timeoutMs });
}

describe('Prometheus', () => {
  it('is asked by one request, with its token and below its path', async () => {
    await using server = await canned(json(vector('1')));
    const query = 'sum(rate(x{a="b&c"}[1m])) > 0';
    assert.deepEqual(await open({ url: `${server.url}/prom/` }, { token: 'prom' }).ask(query, SIGNAL), [1]);
    assert.deepEqual(server.requests, [
      {
        url: '/prom/api/v1/query',
        authorization: `Bearer ${TOKEN}`,
        body: new URLSearchParams({ query }).toString(),
      },
    ]);
  });

  const readings: [what: string, answer: unknown, values: number[]][] = [
    ['each sample of a vector', vector('1', '0.5', '+Inf'), [1, 0.5, Number.POSITIVE_INFINITY]],
    ['no value where nothing was found', vector(), []],
    ['no value of what is no number', vector('NaN'), []],
    ['a scalar', { status: 'success', data: { resultType: 'scalar', result: [1, '3'] } }, [3]],
    [
      'the newest of a range',
      {
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              values: [
                [1, '1'],
                [2, '7'],
              ],
            },
          ],
        },
      },
      [7],
    ],
    [
      'nothing of what it does not know',
      { status: 'success', data: { resultType: 'x', result: [null, 4] } },
      [],
    ],
  ];
  for (const [what, answer, values] of readings)
    it(`gives ${what}`, async () => {
      await using server = await canned(json(answer));
      assert.deepEqual(await open(server).ask('x', SIGNAL), values);
    });

  const failures: [what: string, answer: Parameters<typeof canned>[0], reason: string, message: RegExp][] = [
    [
      'a query that it does not take',
      json({ status: 'error', errorType: 'bad_data', error: `parse error\nat ${TOKEN}` }, 400),
      'QueryRefused',
      /does not take the query: parse error at \*\*\*$/,
    ],
    [
      'an error of its own',
      json({ status: 'error', errorType: 'internal' }, 500),
      'MeasuresAway',
      /answered 500/,
    ],
    ['a page', (_request, response) => response.end('<html>'), 'MeasuresAway', /answered 200/],
    ['null', json(null), 'MeasuresAway', /answered 200/],
    [
      'a way to somewhere else',
      (_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      'MeasuresAway',
      /answered 302/,
    ],
    [
      'a cut connection',
      (request) => request.socket.destroy(),
      'MeasuresAway',
      /does not answer as it should/,
    ],
    ['no end', (_request, response) => response.end('x'.repeat(2_000_000)), 'MeasuresAway', /longer than/],
    ['nothing in time', () => {}, 'MeasuresAway', /time/],
  ];
  for (const [what, answer, reason, message] of failures)
    it(`that answers ${what} is told so`, async () => {
      await using server = await canned(answer);
      const asking = open(server, { timeoutMs: what === 'nothing in time' ? 50 : 5_000 });
      await assert.rejects(asking.ask('x', SIGNAL), (error: unknown) => {
        assert.ok(isFault(error));
        assert.equal(error.reason, reason);
        assert.match(error.message, message);
        return true;
      });
      assert.equal(server.requests.length, 1);
    });

  it('is not asked without the token that it needs', async () => {
    await using server = await canned(json(vector('1')));
    await assert.rejects(open(server, { token: 'other' }).ask('x', SIGNAL), /secret other .* is not known/);
    assert.deepEqual(server.requests, []);
  });

  it('gives up when it is told to', async () => {
    await using server = await canned(() => {});
    const giveUp = new AbortController();
    const asked = open(server).ask('x', giveUp.signal);
    giveUp.abort(new Error('enough'));
    await assert.rejects(asked, /enough/);
  });
});
