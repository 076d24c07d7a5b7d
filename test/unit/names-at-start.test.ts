// When a new version gets the name that its neighbours find it by: after its proof, or at once where there is no neighbour.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { membersOf } from '../../src/core/members.ts';
import { planUnit } from '../../src/core/plan-unit.ts';
import { planners } from '../../src/kinds/registry.ts';
import type { Desired } from '../../src/model/desired.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import type { UnitWorld } from '../../src/model/world.ts';
import { ofShop, unitWorld } from '../support/unit-world.ts';
import {
  imageAnswer,
  NETWORK,
  OWN_NETWORK,
  project,
  site,
  spec,
  stack,
  stranger,
} from '../support/worlds.ts';

const endpoint = { networkId: 'n', endpointId: 'e1', ip: '192.0.2.2', aliases: ['shop-prod'] };
const old = ofShop('shop-prod-old0ol-1', { networks: { [NETWORK]: endpoint } });

interface Company {
  /** Who runs beside it. */
  there?: ObservedContainer[];
  members?: UnitWorld['members'];
  desired?: ReturnType<typeof project>;
}

function namesOf({ there = [], members, desired = project({ strategy: 'blue-green' }) }: Company) {
  const world = unitWorld(desired, {
    host: { containers: [old, ...there], networks: [OWN_NETWORK] },
    mine: [old],
    answers: new Map([[`image:local:${desired.spec.image}`, imageAnswer(true)]]),
    members,
  });
  const { actions } = planUnit(planners, world);
  return {
    atStart: actions.flatMap((action) =>
      action.type === 'createContainer' ? action.endpoints.flatMap(({ aliases }) => aliases) : [],
    ),
    later: actions.flatMap((action) => (action.type === 'connectNetwork' ? action.aliases : [])),
  };
}

const alone: UnitWorld['members'] = new Map([[NETWORK, ['shop/prod']]]);
const AT_ONCE = { atStart: ['shop-prod'], later: [] };
const AFTER_ITS_PROOF = { atStart: [], later: ['shop-prod'] };

describe('a new version beside the one that serves', () => {
  it('has the name at once where nobody else is on the network, nor wants to be', () => {
    assert.deepEqual(namesOf({ members: alone }), AT_ONCE);
    assert.deepEqual(namesOf({ members: new Map() }), AT_ONCE);
    assert.deepEqual(namesOf({ members: alone, there: [stranger()] }), AT_ONCE);
  });

  it('takes it after its proof where somebody is there, be it a stranger who is stopped', () => {
    const there = [{ ...stranger(), state: 'exited' as const, networks: { [NETWORK]: endpoint } }];
    assert.deepEqual(namesOf({ members: alone, there }), AFTER_ITS_PROOF);
  });

  it('takes it after its proof where another manifest wants to be there, or nobody knows who does', () => {
    assert.deepEqual(namesOf({ members: new Map([[NETWORK, ['shop/prod', 'mail/prod']]]) }), AFTER_ITS_PROOF);
    assert.deepEqual(namesOf({ members: undefined }), AFTER_ITS_PROOF);
  });
});

describe('members of networks', () => {
  it('are all units that name it, by the manifest or as their own', () => {
    const units: Desired[] = [
      project(),
      project({ unit: 'mail/prod', spec: spec({ networks: [NETWORK, 'mail'] }) }),
      project({ unit: 'vpn/prod', spec: spec({ networks: [], networkMode: 'host' }) }),
      site({ name: 'docs' }),
      stack(),
    ];
    assert.deepEqual(
      [...membersOf(units)],
      [
        [NETWORK, ['shop/prod', 'mail/prod']],
        ['mail', ['mail/prod']],
        ['docs', ['docs']],
      ],
    );
  });
});
