// The lock of the data directory: one holder, told who it is, and free again however the holder ends.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { takeLock } from '../../src/adapters/lock/take-lock.ts';
import { isFault } from '../../src/model/errors.ts';

let directory: string;
let children: ChildProcess[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tinyforge-lock-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) await end(child, 'SIGKILL');
  rmSync(directory, { recursive: true });
});

/** Starts another process on the directory and gives what it says: `held` or the reason of its fault. */
async function start(): Promise<{ child: ChildProcess; said: string }> {
  const script = join(import.meta.dirname, '../support/lock-holder.ts');
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: line.toString().trim() };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

const isRunning = (pattern: RegExp) => (error: unknown) => {
  assert.ok(isFault(error), String(error));
  assert.deepEqual(
    [error.reason, error.code, error.disposition],
    ['ControllerRunning', 'CONTROLLER_RUNNING', 'stalled'],
  );
  assert.match(error.message, pattern);
  return true;
};

describe('lock', { timeout: 30_000 }, () => {
  it('is held by one process, and the other is told by which and since when', async () => {
    const { child, said } = await start();
    assert.equal(said, 'held');
    assert.throws(
      () => takeLock(directory),
      isRunning(new RegExp(`\\(process ${child.pid}, since \\d{4}-\\d\\d-\\d\\dT`)),
    );
  });

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`is free again when the holder ends by ${signal}`, async () => {
      const { child } = await start();
      await end(child, signal);
      takeLock(directory).release();
    });
  }

  it('is held against other processes and against this one', async () => {
    const lock = takeLock(directory);
    assert.throws(() => takeLock(directory), isRunning(new RegExp(`process ${process.pid}`)));
    assert.equal((await start()).said, 'ControllerRunning');
    lock.release();
    lock.release();
    assert.equal((await start()).said, 'held');
  });

  it('stays held where nobody keeps what it gave, whatever the garbage collector finds', async () => {
    takeLock(directory);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let round = 0; round < 3; round++) {
      collect();
      await setImmediate();
    }
    assert.equal((await start()).said, 'ControllerRunning');
  });

  it('is taken by exactly one of many that start together', async () => {
    const said = (await Promise.all([start(), start(), start(), start()])).map((one) => one.said);
    assert.deepEqual(said.sort(), ['ControllerRunning', 'ControllerRunning', 'ControllerRunning', 'held']);
  });

  it('is told without a name when nobody can tell who holds it', () => {
    const lock = takeLock(directory);
    writeFileSync(join(directory, 'controller.json'), 'rubbish');
    assert.throws(() => takeLock(directory), isRunning(/\(another process\)/));
    lock.release();
  });

  it('leaves files that only their owner can read', () => {
    const lock = takeLock(directory);
    const modes = readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o777]);
    assert.deepEqual(modes, [
      ['controller.json', 0o600],
      ['controller.lock', 0o600],
    ]);
    lock.release();
    assert.deepEqual(readdirSync(directory), ['controller.lock']);
  });

  it('says when the directory cannot be used', () => {
    writeFileSync(join(directory, 'file'), '');
    assert.throws(
      () => takeLock(join(directory, 'file')),
      (error) => isFault(error) && error.reason === 'LockUnusable',
    );
  });
});
