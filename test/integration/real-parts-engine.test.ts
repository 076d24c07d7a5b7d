// Proves that private engines work as the tests of the product need them: apart from each other, mortal, and gone without a trace.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { type OwnEngine, startEngine } from '../support/real/engine.ts';
import { loadTestImages, testImages } from '../support/real/images.ts';
import { until } from '../support/real/until.ts';

interface Inspected {
  readonly State: { readonly Running: boolean; readonly Pid: number };
  readonly NetworkSettings: { readonly IPAddress: string };
}

const inspect = async (engine: OwnEngine, name: string) =>
  (await engine.ask({ method: 'GET', path: `/containers/${name}/json` })) as Inspected;

async function runWeb(engine: OwnEngine, name: string, image: string = testImages.web1): Promise<string> {
  await engine.ask({ method: 'POST', path: `/containers/create?name=${name}`, body: { Image: image } });
  await engine.ask({ method: 'POST', path: `/containers/${name}/start` });
  const address = (await inspect(engine, name)).NetworkSettings.IPAddress;
  await until({
    what: `${name} to answer`,
    look: async () => (await fetch(`http://${address}:8080/healthz`)).ok,
  });
  return address;
}

/** The engine's traces on the machine, all of which carry its address range or its directory. */
function traces(range: string, directory: string): readonly string[] {
  const links = Object.entries(networkInterfaces())
    .filter(([, addresses]) => addresses?.some((entry) => entry.address.startsWith(range)))
    .map(([name]) => name);
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(directory));
  return [...links, ...mounts];
}

describe('two engines on one machine', () => {
  let one: OwnEngine;
  let other: OwnEngine;
  before(async () => {
    [one, other] = await Promise.all([startEngine({ name: 'first' }), startEngine({ name: 'second' })]);
    await Promise.all([loadTestImages(one), loadTestImages(other)]);
  });
  after(() => Promise.all([one?.stop(), other?.stop()]));

  it('speak API 1.45 and know nothing of each other', async () => {
    const { ApiVersion } = (await one.ask({ method: 'GET', path: '/version' })) as { ApiVersion: string };
    assert.equal(ApiVersion, '1.45');
    const address = await runWeb(one, 'web');
    const otherAddress = await runWeb(other, 'web', testImages.web2);
    assert.notEqual(address.split('.')[1], otherAddress.split('.')[1]);
    assert.equal(await (await fetch(`http://${address}:8080/`)).text(), 'v1\n');
    assert.equal(await (await fetch(`http://${otherAddress}:8080/`)).text(), 'v2\n');
  });

  it('goes without a trace and leaves the other serving', async () => {
    await one.ask({ method: 'POST', path: '/networks/create', body: { Name: 'extra' } });
    const address = (await inspect(one, 'web')).NetworkSettings.IPAddress;
    const range = `${address.split('.').slice(0, 2).join('.')}.`;
    const directory = one.socketPath.replace('/run/docker.sock', '');
    const webPid = (await inspect(one, 'web')).State.Pid;
    assert.equal(traces(range, directory).length > 2, true, 'the engine has links and mounts while it runs');
    await one.stop();
    assert.deepEqual(traces(range, directory), []);
    assert.throws(() => readFileSync(`/proc/${webPid}/environ`), 'its container has ended');
    const otherAddress = (await inspect(other, 'web')).NetworkSettings.IPAddress;
    assert.equal(await (await fetch(`http://${otherAddress}:8080/`)).text(), 'v2\n');
  });
});

describe('an engine of one’s own', () => {
  it('accepts and never answers while it is frozen, and answers again when it thaws', async () => {
    await using engine = await startEngine({ name: 'frozen' });
    engine.freeze();
    await assert.rejects(
      engine.call({ method: 'GET', path: '/info', timeoutMs: 500 }),
      /no answer within 0.5 s/,
    );
    engine.thaw();
    assert.equal((await engine.call({ method: 'GET', path: '/_ping' })).status, 200);
  });

  it('comes back after SIGKILL with its containers known and stopped', async () => {
    await using engine = await startEngine({ name: 'killed' });
    await loadTestImages(engine);
    await runWeb(engine, 'web');
    const before = engine.pid();
    await engine.kill('SIGKILL');
    await assert.rejects(engine.call({ method: 'GET', path: '/_ping' }), { code: 'ECONNREFUSED' });
    await engine.restart();
    assert.notEqual(engine.pid(), before);
    assert.equal((await inspect(engine, 'web')).State.Running, false);
  });

  it('leaves containers running over SIGKILL with live restore', async () => {
    await using engine = await startEngine({ name: 'live', liveRestore: 'on' });
    await loadTestImages(engine);
    const address = await runWeb(engine, 'web');
    const { Pid } = (await inspect(engine, 'web')).State;
    await engine.kill('SIGKILL');
    assert.equal(await (await fetch(`http://${address}:8080/`)).text(), 'v1\n');
    await engine.restart();
    assert.deepEqual((await inspect(engine, 'web')).State.Pid, Pid);
  });
});
