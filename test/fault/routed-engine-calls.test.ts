// Every call that a routed deploy, and every way back from one, makes to the engine and the proxy going wrong in every way: served all along, and the next passes converge.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import { engineAway, engineFault, engineSlow, type FaultMoment } from '../support/fake-runtime-faults.ts';
import {
  assertConverged,
  assertTrue,
  DEPLOYS,
  type Deploy,
  houseFor,
  rest,
  unserved,
} from '../support/routed-deploys.ts';

type Call = keyof ContainerRuntime;

const MOST_WRITES = 80;

const WRITES: ReadonlySet<Call> = new Set<Call>([
  'pullImage',
  'createContainer',
  'putArchive',
  'startContainer',
  'stopContainer',
  'renameContainer',
  'removeContainer',
  'ensureNetwork',
  'ensureVolume',
  'connectNetwork',
  'disconnectNetwork',
]);

/** A read that fails has no effect to be before or after. */
const FAULTS: readonly { name: string; moment: FaultMoment; error: (call: Call) => Error; reads: boolean }[] =
  [
    { name: '500 before', moment: 'before', error: failed, reads: true },
    { name: '500 after', moment: 'after', error: failed, reads: false },
    { name: 'cut before', moment: 'before', error: engineAway, reads: true },
    { name: 'cut after', moment: 'after', error: engineAway, reads: false },
    { name: 'no answer', moment: 'before', error: engineSlow, reads: true },
    { name: 'no answer, done', moment: 'after', error: engineSlow, reads: false },
    { name: 'done after its deadline', moment: 'late', error: engineSlow, reads: false },
    { name: 'garbage before', moment: 'before', error: garbled, reads: true },
    { name: 'garbage after', moment: 'after', error: garbled, reads: false },
  ];

function failed(call: Call): Error {
  return engineFault('EngineFailed', 'retry', `engine local failed at ${call} ("internal error")`);
}

function garbled(call: Call): Error {
  return engineFault('EngineRefused', 'stalled', `engine local answered ${call} with something else`);
}

/** What a deploy asks of the engine when all goes well: found out, not listed here. */
async function callsOf(deploy: Deploy): Promise<{ call: Call; skip: number }[]> {
  const house = await houseFor(deploy);
  const before = house.rig.engine.calls().length;
  await house.rig.settle();
  const made = house.rig.engine.calls().slice(before);
  await assertConverged(house, deploy, 'without a fault');
  return made.map((call, index) => ({
    call,
    skip: made.slice(0, index).filter((one) => one === call).length,
  }));
}

const met = new Set<Call>();

for (const [name, deploy] of Object.entries(DEPLOYS))
  describe(`a routed deploy ${name}`, () => {
    for (const fault of FAULTS)
      it(`${fault.name} at each call of the engine`, async () => {
        for (const { call, skip } of await callsOf(deploy)) {
          if (!WRITES.has(call) && !fault.reads) continue;
          met.add(call);
          const when = `${fault.name}, ${call} ${skip + 1}.`;
          const house = await houseFor(deploy);
          house.rig.engine.failNext(call, { moment: fault.moment, error: fault.error(call), skip });
          await house.rig.settle();
          assert.equal(house.rig.engine.unmetFaults(), 0, `${when} was never made`);
          assertTrue(house, deploy, when);
          await rest(house, when);
          // What the engine refuses is not tried for ever: a person hears of it, and what ran goes on.
          const isGivenUp = fault.error === garbled && house.rig.control.hold('shop') === null;
          await assertConverged(house, isGivenUp ? (deploy.givenUp ?? deploy) : deploy, when);
        }
      });

    for (const moment of ['before', 'after'] as const) {
      it(`each call of the proxy failing ${moment} its effect`, async () => {
        for (const call of ['list', 'put', 'ask', 'who'] as const)
          for (let skip = 0; ; skip++) {
            const when = `${call} ${skip + 1}. fails ${moment}`;
            const house = await houseFor(deploy);
            house.proxy.failNext(call, { moment, skip });
            await house.rig.settle();
            if (house.proxy.unmetFaults() > 0) break;
            assertTrue(house, deploy, when);
            await rest(house, when);
            await assertConverged(house, deploy, when);
          }
      });

      it(`killed ${moment} each write to the engine and to the proxy`, async () => {
        let end = 'died';
        for (let write = 1; end === 'died'; write++) {
          assert.ok(write < MOST_WRITES, 'the deploy does not end');
          const when = `killed ${moment} write ${write}`;
          const house = await houseFor(deploy);
          end = await house.rig.dieAt(write, moment);
          if (deploy.hasGap === undefined) assert.equal(unserved(house), null, when);
          await house.rig.settle();
          await rest(house, when);
          await assertConverged(house, deploy, when);
        }
      });
    }
  });

describe('the deploys above', () => {
  it('make every kind of write that there is', () => {
    const never = [...WRITES].filter((call) => !met.has(call));
    assert.deepEqual(never, []);
  });
});
