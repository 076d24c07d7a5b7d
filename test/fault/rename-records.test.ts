// A kill between any two writes of what moves to the new name: the next pass goes on, and nothing is lost or there twice.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Control } from '../../src/ports/control.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

const manifest = (name: string, tag: string, more = ''): string =>
  `kind: project\nname: ${name}\nimage: example/shop\ntag: "${tag}"\nport: 8080\n${more}healthcheck: { http: /healthz, interval: 100ms, retries: 2 }\n`;

const WRITES = [
  'suspend',
  'resume',
  'setHold',
  'liftHold',
  'addQuarantine',
  'saveLastApplied',
  'saveRevision',
  'dropRevision',
  'forget',
  'saveRenamed',
  'dropRenamed',
] as const satisfies (keyof Control)[];

class Killed extends Error {}

/** Two versions that ran, and one that was bad. */
async function stand(): Promise<LoopRig> {
  const rig = createLoopRig();
  for (const tag of ['v1', 'v2']) rig.engine.addImage(`example/shop:${tag}`);
  rig.engine.addImage('example/shop:bad', { health: 'unhealthy' });
  for (const tag of ['v1', 'v2', 'bad']) {
    rig.files.set('shop.yaml', manifest('shop', tag));
    await rig.settle();
  }
  return rig;
}

/** Makes each write count, and the n-th one the last. */
function killAt(control: Control, last: number): { restore: () => void; isKilled: () => boolean } {
  const originals = WRITES.map((name) => [name, control[name]] as const);
  let count = 0;
  for (const [name, original] of originals)
    Object.assign(control, {
      [name]: (...given: never[]) => {
        if (count >= last) throw new Killed();
        const answer = (original as (...given: never[]) => unknown)(...given);
        count += 1;
        if (count >= last) throw new Killed();
        return answer;
      },
    });
  return {
    restore: () => Object.assign(control, Object.fromEntries(originals)),
    isKilled: () => count >= last,
  };
}

describe('the records of a renamed workload', () => {
  it('are whole after a kill at any write: kept versions, what was applied, what was bad', async () => {
    let kills = 0;
    for (let write = 1; ; write++) {
      assert.ok(write < 60, 'the rename does not end');
      const rig = await stand();
      const before = rig.control.revisions('shop').map(({ number, release }) => [number, release]);
      assert.equal(before.length, 2);
      rig.files.set('shop.yaml', manifest('store', 'bad', 'renamed_from: shop\n'));
      const kill = killAt(rig.control, write);
      await rig.settle().catch(() => {});
      const isKilled = kill.isKilled();
      kill.restore();
      rig.boot();
      await rig.settle();
      const when = `write ${write}`;
      assert.deepEqual(
        rig.control.revisions('store').map(({ number, release }) => [number, release]),
        before,
        when,
      );
      assert.deepEqual(rig.control.revisions('shop'), [], when);
      assert.equal(rig.control.lastApplied('shop'), null, when);
      assert.equal(rig.control.lastApplied('store')?.release, 'v2', when);
      assert.ok(
        rig.control.quarantine('store').some(({ release }) => release === 'bad'),
        when,
      );
      assert.equal(rig.status('store').runs, 'v2', when);
      assert.equal(rig.containers().filter((entry) => entry.endsWith(' running')).length, 1, when);
      if (!isKilled) break;
      kills++;
    }
    assert.ok(kills >= 8, `only ${kills} kills: the matrix is not what it claims`);
  });
});
