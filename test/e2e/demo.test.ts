// The demo on an engine that is not its own: the whole story comes true, and what was there before is untouched.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { chapters } from '../../scripts/demo-story/chapters.ts';
import { createEngineView } from '../../scripts/demo-story/engine-view.ts';
import { checkout, forgeDirectory } from '../../scripts/real-parts/paths.ts';
import { removeFromEngine } from '../support/real/clean-up.ts';
import { sharedEngine, uniqueName } from '../support/real/engine.ts';
import { testImages } from '../support/real/images.ts';
import { until } from '../support/real/until.ts';

const engine = sharedEngine();
const view = createEngineView(engine.socketPath, 'demo');
const name = uniqueName('stranger');

interface RunningDemo {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves to its exit code. */
  readonly ended: Promise<number | null>;
}

function startDemo(...args: readonly string[]): RunningDemo {
  const child = spawn('sh', ['scripts/demo', ...args], {
    cwd: checkout,
    env: { ...process.env, DOCKER_HOST: engine.dockerHost },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  // A failed assertion must not leave a demo behind.
  const endWithUs = () => child.kill('SIGTERM');
  process.once('exit', endWithUs);
  const ended = once(child, 'close').then(([code]) => {
    process.removeListener('exit', endWithUs);
    return code as number | null;
  });
  return { child, output: () => output, ended };
}

/** Waits until the demo has come so far; throws with all it said when it ends before. */
async function comesTo(demo: RunningDemo, words: string): Promise<void> {
  let ended = false;
  void demo.ended.then(() => {
    ended = true;
  });
  await until({
    what: `the demo to say "${words}"`,
    timeoutMs: 120_000,
    look: () => demo.output().includes(words) || ended,
  });
  assert.ok(demo.output().includes(words), demo.output());
}

describe('the demo on an engine of somebody else', () => {
  before(async () => {
    const create = {
      Image: testImages.shell,
      HostConfig: { Mounts: [{ Type: 'volume', Source: name, Target: '/data' }] },
    };
    await engine.ask({ method: 'POST', path: '/networks/create', body: { Name: name } });
    await engine.ask({ method: 'POST', path: `/containers/create?name=${name}`, body: create });
    await engine.ask({ method: 'POST', path: `/containers/${name}/start` });
  });
  after(() => removeFromEngine(engine, { namePrefix: name }));

  it('plays every chapter, and leaves the engine as it was', async () => {
    const there = await view.lists();
    const startedAt = await view.startedAt(name);
    const demo = startDemo('--check');
    assert.equal(await demo.ended, 0, demo.output());
    for (const { title } of chapters) assert.ok(demo.output().includes(`✓ ${title}`), demo.output());
    assert.deepEqual(await view.lists(), there);
    assert.equal(await view.startedAt(name), startedAt);
    assert.equal(existsSync(join(forgeDirectory, 'demo-check')), false);
  });

  it('goes away when it is asked to stop, with all that it made', async () => {
    const there = await view.lists();
    const demo = startDemo();
    await comesTo(demo, 'Ctrl-C stops the demo');
    assert.notDeepEqual(await view.lists(), there);
    demo.child.kill('SIGINT');
    assert.equal(await demo.ended, 0, demo.output());
    assert.deepEqual(await view.lists(), there);
    assert.equal(existsSync(join(forgeDirectory, 'demo')), false);
  });

  it('clears away what a killed one left, its controller too', async () => {
    const there = await view.lists();
    const killed = startDemo();
    await comesTo(killed, 'The controller runs');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const demo = startDemo();
    await comesTo(demo, 'Ctrl-C stops the demo');
    demo.child.kill('SIGINT');
    assert.equal(await demo.ended, 0, demo.output());
    assert.deepEqual(await view.lists(), there);
  });
});
