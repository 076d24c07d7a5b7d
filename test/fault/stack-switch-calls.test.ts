// Every call that a deploy of a stack's routed service makes to the engine, to Compose and to the proxy going wrong in every way: served all along, and the next passes converge.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fault } from '../../src/model/errors.ts';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import { engineAway, engineFault, engineSlow, type FaultMoment } from '../support/fake-runtime-faults.ts';
import { assertTrue, type Ending, rest, unserved } from '../support/routed-deploys.ts';
import {
  assertConverged,
  STACK_DEPLOYS,
  type StackDeploy,
  type StackHouse,
  stackHouseFor,
  web,
} from '../support/stack-deploys.ts';

type Call = keyof ContainerRuntime;

const MOST_WRITES = 60;

/** Of these Compose makes and starts containers itself: they are no calls of ours. */
const WRITES: ReadonlySet<Call> = new Set<Call>([
  'pullImage',
  'stopContainer',
  'removeContainer',
  'connectNetwork',
]);

/** A read that fails has no effect to be before or after; to the loop it is one that passes, or one that does not. */
const ENGINE: readonly { name: string; moment: FaultMoment; error: (call: Call) => Error; reads: boolean }[] =
  [
    { name: '500 before', moment: 'before', error: failed, reads: false },
    { name: '500 after', moment: 'after', error: failed, reads: false },
    { name: 'cut before', moment: 'before', error: engineAway, reads: true },
    { name: 'cut after', moment: 'after', error: engineAway, reads: false },
    { name: 'no answer', moment: 'before', error: engineSlow, reads: false },
    { name: 'no answer, done', moment: 'after', error: engineSlow, reads: false },
    { name: 'done after its deadline', moment: 'late', error: engineSlow, reads: false },
    { name: 'garbage before', moment: 'before', error: garbled, reads: true },
    { name: 'garbage after', moment: 'after', error: garbled, reads: false },
  ];

/** How an `up` ends; `anywhere`: with some containers made and started, as a child does that fails or is killed. */
const UPS = {
  'exit 1': { error: () => compose('ComposeUpFailed', 'version'), anywhere: true },
  'killed as it took too long': { error: () => compose('ComposeHung', 'retry'), anywhere: true },
  'its engine gone': { error: engineAway, anywhere: true },
  'its port taken': { error: () => compose('PortTaken', 'stalled'), anywhere: true },
  'not started': { error: () => compose('ComposeMissing', 'stalled'), anywhere: false },
  'an image gone': { error: () => compose('ImageMissing', 'retry'), anywhere: false },
  'a name taken': { error: () => compose('NameTaken', 'conflict'), anywhere: false },
  'another one at work': { error: () => compose('ComposeBusy', 'retry'), anywhere: false },
} as const;

/** What it says of files is so until they are others; what became of it is nothing that the files could help. */
const CONFIGS = {
  'exit 1': { error: compose('ComposeRefused', 'stalled'), isLasting: true },
  'killed as it took too long': { error: compose('ComposeHung', 'stalled'), isLasting: false },
  'not started': { error: compose('ComposeMissing', 'stalled'), isLasting: false },
  'an object without services': { answer: { name: 'shop' }, isLasting: true },
  'a list': { answer: [], isLasting: true },
  'no services': { answer: { name: 'shop', services: {} }, isLasting: true },
} as const;

function failed(call: Call): Error {
  return engineFault('EngineFailed', 'retry', `engine local failed at ${call} ("internal error")`);
}

function garbled(call: Call): Error {
  return engineFault('EngineRefused', 'stalled', `engine local answered ${call} with something else`);
}

function compose(reason: string, disposition: 'retry' | 'stalled' | 'version' | 'conflict'): Error {
  return fault({ code: reason, reason, message: `${reason} of a test`, disposition });
}

interface Made<C> {
  call: C;
  skip: number;
}

function numbered<C>(calls: readonly C[]): Made<C>[] {
  return calls.map((call, index) => ({
    call,
    skip: calls.slice(0, index).filter((one) => one === call).length,
  }));
}

/** What a deploy asks when all goes well: found out, not listed here. */
async function callsOf(deploy: StackDeploy) {
  await using house = await stackHouseFor(deploy);
  const { rig, compose } = house;
  const before = [rig.engine.calls().length, compose.calls().length, compose.steps().length] as const;
  await rig.settle();
  const made = {
    engine: numbered(rig.engine.calls().slice(before[0])),
    compose: numbered(compose.calls().slice(before[1])),
    ups: compose
      .ups()
      .slice(before[2])
      .map(({ services }, index) => ({
        steps: compose.steps()[before[2] + index] ?? 0,
        isRouted: services.includes('web'),
      })),
  };
  await assertConverged(house, deploy, { ending: deploy, when: 'without a fault' });
  return made;
}

const met = new Set<string>();
let cases = 0;

