// Proves that no answer of an engine, or none at all, hangs a call or comes out as anything but a fault in words.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { engineFault } from '../../src/adapters/docker/faults.ts';
import { createDockerRuntime } from '../../src/adapters/docker/runtime.ts';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import { rejectsWith } from '../contract/container-runtime.expect.ts';
import { cut, html, json, silence } from '../support/canned-engine.ts';
import { cannedRuntime, SHORT } from '../support/canned-engine-runtime.ts';
import { spec } from '../support/worlds.ts';

const away = { reason: 'EngineAway', disposition: 'retry' } as const;
const slow = { reason: 'EngineSlow', disposition: 'retry' } as const;

const create = (runtime: ContainerRuntime) =>
  runtime.createContainer({
    host: 'local',
    name: 'shop-1',
    spec: spec({ environment: { PASSWORD: 'hunter2hunter2' } }),
    labels: {
      'tinyforge.controller': 'default',
      'tinyforge.unit': 'shop',
      'tinyforge.spec-hash': 'abc',
      'tinyforge.image-digest': 'sha256:1',
    },
    endpoints: [],
    publishForProbe: null,
  });

const pull = (runtime: ContainerRuntime) =>
  runtime.pullImage('acme/shop:1', { signal: new AbortController().signal, onProgress: () => undefined });

/** Every sort of call, with the request that it ends in. */
const everyCall: [string, (runtime: ContainerRuntime) => Promise<unknown>][] = [
  ['GET /containers/json', (runtime) => runtime.listContainers()],
  ['GET /networks', (runtime) => runtime.listNetworks()],
  ['GET /volumes', (runtime) => runtime.listVolumes()],
  ['GET /info', (runtime) => runtime.info()],
  ['GET /_ping', (runtime) => runtime.ping()],
  ['GET /containers/shop/json', (runtime) => runtime.inspectContainer('shop')],
  ['GET /images/acme%2Fshop/json', (runtime) => runtime.inspectImage('acme/shop')],
  ['GET /containers/shop/logs', (runtime) => runtime.logs('shop', { tail: 5 })],
  ['POST /containers/create', create],
  ['POST /images/create', pull],
  ['POST /containers/shop/start', (runtime) => runtime.startContainer('shop')],
  ['POST /containers/shop/stop', (runtime) => runtime.stopContainer('shop', { graceMs: 0 })],
  ['POST /containers/shop/rename', (runtime) => runtime.renameContainer('shop', 'other')],
  ['DELETE /containers/shop', (runtime) => runtime.removeContainer('shop')],
  ['POST /networks/create', (runtime) => runtime.ensureNetwork('front', {})],
  ['DELETE /networks/front', (runtime) => runtime.removeNetwork('front')],
  ['DELETE /images/sha256%3Aab', (runtime) => runtime.removeImage('sha256:ab')],
  ['POST /volumes/create', (runtime) => runtime.ensureVolume('data', {})],
  ['POST /networks/front/disconnect', (runtime) => runtime.disconnectNetwork('shop', 'front')],
];

describe('an engine that takes a call and never answers', () => {
  for (const [call, run] of everyCall)
    it(`is EngineSlow at ${call}`, async () => {
      await using canned = await cannedRuntime();
      canned.engine.answer(call, silence);
      await rejectsWith(run(canned.runtime), { ...slow, words: /does not answer: no reply to/ });
      assert.ok(canned.calls().includes(call), 'the call did reach the engine');
    });

  it('is EngineSlow when it is frozen before it told its version', async () => {
    await using canned = await cannedRuntime();
    canned.engine.freeze();
    await rejectsWith(canned.runtime.listContainers(), { ...slow, words: /GET \/version/ });
    canned.engine.thaw();
    assert.deepEqual(await canned.runtime.listContainers(), []);
  });
});

describe('an answer that is cut', () => {
  for (const [call, run] of everyCall) {
    // dockerode does not notice a cut, so a short write ends by our own deadline; what became of it is unknown anyway.
    const expected = call.startsWith('GET') || call === 'POST /images/create' ? away : slow;
    it(`is ${expected.reason} at ${call}`, async () => {
      await using canned = await cannedRuntime();
      canned.engine.answer(call, cut('[{"Id":"abc","Na'));
      await rejectsWith(run(canned.runtime), expected);
    });
  }

  it('is EngineSlow when it stops in its body', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('GET /containers/json', (response) => {
      response.writeHead(200);
      response.write('[{"Id":"abc",');
    });
    await rejectsWith(canned.runtime.listContainers(), slow);
  });

  it('is refused when it ends well but too early', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('GET /containers/json', (response) => void response.end('[{"Id":"abc"}'));
    await rejectsWith(canned.runtime.listContainers(), { reason: 'EngineRefused', disposition: 'stalled' });
  });
});

