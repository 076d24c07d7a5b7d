// The double's nginx in a container reaches others on its network by their names, as Nginx Proxy Manager does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Api, askThrough, logIn } from '../support/npm/double-client.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { removeFromEngine } from '../support/real/clean-up.ts';
import { sharedEngine, uniqueName } from '../support/real/engine.ts';
import { loadWebImage, testImages } from '../support/real/images.ts';
import { until } from '../support/real/until.ts';

const engine = sharedEngine();
const prefix = uniqueName('npmnet');
const network = `${prefix}-net`;
let double: NpmDouble;
let api: Api;

before(async () => {
  for (const reference of [testImages.web1, testImages.web2]) await loadWebImage(engine, { reference });
  await engine.ask({ method: 'POST', path: '/networks/create', body: { Name: network } });
  for (const [name, image] of [
    ['blue', testImages.web1],
    ['green', testImages.web2],
  ] as const)
    await startWeb(`${prefix}-${name}`, image);
  double = await startNpmDouble({ nginx: 'container', container: { engine, network } });
  api = await logIn(double);
});

after(async () => {
  await double?.close();
  await removeFromEngine(engine, { namePrefix: prefix });
});

async function startWeb(name: string, image: string): Promise<void> {
  const body = {
    Image: image,
    HostConfig: { NetworkMode: network },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ['app'] } } },
  };
  const created = await engine.ask({ method: 'POST', path: `/containers/create?name=${name}`, body });
  await engine.ask({ method: 'POST', path: `/containers/${(created as { Id: string }).Id}/start` });
}

const bodyOf = async (host: string) => (await askThrough(double.traffic.http, host)).body.trim();

const host = (name: string, target: string) =>
  api('POST', '/nginx/proxy-hosts', {
    domain_names: [name],
    forward_scheme: 'http',
    forward_host: target,
    forward_port: 8080,
  });

test('a PUT moves the requests from one container to another, by name', async () => {
  const { status, body } = await host('shop.example.test', `${prefix}-blue`);
  assert.equal(status, 201);
  await double.settled();
  await until({ what: 'blue', look: async () => (await bodyOf('shop.example.test')) === 'v1' });
  const changed = await api('PUT', `/nginx/proxy-hosts/${body.id}`, { forward_host: `${prefix}-green` });
  assert.equal(changed.body.meta.nginx_online, true);
  await double.settled();
  assert.equal(await bodyOf('shop.example.test'), 'v2');
});

test('an alias that two containers share is answered by both', async () => {
  await host('both.example.test', 'app');
  await double.settled();
  const seen = new Set<string>();
  await until({
    what: 'both to answer',
    look: async () => {
      seen.add(await bodyOf('both.example.test'));
      return seen.has('v1') && seen.has('v2');
    },
  });
});

test('nginx in the container says what it refuses, with the paths of the real one', async () => {
  const { body } = await host('bad.example.test', `${prefix}-blue`);
  const changed = await api('PUT', `/nginx/proxy-hosts/${body.id}`, { advanced_config: '}}} broken' });
  assert.equal(changed.body.meta.nginx_online, false);
  assert.match(changed.body.meta.nginx_err, /unexpected "}" in \/data\/nginx\/proxy_host\/\d+\.conf:\d+\n/);
});

test('a name that does not resolve is fine for nginx, and 502 for who asks', async () => {
  const { body } = await host('lost.example.test', 'no-such-container');
  const seen = await api('GET', `/nginx/proxy-hosts/${body.id}`);
  assert.equal(seen.body.meta.nginx_online, true);
  await double.settled();
  assert.equal((await askThrough(double.traffic.http, 'lost.example.test')).status, 502);
});

test('closing it leaves no container behind', async () => {
  const other = await startNpmDouble({ nginx: 'container', container: { engine, network } });
  await other.close();
  const { status } = await engine.call({ method: 'GET', path: `/containers/${other.containerId}/json` });
  assert.equal(status, 404);
});
