// Every call that a deploy makes to Nginx Proxy Manager going wrong in every way, through the whole loop: served all along, and the next pass converges.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  assertConverged,
  assertTrue,
  type Call,
  callsOf,
  DEPLOYS,
  rest,
  stand,
} from '../support/npm/deploys.ts';
import type { FaultKind } from '../support/npm/faults.ts';

const HANG = { timeout: 300_000 };

/** What its front answers alone is read in one way, whichever of them it is. */
type Kind = Exclude<FaultKind, '503' | '504'>;

/** With how many cases at once: those that wait for an answer which never comes do little else. */
const KINDS: Readonly<Record<Kind, number>> = {
  timeout: 6,
  'timeout-after': 6,
  '500-before': 1,
  '500-after': 1,
  'token-expired': 1,
  '502': 1,
  '404': 1,
  garbage: 1,
  cut: 1,
  'cut-after': 1,
  'tells-all': 1,
};

for (const [name, deploy] of Object.entries(DEPLOYS)) {
  describe(`a deploy ${name}`, () => {
    let calls: Call[] = [];
    before(async () => {
      calls = await callsOf(deploy);
    });

    for (const [kind, atOnce] of Object.entries(KINDS) as [Kind, number][])
      it(`${kind} at each call`, HANG, async () => {
        const left = [...calls];
        const worker = async (): Promise<void> => {
          for (let call = left.shift(); call !== undefined; call = left.shift()) await goWrong(call);
        };
        await Promise.all(Array.from({ length: atOnce }, worker));

        async function goWrong({ after, ...match }: Call): Promise<void> {
          const when = `${kind} at ${match.method} ${match.path}, ${after + 1}.`;
          await using loop = await stand(deploy);
          if (kind.startsWith('timeout')) loop.hurry();
          loop.rig.boot();
          loop.double.faults.next({ match, kind, after });
          await loop.rig.settle();
          assert.deepEqual(loop.double.faults.pending(), [], `${when} was never made`);
          assertTrue(loop, deploy, when);
          await rest(loop, when);
          await assertConverged(loop, deploy, when);
        }
      });
  });
}