describe('a proxy in front of the engine', () => {
  it('that forbids a read or a write is named, with the settings to change', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('POST /volumes/create', html(403));
    canned.engine.answer('GET /networks', html(403));
    const refused = { reason: 'EngineRefused', disposition: 'stalled' } as const;
    await rejectsWith(canned.runtime.ensureVolume('data', {}), {
      ...refused,
      words: /^the socket proxy forbids POST \/volumes\/create$/,
    });
    await rejectsWith(canned.runtime.listNetworks(), {
      ...refused,
      words: /^the socket proxy forbids GET \/networks$/,
    });
    await canned.runtime.ensureVolume('data', {}).catch((error) => {
      assert.match(error.hint, /VOLUMES=1 and POST=1/);
    });
  });

  it('whose engine is away is EngineAway', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('GET /containers/json', html(503));
    await rejectsWith(canned.runtime.listContainers(), { ...away, words: /socket proxy answers 503/ });
  });
});

describe('a socket', () => {
  const at = (socketPath: string) =>
    createDockerRuntime({ host: 'local', socketPath, controller: 'default', deadlines: SHORT });

  it('that is not there is EngineAway, for reads and writes', async () => {
    const runtime = at('/nowhere/docker.sock');
    const expected = { ...away, words: /no socket at that path/ };
    await rejectsWith(runtime.ping(), expected);
    await rejectsWith(runtime.removeContainer('x'), expected);
  });

  it('that nobody listens on is EngineAway, and is found again', async () => {
    await using canned = await cannedRuntime();
    await canned.runtime.ping();
    await canned.engine.die();
    await rejectsWith(canned.runtime.ping(), away);
    await canned.engine.comeBack();
    await canned.runtime.ping();
  });

  it('whose engine has just closed the connection that was kept is asked over a new one', async () => {
    await using canned = await cannedRuntime();
    await canned.runtime.ping();
    // The answer is read, and the connection is given back, before the next turn.
    await new Promise(setImmediate);
    // In one tick, so that nobody has told us that it is closed when we write to it.
    canned.engine.hangUp();
    await canned.runtime.ping();
    assert.deepEqual(canned.calls(), ['GET /_ping', 'GET /_ping']);
  });

  it('that is a plain file is EngineAway', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'not-a-socket-'));
    try {
      const path = join(directory, 'docker.sock');
      writeFileSync(path, '');
      await rejectsWith(at(path).ping(), away);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('that may not be used says whose group may', () => {
    const denied = Object.assign(new Error('connect EACCES'), { code: 'EACCES' });
    const found = engineFault(denied, { host: 'local', socketPath: '/etc/hostname', call: 'GET /_ping' });
    assert.equal(found.message, 'engine local does not answer (permission denied on the socket)');
    assert.match(found.hint ?? '', /^Give the process the group of \/etc\/hostname, which is root \(0\);/);
  });

  it('of something else than Docker is EngineRefused', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('GET /version', (response) => void response.end('hello'));
    await rejectsWith(canned.runtime.listContainers(), { reason: 'EngineRefused', disposition: 'stalled' });
  });

  it('is the one that was given, whatever DOCKER_HOST says', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('DELETE /containers/shop', (response) => void response.writeHead(204).end());
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = 'tcp://127.0.0.1:1';
    try {
      await canned.runtime.removeContainer('shop');
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
    }
    assert.deepEqual(canned.calls(), ['DELETE /containers/shop']);
  });
});

