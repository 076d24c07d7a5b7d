// A canary that a real Prometheus tells about, the whole product on a real engine with a real nginx.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { createPrometheus } from '../../src/adapters/prometheus/create-prometheus.ts';
import { isFault } from '../../src/model/errors.ts';
import { testImages } from '../support/real/images.ts';
import { startPrometheus } from '../support/real/prometheus.ts';
import { type RoutedController, routedController } from '../support/real/routed.ts';
import { until } from '../support/real/until.ts';

const SIGNAL = new AbortController().signal;
const METRICS = `tf_error_rate{version="v2"} 0.001
tf_error_rate{version="v3"} 0.5
tf_requests 0
`;

/** What an application would offer. */
async function startMetrics(): Promise<AsyncDisposable & { target: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(METRICS);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function deploy({ rig, domain }: RoutedController, image: string) {
  const [repository, tag] = image.split(':');
  await rig.write(
    'shop.yaml',
    `kind: project
name: ${rig.name}
image: ${repository}
tag: ${tag}
port: 8080
domains: [${domain}]
healthcheck: { http: /healthz, interval: 200ms, timeout: 2s, retries: 5 }
stop_grace_period: 1s
canary:
  steps: [10%, 50%]
  for: 2s
  metrics: [{ name: error rate, query: 'tf_error_rate{version="{{version}}"}', max: 0.01, interval: 1s }]
`,
  );
  return rig.status(await rig.apply(), rig.name);
}

describe('a real Prometheus', () => {
  it('says what a canary is measured by, and what it does not know or take', async () => {
    await using metrics = await startMetrics();
    await using prometheus = await startPrometheus({ targets: [metrics.target] });
    const secrets = { get: () => null, redact: (text: string) => text };
    const measures = createPrometheus({ url: prometheus.url, token: null, secrets });
    const ask = (query: string) => measures.ask(query, SIGNAL);
    const reason = (query: string) =>
      ask(query).then(
        () => 'answered',
        (error: unknown) => (isFault(error) ? error.reason : String(error)),
      );
    await until({ what: 'a scrape', look: async () => (await ask('tf_error_rate')).length === 2 });
    assert.deepEqual(await ask('tf_error_rate{version="v3"}'), [0.5]);
    assert.deepEqual(await ask('tf_error_rate{version="v9"}'), []);
    assert.deepEqual(await ask('tf_requests / tf_requests'), [], '0 divided by 0 is no data');
    assert.deepEqual(await ask('1 / 0'), [Number.POSITIVE_INFINITY]);
    assert.equal(await reason('sum('), 'QueryRefused');
    await prometheus.stop();
    assert.equal(await reason('up'), 'MeasuresAway');
  });

  it('lets a good version through and has a bad one taken back', async () => {
    await using metrics = await startMetrics();
    await using prometheus = await startPrometheus({ targets: [metrics.target] });
    await until({
      what: 'a scrape',
      look: async () => (await prometheus.query('tf_error_rate')).length === 2,
    });
    await using routed = await routedController({
      reach: 'published',
      prometheus: { url: prometheus.url, token: null },
    });
    const body = async () => (await routed.get()).body.trim();
    assert.equal((await deploy(routed, testImages.web1)).outcome, 'converged');
    const second = await deploy(routed, testImages.web2);
    assert.equal(second.outcome, 'converged', second.sentence);
    assert.equal(await body(), 'v2');
    const third = await deploy(routed, testImages.web3);
    assert.equal(third.reason, 'CanaryFailed', third.sentence);
    assert.match(third.sentence, /10 % of the clients: error rate is 0.5, more than 0.01/);
    for (let index = 0; index < 20; index += 1) assert.equal(await body(), 'v2');
  });
});
