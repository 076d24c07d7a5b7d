// The process killed at every call that a deploy makes to Nginx Proxy Manager, before and after it took hold; a new one converges.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertConverged, callsOf, DEPLOYS, rest, stand } from '../support/npm/deploys.ts';

const HANG = { timeout: 300_000 };

for (const [name, deploy] of Object.entries(DEPLOYS))
  for (const moment of ['before', 'after'] as const)
    describe(`a deploy ${name}`, () => {
      it(`killed ${moment} each call`, HANG, async () => {
        for (const { after, ...match } of await callsOf(deploy)) {
          const when = `killed ${moment} ${match.method} ${match.path}, ${after + 1}.`;
          await using loop = await stand(deploy);
          const life = loop.rig.mortal();
          const kind = moment === 'before' ? 'timeout' : 'timeout-after';
          loop.double.faults.next({ match, kind, after, onMet: life.kill });
          assert.equal(await life.ended, 'died', when);
          if (deploy.hasGap === undefined) assert.equal(loop.unserved(), null, `dead, ${when}`);
          await rest(loop, when);
          await assertConverged(loop, deploy, when);
        }
      });
    });