describe('a create', () => {
  it('sends the environment in its body and never in its address', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('POST /containers/create', json({ Id: 'abc' }, 201));
    assert.deepEqual(await create(canned.runtime), { id: 'abc' });
    const sent = canned.engine.requests.find(({ call }) => call === 'POST /containers/create');
    assert.equal(sent?.url, '/v1.45/containers/create?name=shop-1');
    assert.match(sent?.body ?? '', /PASSWORD=hunter2hunter2/);
  });

  it('that ran after its deadline is found by its name', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('POST /containers/create', silence);
    await rejectsWith(create(canned.runtime), slow);
    canned.engine.answer('POST /containers/create', json({ message: 'Conflict. The name is in use' }, 409));
    const labels = {
      'tinyforge.controller': 'default',
      'tinyforge.unit': 'shop',
      'tinyforge.spec-hash': 'abc',
    };
    canned.engine.answer('GET /containers/shop-1/json', json({ Id: 'late', Config: { Labels: labels } }));
    assert.deepEqual(await create(canned.runtime), { id: 'late' });
  });

  it('whose name has just become free again is a conflict, to be planned anew', async () => {
    await using canned = await cannedRuntime();
    canned.engine.answer('POST /containers/create', json({ message: 'Conflict. The name is in use' }, 409));
    await rejectsWith(create(canned.runtime), { reason: 'NameTaken', disposition: 'conflict' });
  });
});

describe('what is so already', () => {
  it('is success: started, stopped, removed, renamed', async () => {
    await using canned = await cannedRuntime();
    const already = json(null, 304);
    canned.engine.answer('POST /containers/shop/start', already);
    canned.engine.answer('POST /containers/shop/stop', already);
    canned.engine.answer(
      'POST /containers/shop/rename',
      json({ message: 'Renaming a container with the same name' }, 400),
    );
    await canned.runtime.startContainer('shop');
    await canned.runtime.stopContainer('shop', { graceMs: 0 });
    await canned.runtime.removeContainer('shop');
    await canned.runtime.renameContainer('shop', 'shop');
  });

  it('waits for a removal that somebody else began', async () => {
    await using canned = await cannedRuntime();
    const leaving = { message: 'removal of container shop is already in progress' };
    canned.engine.answer('DELETE /containers/shop', json(leaving, 409));
    await canned.runtime.removeContainer('shop');
    canned.engine.answer('GET /containers/shop/json', json({ Id: 'shop' }));
    await rejectsWith(canned.runtime.removeContainer('shop'), slow);
  });
});

describe('the version of the API', () => {
  const versions = (ApiVersion: string, MinAPIVersion: string) =>
    json({ Version: 'x', ApiVersion, MinAPIVersion });

  it('is the lower of ours and theirs', async () => {
    for (const [theirs, spoken] of [
      ['1.41', '1.41'],
      ['1.45', '1.45'],
      ['1.60', '1.52'],
    ] as const) {
      await using canned = await cannedRuntime();
      canned.engine.answer('GET /version', versions(theirs, '1.24'));
      await canned.runtime.listContainers();
      assert.equal(canned.engine.requests.at(-1)?.url, `/v${spoken}/containers/json?all=1`);
    }
  });

  it('is asked for once', async () => {
    await using canned = await cannedRuntime();
    await Promise.all([
      canned.runtime.listNetworks(),
      canned.runtime.listVolumes(),
      canned.runtime.listNetworks(),
    ]);
    assert.equal(canned.engine.requests.filter(({ call }) => call === 'GET /version').length, 1);
  });

  it('without any in common is EngineRefused', async () => {
    const refused = { reason: 'EngineRefused', disposition: 'stalled' } as const;
    for (const [newest, oldest] of [
      ['1.39', '1.12'],
      ['1.90', '1.53'],
    ] as const) {
      await using canned = await cannedRuntime();
      canned.engine.answer('GET /version', versions(newest, oldest));
      await rejectsWith(canned.runtime.listContainers(), { ...refused, words: /API/ });
    }
  });

  it('is negotiated again when the engine was exchanged under us', async () => {
    await using canned = await cannedRuntime();
    await canned.runtime.listNetworks();
    const message = 'client version 1.45 is too new. Maximum supported API version is 1.43';
    canned.engine.answer('GET /version', versions('1.43', '1.24'));
    canned.engine.answer('GET /networks', (response, request) =>
      request.url.startsWith('/v1.45/')
        ? json({ message }, 400)(response, request)
        : json([])(response, request),
    );
    // 20.10 says it in plain text.
    canned.engine.answer('DELETE /containers/shop', (response, request) =>
      request.url.startsWith('/v1.45/')
        ? void response.writeHead(400).end(message)
        : void response.writeHead(204).end(),
    );
    assert.deepEqual(await canned.runtime.listNetworks(), []);
    await canned.runtime.removeContainer('shop');
    assert.equal(canned.engine.requests.at(-1)?.url, '/v1.43/containers/shop?force=true&v=true');
  });
});