for (const [name, deploy] of Object.entries(STACK_DEPLOYS))
  describe(`a deploy of a stack's service ${name}`, () => {
    /** Goes wrong, and is looked at right then and in the end. */
    async function goWrong(
      when: string,
      plan: (house: StackHouse) => void,
      { ending = deploy, isLasting = false }: { ending?: Ending; isLasting?: boolean } = {},
    ): Promise<void> {
      await using house = await stackHouseFor(deploy);
      plan(house);
      await house.rig.settle();
      const left = house.rig.engine.unmetFaults() + house.compose.unmetFaults() + house.proxy.unmetFaults();
      assert.equal(left, 0, `${when}: was never made`);
      assertTrue(house, ending, when);
      await rest(house, when);
      if (isLasting) {
        assert.deepEqual([unserved(house), house.wrong], [null, []], when);
        assertTrue(house, ending, `at rest, ${when}`);
        await house.write(`${deploy.to}x-saved: once more\n`);
        await rest(house, when);
      }
      await assertConverged(house, deploy, { ending: endingOf(house, ending), when });
      cases++;
    }

    function endingOf({ rig }: StackHouse, ending: Ending): Ending {
      // What is refused is not tried for ever: a person hears of it, and what ran goes on.
      if (deploy.givenUp !== undefined && rig.control.hold('shop') === null) return deploy.givenUp;
      return ending;
    }

    /** No version was there before: nothing to go back to, and the next one is as good as a first. */
    async function nothingRuns(when: string, house: StackHouse): Promise<void> {
      await house.rig.settle();
      await rest(house, when);
      const [newest] = house.rig.store.deploys('shop', { limit: 1 });
      assert.deepEqual([house.rig.status('shop').outcome, newest?.status], ['failed', 'failed'], when);
      assert.notEqual(newest?.finishedAtMs, null, when);
      assert.equal(house.proxy.state.routes.size, 0, when);
      await house.write(web('v2'));
      await house.rig.settle();
      await rest(house, when);
      await assertConverged(house, deploy, { ending: { version: 'v2' }, when });
      cases++;
    }

    for (const { name, moment, error, reads } of ENGINE)
      it(`${name} at each call of the engine`, async () => {
        for (const { call, skip } of (await callsOf(deploy)).engine) {
          if (!WRITES.has(call) && !reads) continue;
          met.add(call);
          await goWrong(`${name}, ${call} ${skip + 1}.`, ({ rig }) =>
            rig.engine.failNext(call, { moment, error: error(call), skip }),
          );
        }
      });

    for (const [name, { error, anywhere }] of Object.entries(UPS))
      it(`each up of Compose: ${name}`, async () => {
        for (const [skip, { steps, isRouted }] of (await callsOf(deploy)).ups.entries()) {
          met.add('up');
          // What has a port of its own, as only the database may, is at fault where that is taken.
          const isBlamed = name === 'exit 1' || (name === 'its port taken' && !isRouted);
          const ending = isBlamed ? (deploy.blamed ?? deploy) : deploy;
          const last = anywhere ? steps : 0;
          for (let step = 0; step <= last; step++) {
            const when = `${name}, up ${skip + 1}. after ${step} of ${steps} steps`;
            const plan = ({ compose }: StackHouse): void => compose.breakUp(error(), { step, skip });
            if (ending !== 'nothing runs') await goWrong(when, plan, { ending });
            else {
              await using house = await stackHouseFor(deploy);
              plan(house);
              await nothingRuns(when, house);
            }
          }
        }
      });

    for (const [name, how] of Object.entries(CONFIGS))
      it(`each reading of the files by Compose: ${name}`, async () => {
        for (const { call, skip } of (await callsOf(deploy)).compose) {
          if (call !== 'config' && call !== 'hashes') continue;
          met.add(call);
          await goWrong(
            `${name}, ${call} ${skip + 1}.`,
            (house) =>
              'error' in how
                ? house.compose.failNext(call, how.error, { skip })
                : house.compose.answerNext(call, how.answer, { skip }),
            how,
          );
        }
      });

    it('each question for the version of Compose without an answer', async () => {
      for (const { call, skip } of (await callsOf(deploy)).compose)
        if (call === 'version')
          await goWrong(`version ${skip + 1}.`, (house) =>
            house.compose.failNext('version', compose('ComposeMissing', 'stalled'), { skip }),
          );
    });

    for (const moment of ['before', 'after'] as const) {
      it(`each call of the proxy failing ${moment} its effect`, async () => {
        for (const call of ['list', 'put', 'ask', 'who'] as const)
          for (let skip = 0; ; skip++) {
            const when = `${call} ${skip + 1}. fails ${moment}`;
            await using house = await stackHouseFor(deploy);
            house.proxy.failNext(call, { moment, skip });
            await house.rig.settle();
            if (house.proxy.unmetFaults() > 0) break;
            assertTrue(house, deploy, when);
            await rest(house, when);
            await assertConverged(house, deploy, { ending: deploy, when });
            cases++;
          }
      });

      it(`killed ${moment} each write to the engine, by Compose and to the proxy`, async () => {
        let end = 'died';
        for (let write = 1; end === 'died'; write++) {
          assert.ok(write < MOST_WRITES, 'the deploy does not end');
          const when = `killed ${moment} write ${write}`;
          await using house = await stackHouseFor(deploy);
          end = await house.rig.dieAt(write, moment);
          assert.equal(unserved(house), null, when);
          await house.rig.settle();
          await rest(house, when);
          await assertConverged(house, deploy, { ending: deploy, when });
          cases++;
        }
      });
    }
  });

describe('the deploys above', () => {
  it('make every kind of write that there is', (t) => {
    const never = [...WRITES, 'up', 'config'].filter((call) => !met.has(call));
    assert.deepEqual(never, []);
    t.diagnostic(`${cases} cases`);
  });
});
